package ingest

import (
	"context"
	"time"

	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// sightingsEvery is how long sightings wait to be written together with a frame. Then
// they get a write of their own: some 20 kB, against 80 kB and more for a frame.
const sightingsEvery = time.Minute

// countSightings counts the near-duplicates among these frames as sightings of the
// stored frames that they repeat. When that fails, only the sighting is lost.
func (in *Ingest) countSightings(b batch, among []int) {
	if !in.Config().Gate.Sightings {
		return
	}
	for _, i := range among {
		if b.outcomes[i].Reason != client.ReasonNearDuplicate {
			continue
		}
		if err := in.Store.AddSighting(storage.FrameID(b.outcomes[i].ID), b.frames[i].Time); err != nil {
			in.Log.Warn("a sighting was not counted", "frame", b.outcomes[i].ID, "error", err)
		}
	}
}

// StoreSightings stores the sightings that wait, once a minute until ctx ends. A
// camera that shows the same for hours causes no other write.
func (in *Ingest) StoreSightings(ctx context.Context) {
	tick := time.NewTicker(sightingsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if !in.Config().Gate.Sightings {
				continue
			}
			if err := in.Store.Flush(ctx); err != nil && ctx.Err() == nil {
				in.Log.Warn("sightings wait for another minute", "error", err)
			}
		}
	}
}
