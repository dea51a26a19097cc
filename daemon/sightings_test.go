package daemon

import (
	"errors"
	"io"
	"maps"
	"testing"

	"edgeclr/camera/synthetic"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// allSightings reads the sightings of every frame, and their sum.
func allSightings(t *testing.T, s *Service) (found map[storage.FrameID]storage.Sightings, sum uint64) {
	t.Helper()
	var ids []storage.FrameID
	err := s.store.Frames(t.Context(), 0, func(f storage.Frame) error { ids = append(ids, f.ID); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if found, err = s.store.Sightings(ids...); err != nil {
		t.Fatal(err)
	}
	for _, all := range found {
		sum += all.Count
	}
	return found, sum
}

// Each near-duplicate from a camera is a sighting of a stored frame. A restart goes
// on counting where the last process stopped.
func TestSightings(t *testing.T) {
	const pictures, repeats = 8, 3
	const source = "synthetic:conveyor?order=stream" // by this test's clock: none is dropped
	cfg := smallConfig(t)
	belt := synthetic.New(synthetic.Options{Seed: 7, Stream: true})
	before := map[storage.FrameID]storage.Sightings{}
	for round := range 2 {
		s := open(t, cfg)
		if found, _ := allSightings(t, s); !maps.Equal(found, before) {
			t.Fatalf("the restart finds %+v, before it there was %+v", found, before)
		}
		if err := s.Ingest(nil); err != nil {
			t.Fatal(err)
		}
		for n := range pictures {
			n += round * pictures
			picture, _ := belt.Render(n)
			for _, f := range live(source, repeats*n, picture, picture, picture) {
				if err := s.ingest.Emit(t.Context(), f); err != nil {
					t.Fatal(err)
				}
			}
			wait(t, "the frames", func() bool {
				c := s.store.Counters()
				return c.Stored+c.Gated == uint64(repeats*(n+1))
			})
		}
		var sum uint64
		wait(t, "the sightings", func() bool { // a moment after the counts
			before, sum = allSightings(t, s)
			return sum == s.store.Counters().Gated
		})
		if least := uint64((repeats - 1) * pictures * (round + 1)); sum < least {
			t.Errorf("%d sightings, want %d or more", sum, least)
		}
		for id, all := range before {
			f, err := s.store.Frame(id)
			if err != nil || !all.First.After(f.Time) || all.Last.Before(all.First) {
				t.Errorf("frame %+v: %+v, %v", f, all, err)
			}
		}
		shut(t, s)
	}
}

// Every answer about a frame tells how often it was seen again.
func TestSightingsAreTold(t *testing.T) {
	s := open(t, smallConfig(t))
	all, ids := embed(t, s, 0, 3)
	scene := rendered(50, 1)[0]
	outcomes, err := s.ingest.Commit(t.Context(), live("v4l2:/dev/video0", 1, scene, scene, scene, scene))
	if err != nil {
		t.Fatal(err)
	}
	id := outcomes[0].ID
	times := live("", 1, scene, scene, scene, scene)
	want := storage.Sightings{Count: 3, First: times[1].Time, Last: times[3].Time}
	answer, err := s.Client().QueryFrame(t.Context(), storage.FrameID(id).String(), 4, "")
	if err != nil || len(answer.Results) != 4 {
		t.Fatalf("%+v, %v", answer, err)
	}
	for _, h := range answer.Results {
		if h.ID == id && h.Sightings != want || h.ID != id && h.Sightings != (storage.Sightings{}) {
			t.Errorf("hit %+v", h)
		}
	}
	var frame client.FrameReply
	if err := s.Client().Call(t.Context(), "GET", "/v1/frames/"+storage.FrameID(id).String(), nil, "", nil, &frame); err != nil || frame.Sightings != want {
		t.Errorf("frame %+v, %v", frame, err)
	}
	// Frames without sightings have no such key, which older clients do not know.
	var keys map[string]any
	if err := s.Client().Call(t.Context(), "GET", "/v1/frames/"+storage.FrameID(ids[0]).String(), nil, "", nil, &keys); err != nil || keys["sightings"] != nil || keys["id"] == nil {
		t.Errorf("frame %v, %v", keys, err)
	}
	r, err := s.Client().Embeddings(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	lines := 0
	for line, _, err := r.Next(); !errors.Is(err, io.EOF); line, _, err = r.Next() {
		if err != nil {
			t.Fatal(err)
		}
		if lines++; (line.ID == id) != (line.Sightings == want) {
			t.Errorf("%+v", line)
		}
	}
	if lines != len(all)+1 {
		t.Errorf("%d lines", lines)
	}
}
