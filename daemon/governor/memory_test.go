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

func TestReadMemory(t *testing.T) {
	const meminfo = "MemTotal:        8000000 kB\nMemFree:          500000 kB\nMemAvailable:    6000000 kB\nHugePages_Total:       0\n"
	for _, tc := range []struct {
		name  string
		files map[string]string
		want  Memory
		limit int64
	}{
		{"a board", nil, Memory{8000000 << 10, 6000000 << 10, 0}, 3600000 << 10},
		{"a service", map[string]string{
			"proc/self/cgroup": "0::/system.slice/edgeclr.service\n",
			"sys/fs/cgroup/system.slice/edgeclr.service/memory.max":  "2147483648\n",
			"sys/fs/cgroup/system.slice/edgeclr.service/memory.high": "max\n",
		}, Memory{8000000 << 10, 6000000 << 10, 2 << 30}, 1288490188},
		{"a group above it is tighter", map[string]string{
			"proc/self/cgroup":               "12:memory:/other\n0::/a/b\n",
			"sys/fs/cgroup/a/b/memory.max":   "4294967296\n",
			"sys/fs/cgroup/a/memory.high":    "1073741824\n",
			"sys/fs/cgroup/a/memory.max":     "nonsense\n",
			"sys/fs/cgroup/other/memory.max": "1\n",
		}, Memory{8000000 << 10, 6000000 << 10, 1 << 30}, 644245094},
		{"in a container", map[string]string{
			"proc/self/cgroup":          "0::/\n",
			"sys/fs/cgroup/memory.max":  "1000000000\n",
			"sys/fs/cgroup/memory.high": "0\n",
		}, Memory{8000000 << 10, 6000000 << 10, 1e9}, 6e8},
		{"outside of its name space", map[string]string{
			"proc/self/cgroup":         "0::/../../x\n",
			"memory.max":               "1\n",
			"sys/fs/cgroup/memory.max": "max\n",
		}, Memory{8000000 << 10, 6000000 << 10, 0}, 3600000 << 10},
		{"an old kernel", map[string]string{"proc/meminfo": "MemTotal: 1000 kB\n"}, Memory{Total: 1000 << 10}, 600 << 10},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := newBoard(t)
			b.write("proc/meminfo", meminfo)
			for path, text := range tc.files {
				b.write(path, text)
			}
			m, err := ReadMemory(b.root)
			if err != nil || m != tc.want || m.Default() != tc.limit {
				t.Errorf("%+v, limit %d, %v", m, m.Default(), err)
			}
		})
	}
	b := newBoard(t)
	if _, err := ReadMemory(b.root); err == nil {
		t.Error("no meminfo")
	}
	b.write("proc/meminfo", "MemTotal: 99999999999999999999 kB\nMemTotal: -5 kB\n")
	if _, err := ReadMemory(b.root); err == nil || !strings.Contains(err.Error(), "no MemTotal") {
		t.Error(err)
	}
}
