package ingest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"edgeclr/camera"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// When a batch of files is committed again, because the disk was full or the process
// ended in between, nothing is stored or counted twice.
func TestCommitAgain(t *testing.T) {
	h := newHarness(t, nil)
	batch := []camera.Frame{
		file("/x/a.jpg", encoded(t, rendered(1))), file("/x/bad.jpg", []byte("nothing")), file("/x/b.jpg", encoded(t, rendered(2))),
		file("/x/a.jpg", encoded(t, rendered(1))), // twice in one batch
	}
	var first []client.Outcome
	for round := range 3 {
		got := h.commit(t, batch...)
		if round == 0 {
			first = got
		}
		for i, want := range []string{client.ReasonStored, "unsupported", client.ReasonStored, client.ReasonStored} {
			if round == 0 && (i == 0 || i == 2) {
				want = ""
			}
			if got[i].Reason != want || got[i].ID != first[i].ID {
				t.Errorf("round %d, picture %d: %+v, want %q", round, i, got[i], want)
			}
		}
	}
	if first[3].ID != first[0].ID {
		t.Errorf("the twin is frame %d, its first %d", first[3].ID, first[0].ID)
	}
	if c := h.Store.Counters(); c.Stored != 2 || c.Failed != 1 || len(h.index) != 2 || len(h.corpus) != 2 {
		t.Errorf("%+v, index of %v, corpus of %v", c, h.index, h.corpus)
	}
}

// A camera shows the same again and again. The first frame is stored. The others
// are counted, and each names the stored one. The files of a folder are all stored,
// and near-duplicates among them are not learned from.
func TestGate(t *testing.T) {
	h := newHarness(t, nil)
	scene := rendered(3)
	var outcomes []client.Outcome
	for i := range 4 {
		outcomes = append(outcomes, h.commit(t, live(3*i, scene, scene, scene)...)...)
	}
	// Some of the first repetitions are embedded, so that the gate learns what noise
	// does to vectors. The second stage finds them.
	for i, o := range outcomes[1:] {
		if o.Reason != client.ReasonNearDuplicate || o.ID != outcomes[0].ID {
			t.Errorf("frame %d: %+v, and the first was %+v", i+1, o, outcomes[0])
		}
	}
	if c := h.Store.Counters(); c.Stored != 1 || c.Gated != 11 || c.Seen != 12 {
		t.Errorf("%+v", c)
	}
	for i := range 6 {
		f := file(fmt.Sprintf("/x/%d.jpg", i), encoded(t, scene))
		f.Time = time.Unix(int64(i), 0)
		if o := h.commit(t, f); o[0].Reason != "" {
			t.Fatalf("%+v", o)
		}
	}
	if n := h.Store.CountFrames(); n != 7 {
		t.Errorf("%d frames, want 7", n)
	}
	if n := h.Store.CountReplay(); n != 2 || len(h.corpus) != 2 {
		t.Errorf("%d pictures to learn from, want one of each source; the corpus has %v", n, h.corpus)
	}
}

// After a restart the gate still knows what it has seen.
func TestGateSurvivesARestart(t *testing.T) {
	h := newHarness(t, nil)
	scene := rendered(3)
	stored := h.commit(t, live(0, scene)...)[0].ID
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	again := New(t.Context(), h.Options)
	o, err := again.Commit(t.Context(), live(1, scene))
	if err != nil || o[0].Reason != client.ReasonNearDuplicate || o[0].ID != stored {
		t.Errorf("%+v, %v, and frame %d is stored", o, err, stored)
	}
}

// The gate is switched off and on while frames are taken.
func TestSetGate(t *testing.T) {
	h := newHarness(t, nil)
	scene := rendered(3)
	for i, tt := range []struct {
		enabled bool
		reason  string
	}{{true, ""}, {false, ""}, {true, client.ReasonNearDuplicate}} {
		cfg := h.config.Gate
		cfg.Enabled = tt.enabled
		h.SetGate(cfg)
		if o := h.commit(t, live(i, scene)...); o[0].Reason != tt.reason {
			t.Errorf("frame %d, gate %v: %+v", i, tt.enabled, o)
		}
	}
}

// Sightings are stored although nothing else is written, and only when some wait.
func TestStoreSightings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t, nil)
		scene := rendered(50)
		h.commit(t, live(1, scene, scene)...)
		before := h.Store.BytesWritten()
		go h.StoreSightings(t.Context())
		time.Sleep(sightingsEvery + time.Second)
		after := h.Store.BytesWritten()
		if after == before {
			t.Error("nothing was written")
		}
		if err := h.Store.Flush(t.Context()); err != nil || h.Store.BytesWritten() != after {
			t.Errorf("something still waited, %v", err)
		}
		time.Sleep(10 * sightingsEvery)
		if h.Store.BytesWritten() != after {
			t.Error("something was written although nothing waited")
		}
	})
}

func TestSightingsOff(t *testing.T) {
	h := newHarness(t, nil)
	h.config.Gate.Sightings = false
	scene := rendered(50)
	stored := h.commit(t, live(1, scene, scene)...)[0].ID
	found, err := h.Store.Sightings(storage.FrameID(stored))
	if err != nil || h.Store.Counters().Gated != 1 || len(found) != 0 {
		t.Errorf("%+v, %v", found, err)
	}
}

// A version that takes over while a batch is decoded may see squares of another size. It
// gets pictures of that size, made from the frame itself.
func TestCommitForAnotherSize(t *testing.T) {
	h := newHarness(t, nil)
	h.version.next = 160
	outcomes := h.commit(t, camera.Frame{Data: []byte("no picture")}, camera.Frame{Data: encoded(t, rendered(1))}, camera.Frame{Data: encoded(t, rendered(2))})
	if outcomes[0].Reason == "" || outcomes[1].ID == 0 || outcomes[2].ID == 0 {
		t.Errorf("outcomes %+v", outcomes)
	}
	if want := []int{160, 160}; !slices.Equal(h.version.sides, want) {
		t.Errorf("the encoder got pictures of %v px, want %v", h.version.sides, want)
	}

	// The gate forgets the vectors of the size before, although the checkpoint is the same.
	for _, size := range []int{160, 128} {
		h.version.next = size
		h.commit(t, camera.Frame{Data: encoded(t, rendered(2+size))})
		if state, err := h.gate.gate.Snapshot(); err != nil || !strings.Contains(string(state), fmt.Sprintf("at %d px", size)) {
			t.Errorf("%d px: %v, %s", size, err, state)
		}
	}
}
