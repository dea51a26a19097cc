package daemon

import (
	"context"
	"errors"
	"time"

	"edgeclr/camera"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// sightingsEvery is how long sightings wait for a write that happens anyway
// before they get one of their own: some 20 kB, against 80 kB and more for a frame.
const sightingsEvery = time.Minute

// sight counts those of the asked frames that the gate held as sightings of the
// stored frames that show the same. The frames are dealt with by then, so a
// failure costs no more than the sighting.
func (in *ingest) sight(frames []camera.Frame, asked []int, outcomes []client.Outcome) {
	if !in.s.config().Gate.Sightings {
		return
	}
	for _, i := range asked {
		if outcomes[i].Reason != nearDuplicate {
			continue
		}
		if err := in.s.store.AddSighting(storage.FrameID(outcomes[i].ID), frames[i].Time); err != nil {
			in.s.log.Warn("a sighting was not counted", "frame", outcomes[i].ID, "error", err)
		}
	}
}

// keepSightings stores what waits, every so often until ctx ends: a camera that
// shows the same for hours stores nothing else.
func (s *Service) keepSightings(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if !s.config().Gate.Sightings {
				continue
			}
			if err := s.store.Flush(ctx); err != nil && ctx.Err() == nil {
				s.log.Warn("sightings wait for another minute", "error", err)
			}
		}
	}
}

// sightings of frames. A damaged count is left out and told in the log: no
// answer about the frames is kept back for it.
func (s *Service) sightings(ids ...storage.FrameID) (map[storage.FrameID]storage.Sightings, error) {
	found, err := s.store.Sightings(ids...)
	if errors.Is(err, storage.ErrCorrupt) && found != nil {
		s.log.Warn("sightings are damaged", "error", err)
		err = nil
	}
	return found, err
}
