package daemon

import (
	"errors"
	"fmt"
	"net/http"

	"edgeclr/camera"
	"edgeclr/daemon/client"
	"edgeclr/daemon/ingest"
	"edgeclr/storage"
)

// embedSource is the source of frames that a command brought.
const embedSource = "embed"

// postFrames stores pictures with their vectors. It answers when all are
// committed.
func (s *Service) postFrames(w http.ResponseWriter, r *http.Request) {
	parts, err := s.readParts(r)
	if err != nil {
		s.fail(w, err)
		return
	}
	frames := make([]camera.Frame, len(parts))
	for i, p := range parts {
		taken := p.ModTime
		if taken.IsZero() {
			taken = s.opt.Now()
		}
		frames[i] = camera.Frame{Source: embedSource, Path: p.Path, Time: taken, Data: p.Data, Err: p.Err,
			File: &camera.FileState{Path: p.Path, Size: int64(len(p.Data)), ModTime: taken}}
	}
	outcomes, err := s.ingest.Commit(r.Context(), frames)
	if err != nil {
		s.fail(w, err)
		return
	}
	v := s.versions.Current()
	defer v.Done()
	reply(w, client.FramesReply{Checkpoint: string(v.Checkpoint.ID), Frames: outcomes})
}

func (s *Service) getFrame(w http.ResponseWriter, r *http.Request) {
	id, err := frameID(r.PathValue("id"))
	if err != nil {
		s.fail(w, err)
		return
	}
	f, err := s.store.Frame(id)
	if err != nil {
		s.fail(w, err)
		return
	}
	found, err := s.sightings(id)
	if err != nil {
		s.fail(w, err)
		return
	}
	reply(w, client.FrameReply{ID: uint64(f.ID), Source: f.Source, Path: f.Path, Time: f.Time, Stored: f.Stored,
		Width: f.Width, Height: f.Height, Format: f.Format, Kept: string(f.Kept), Label: f.Label, Sightings: found[id]})
}

// getFrameImage gives what is kept of a frame as an upright JPEG, at most
// ?side= pixels on its short side.
func (s *Service) getFrameImage(w http.ResponseWriter, r *http.Request) {
	id, err := frameID(r.PathValue("id"))
	if err != nil {
		s.fail(w, err)
		return
	}
	side, err := intParam(r.URL.Query().Get("side"), 256, 16, 4096)
	if err != nil {
		s.fail(w, fmt.Errorf("side: %w", err))
		return
	}
	picture, err := s.versions.Picture(r.Context(), id)
	if errors.Is(err, storage.ErrNotFound) {
		if f, frameErr := s.store.Frame(id); frameErr == nil && f.Kept == storage.KeptNone {
			err = fmt.Errorf("%w: of frame %d nothing is kept to show; store.frames: full or thumbnail keeps the pictures of frames to come",
				client.ErrNothingFound, id)
		}
	}
	if err != nil {
		s.fail(w, err)
		return
	}
	data, err := picture.Shrink(side).JPEG(ingest.JPEGQuality)
	if err != nil {
		s.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	_, _ = w.Write(data)
}
