package daemon

import (
	"errors"

	"edgeclr/storage"
)

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
