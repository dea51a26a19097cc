package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/rgb"
	"edgeclr/daemon/client"
	"edgeclr/daemon/serving"
	"edgeclr/storage"
)

// EmbedSource is the source of frames that a client sent, as `edgeclr embed` does.
const EmbedSource = "embed"

// imageQuality is the JPEG quality of pictures in answers, 1 to 100.
const imageQuality = 92

// Committer stores frames.
type Committer interface {
	// Commit stores frames with their vectors. It returns one outcome for each
	// frame, in the same order. The error comes from the store or the encoder;
	// then nothing is acknowledged.
	Commit(ctx context.Context, frames []camera.Frame) ([]client.Outcome, error)
}

// currentVersion lends the version that serves.
type currentVersion interface {
	// Current returns the version that serves. The caller calls Done on it.
	Current() *serving.Version
}

// frameTaker stores the pictures that a client sends.
type frameTaker struct {
	ingest   Committer
	versions currentVersion
	pictures pictureReader
	now      func() time.Time
}

// post stores pictures with their vectors. It answers when all are committed.
func (t frameTaker) post(w http.ResponseWriter, r *http.Request) error {
	sent, err := t.pictures.readAll(r)
	if err != nil {
		return err
	}
	frames := make([]camera.Frame, len(sent))
	for i, s := range sent {
		taken := s.ModTime
		if taken.IsZero() {
			taken = t.now()
		}
		frames[i] = camera.Frame{Source: EmbedSource, Path: s.Path, Time: taken, Data: s.Data, Err: s.Err,
			File: &camera.FileState{Path: s.Path, Size: int64(len(s.Data)), ModTime: taken}}
	}
	outcomes, err := t.ingest.Commit(r.Context(), frames)
	if err != nil {
		return err
	}
	v := t.versions.Current()
	defer v.Done()
	return reply(w, client.FramesReply{Checkpoint: string(v.Checkpoint.ID), Frames: outcomes})
}

// frameDescriber describes stored frames.
type frameDescriber interface {
	Frame(id storage.FrameID) (storage.Frame, error)
}

// getFrame describes a stored frame.
func getFrame(store frameDescriber, seen sightings) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := frameID(r.PathValue("id"))
		if err != nil {
			return err
		}
		f, err := store.Frame(id)
		if err != nil {
			return err
		}
		found, err := seen.of(id)
		if err != nil {
			return err
		}
		return reply(w, client.FrameReply{ID: uint64(f.ID), Source: f.Source, Path: f.Path, Time: f.Time, Stored: f.Stored,
			Width: f.Width, Height: f.Height, Format: f.Format, Kept: string(f.Kept), Label: f.Label, Sightings: found[id]})
	}
}

// framePictures decodes what the store keeps of frames.
type framePictures interface {
	Picture(ctx context.Context, id storage.FrameID) (*rgb.Image, error)
}

// getFrameImage answers with the kept picture of a frame as an upright JPEG. Its
// short side has at most ?side= pixels, 16 to 4096, by default 256.
func getFrameImage(store frameDescriber, pictures framePictures) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := frameID(r.PathValue("id"))
		if err != nil {
			return err
		}
		side, err := intParam(r.URL.Query().Get("side"), 256, 16, 4096)
		if err != nil {
			return fmt.Errorf("side: %w", err)
		}
		picture, err := pictures.Picture(r.Context(), id)
		if errors.Is(err, storage.ErrNotFound) {
			if f, frameErr := store.Frame(id); frameErr == nil && f.Kept == storage.KeptNone {
				err = fmt.Errorf("%w: the store keeps no picture of frame %d; with store.frames: full or thumbnail it keeps those of later frames",
					client.ErrNothingFound, id)
			}
		}
		if err != nil {
			return err
		}
		data, err := picture.Shrink(side).JPEG(imageQuality)
		if err != nil {
			return err
		}
		return replyJPEG(w, data)
	}
}

// replyJPEG answers with a picture.
func replyJPEG(w http.ResponseWriter, data []byte) error {
	w.Header().Set("Content-Type", "image/jpeg")
	_, _ = w.Write(data) // the client may be gone
	return nil
}
