package storage

import (
	"errors"
	"fmt"
	"sync"
	"testing"
)

// Readers, writers, a learner and retention work at once. Run it with -race.
func TestConcurrentUse(t *testing.T) {
	s := openNew(t)
	cp := putCheckpoint(t, s, 1)
	var wg sync.WaitGroup
	work := func(fn func(i int) error) {
		wg.Go(func() {
			for i := range 15 {
				if err := fn(i); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for w := range 2 {
		work(func(i int) error {
			f := sample(uint64(w*1000+i), 3000)
			f.Vectors = [][]float32{floats(1, 8)}
			f.Replay = &ReplayPicture{JPEG: noise(1, 500)}
			_, err := s.AddFrames(t.Context(), by(cp), []NewFrame{f, f})
			return err
		})
	}
	work(func(int) error { s.AddCount(Dropped, 1); return nil })
	work(func(i int) error { s.DropReplay(FrameID(i), FrameID(2*i)); return nil })
	work(func(int) error {
		return s.Replay(t.Context(), func(e ReplayEntry) error {
			if _, err := s.ReplayPicture(e.ID); !errors.Is(err, ErrNotFound) {
				return err
			}
			return nil
		})
	})
	work(func(i int) error { return s.SaveState(t.Context(), "l", i, tensors(uint64(i), 50_000)) })
	work(func(int) error { _, err := s.Tensors(t.Context(), cp); return err })
	work(func(int) error { _, err := s.Retain(t.Context(), Retention{MaxBytes: 1 << 20}); return err })
	work(func(int) error { return s.Frames(t.Context(), 0, func(Frame) error { return nil }) })
	work(func(int) error { _, err := s.MissingVectors(t.Context(), by(cp), 0); return err })
	work(func(int) error { r, err := s.Check(t.Context()); return anyErr(err, r) })
	wg.Wait()
	c := s.Counters()
	if c.Stored != 60 || c.Dropped != 15 || c.Seen != 75 {
		t.Errorf("counters %+v", c)
	}
}

func anyErr(err error, r CheckReport) error {
	if err == nil && !r.OK() {
		return fmt.Errorf("check: %v", r.Examples)
	}
	return err
}
