package daemon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/rgb"
	"edgeclr/daemon/client"
	"edgeclr/daemon/serving"
	"edgeclr/search"
	"edgeclr/storage"
)

// maxK bounds how many neighbours a query may ask for.
const maxK = 1000

// postQuery finds the nearest frames of the picture in the body, or of the
// frame ?id=. ?k= (default 5) and ?checkpoint= as everywhere.
func (s *Service) postQuery(w http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	answer, err := s.query(r)
	s.metrics.query(time.Since(begun), err)
	if err != nil {
		s.fail(w, err)
		return
	}
	reply(w, answer)
}

func (s *Service) query(r *http.Request) (client.QueryReply, error) {
	q := r.URL.Query()
	k, err := intParam(q.Get("k"), 5, 1, maxK)
	if err != nil {
		return client.QueryReply{}, fmt.Errorf("k: %w", err)
	}
	v, err := s.versions.Named(r.Context(), q.Get("checkpoint"))
	if err != nil {
		return client.QueryReply{}, err
	}
	defer v.Done()
	vector, err := s.queryVector(r, v)
	if err != nil {
		return client.QueryReply{}, err
	}
	return s.nearest(v, vector, k)
}

// queryVector is the stored vector of ?id=, or that of the picture in the body.
func (s *Service) queryVector(r *http.Request, v *serving.Version) ([]float32, error) {
	if id := r.URL.Query().Get("id"); id != "" {
		frame, err := frameID(id)
		if err != nil {
			return nil, err
		}
		return s.store.Vector(v.Checkpoint.ID, frame)
	}
	data, err := s.readPicture(r.Body)
	if err != nil {
		return nil, err
	}
	return s.embedOne(r.Context(), v, data)
}

// embedOne gives a picture's vector as the store would: what is kept of a
// frame decides it, so a stored picture finds itself.
func (s *Service) embedOne(ctx context.Context, v *serving.Version, data []byte) ([]float32, error) {
	p, err := s.ingest.Keeper().Keep(ctx, camera.Frame{Data: data, File: &camera.FileState{}})
	if err != nil {
		return nil, err
	}
	vectors, err := v.Encoder.Embed(ctx, []*rgb.Image{p.Pixels})
	if err != nil {
		return nil, err
	}
	return vectors[0], nil
}

func (s *Service) nearest(v *serving.Version, vector []float32, k int) (client.QueryReply, error) {
	if v.Index.Len() == 0 {
		return client.QueryReply{}, s.noVectors(v)
	}
	hits, err := v.Index.Search(vector, k)
	if err != nil {
		return client.QueryReply{}, err
	}
	answer := client.QueryReply{Checkpoint: string(v.Checkpoint.ID), Results: make([]client.Hit, 0, len(hits))}
	for _, h := range hits {
		one, err := s.hit(h)
		if errors.Is(err, storage.ErrNotFound) {
			continue // retention deleted it since the search
		}
		if err != nil {
			return client.QueryReply{}, err
		}
		answer.Results = append(answer.Results, one)
	}
	return answer, s.addSightings(answer.Results)
}

func (s *Service) hit(h search.Hit) (client.Hit, error) {
	f, err := s.store.Frame(storage.FrameID(h.ID))
	if err != nil {
		return client.Hit{}, fmt.Errorf("frame %d: %w", h.ID, err)
	}
	return client.Hit{ID: h.ID, Path: f.Path, Source: f.Source, Similarity: float64(h.Similarity), Time: f.Time, Label: f.Label}, nil
}

// addSightings completes hits, all in one read.
func (s *Service) addSightings(hits []client.Hit) error {
	ids := make([]storage.FrameID, len(hits))
	for i, h := range hits {
		ids[i] = storage.FrameID(h.ID)
	}
	found, err := s.sightings(ids...)
	for i, id := range ids {
		hits[i].Sightings = found[id]
	}
	return err
}

func (s *Service) noVectors(v *serving.Version) error {
	if s.store.CountFrames() == 0 {
		return fmt.Errorf("%w: the store holds no frames yet; add some with `edgeclr embed FOLDER` or `edgeclr run --source URI`", client.ErrNothingFound)
	}
	return fmt.Errorf("%w: no frame has a vector of checkpoint %s; the store keeps those of the checkpoint that serves and the one before",
		client.ErrNothingFound, v.Checkpoint.ID)
}

func frameID(text string) (storage.FrameID, error) {
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: %q is neither a file nor the number of a frame", client.ErrNothingFound, text)
	}
	return storage.FrameID(id), nil
}

// intParam parses a number in a range; empty means the default.
func intParam(text string, fallback, least, most int) (int, error) {
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%w: %q is not a number from %d to %d", client.ErrRequest, text, least, most)
	}
	return n, nil
}
