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

// of gives the sightings of frames. A damaged count is left out and logged: it
// must not keep an answer about the frames back.
func (s sightings) of(ids ...storage.FrameID) (map[storage.FrameID]storage.Sightings, error) {
	found, err := s.store.Sightings(ids...)
	if errors.Is(err, storage.ErrCorrupt) && found != nil {
		s.log.Warn("sightings are damaged", "error", err)
		err = nil
	}
	return found, err
}
