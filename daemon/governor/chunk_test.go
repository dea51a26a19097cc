package governor

import (
	"errors"
	"math"
	"strings"
	"testing"
)

const mib = 1 << 20

func TestChunkFor(t *testing.T) {
	for _, tc := range []struct {
		name                  string
		limit, fixed, perPair int64
		batch, want           int
	}{
		{"no limit", 0, 100 * mib, 10 * mib, 64, 0},
		{"the whole batch", 740 * mib, 100 * mib, 10 * mib, 64, 0},
		{"a byte too little", 740*mib - 1, 100 * mib, 10 * mib, 64, 63},
		{"a part of it", 300 * mib, 100 * mib, 10 * mib, 64, 20},
		{"just two", 120 * mib, 100 * mib, 10 * mib, 64, 2},
		{"a batch of two", 120 * mib, 100 * mib, 10 * mib, 2, 0},
		{"pairs cost nothing", 100 * mib, 100 * mib, 0, 64, 0},
		{"large numbers", math.MaxInt64, 1, math.MaxInt64 / 3, 1 << 30, 3},
	} {
		got, err := ChunkFor(tc.limit, tc.fixed, tc.perPair, tc.batch)
		if err != nil || got != tc.want {
			t.Errorf("%s: %d, not %d; %v", tc.name, got, tc.want, err)
		}
	}
	for _, limit := range []int64{1, 50 * mib, 100 * mib, 120*mib - 1} {
		_, err := ChunkFor(limit, 100*mib, 10*mib, 64)
		if !errors.Is(err, ErrMemory) || !strings.Contains(err.Error(), "100 MiB and 10 MiB for each of at least 2 pairs") {
			t.Errorf("%d: %v", limit, err)
		}
	}
	for _, bad := range [][4]int64{{-1, 0, 0, 2}, {1, -1, 0, 2}, {1, 0, -1, 2}, {1, 0, 0, 1}} {
		if _, err := ChunkFor(bad[0], bad[1], bad[2], int(bad[3])); err == nil || errors.Is(err, ErrMemory) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}
