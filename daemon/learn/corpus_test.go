package learn

import (
	"log/slog"
	"slices"
	"testing"

	"edgeclr/storage"
)

// Every stored picture is either in the replay buffer or in the probe set. A
// restart divides them in the same way.
func TestCorpusDividesThePictures(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Replay.Capacity, cfg.Probe.Capacity, cfg.Probe.Every = 24, 8, 2
	f := open(t, cfg)
	embed(t, f, 60, true)
	check := func(c *Corpus) (members, held []uint64) {
		t.Helper()
		for _, e := range c.buffer.Entries() {
			members = append(members, e.ID)
			if c.probe.Contains(e.ID) {
				t.Errorf("frame %d is learned from and judged by", e.ID)
			}
		}
		held = c.probe.IDs()
		var stored []uint64
		if err := f.store.Replay(t.Context(), func(e storage.ReplayEntry) error {
			stored = append(stored, uint64(e.ID))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		both := slices.Sorted(slices.Values(append(slices.Clone(members), held...)))
		if !slices.Equal(both, stored) {
			t.Errorf("members %v, pictures of %v", both, stored)
		}
		if len(members) != 24 || len(held) < 4 || len(held) > 8 {
			t.Errorf("%d members, %d held", len(members), len(held))
		}
		return members, held
	}
	members, held := check(f.corpus)
	if err := f.corpus.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := OpenCorpus(t.Context(), f.store, f.cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if m, h := check(again); !slices.Equal(members, m) || !slices.Equal(held, h) {
		t.Errorf("before: %v and %v\nafter: %v and %v", members, held, m, h)
	}
	again.Remove([]storage.FrameID{storage.FrameID(members[0]), storage.FrameID(held[0])})
	if again.buffer.Contains(members[0]) || again.probe.Contains(held[0]) {
		t.Error("deleted frames stay")
	}
}
