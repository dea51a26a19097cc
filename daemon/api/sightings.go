package api

import (
	"errors"
	"log/slog"

	"edgeclr/storage"
)

// sightingStore knows how often frames were seen again.
type sightingStore interface {
	Sightings(ids ...storage.FrameID) (map[storage.FrameID]storage.Sightings, error)
}

// sightings reads how often frames were seen again.
type sightings struct {
	store sightingStore
	log   *slog.Logger
}

// of returns the sightings of frames. It leaves out and logs damaged counts: they
// must not prevent an answer about the frames.
func (s sightings) of(ids ...storage.FrameID) (map[storage.FrameID]storage.Sightings, error) {
	found, err := s.store.Sightings(ids...)
	if errors.Is(err, storage.ErrCorrupt) && found != nil {
		s.log.Warn("sightings are damaged", "error", err)
		err = nil
	}
	return found, err
}
