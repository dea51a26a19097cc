package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"edgeclr/camera/rgb"
	"edgeclr/daemon/client"
	"edgeclr/daemon/serving"
	"edgeclr/search"
	"edgeclr/storage"
)

// maxK is how many neighbours a query may ask for.
const maxK = 1000

// Keeper decides what the store keeps of a picture.
type Keeper interface {
	// Kept returns the pixels of a picture file as the store would keep them.
	Kept(ctx context.Context, file []byte) (*rgb.Image, error)
}

// namedVersions opens versions by name.
type namedVersions interface {
	// Named returns the version of a checkpoint. The caller calls Done on it.
	Named(ctx context.Context, name string) (*serving.Version, error)
}

// frameStore describes frames and has their vectors.
type frameStore interface {
	Frame(id storage.FrameID) (storage.Frame, error)
	Vector(encoders []storage.Encoder, share float64, id storage.FrameID) ([]float32, error)
	CountFrames() int
}

// querier finds the stored frames that are nearest to a picture.
type querier struct {
	versions namedVersions
	store    frameStore
	keeper   Keeper
	seen     sightings
	pictures pictureReader
	metrics  *Metrics
}

// post finds the frames that are nearest to the picture in the body, or to the frame
// ?id=. ?k= is the number of frames, by default 5. ?checkpoint= names the
// checkpoint whose vectors are compared.
func (q querier) post(w http.ResponseWriter, r *http.Request) error {
	begun := time.Now()
	answer, err := q.answer(r)
	q.metrics.query(time.Since(begun), err) // before the reply: a client that has it finds it in the metrics
	if err != nil {
		return err
	}
	return reply(w, answer)
}

func (q querier) answer(r *http.Request) (client.QueryReply, error) {
	k, err := intParam(r.URL.Query().Get("k"), 5, 1, maxK)
	if err != nil {
		return client.QueryReply{}, fmt.Errorf("k: %w", err)
	}
	v, err := q.versions.Named(r.Context(), r.URL.Query().Get("checkpoint"))
	if err != nil {
		return client.QueryReply{}, err
	}
	defer v.Done()
	vector, err := q.vector(r, v)
	if err != nil {
		return client.QueryReply{}, err
	}
	return q.nearest(v, vector, k)
}

// vector returns the stored vector of ?id=, or embeds the picture in the body.
func (q querier) vector(r *http.Request, v *serving.Version) ([]float32, error) {
	if id := r.URL.Query().Get("id"); id != "" {
		frame, err := frameID(id)
		if err != nil {
			return nil, err
		}
		return q.store.Vector(v.Encoder.Encoders(), v.Encoder.Share(), frame)
	}
	data, err := q.pictures.read(r.Body)
	if err != nil {
		return nil, err
	}
	return q.embed(r.Context(), v, data)
}

// embed computes a picture's vector from the pixels that the store would keep of
// it. So a query with a stored picture finds that picture.
func (q querier) embed(ctx context.Context, v *serving.Version, data []byte) ([]float32, error) {
	pixels, err := q.keeper.Kept(ctx, data)
	if err != nil {
		return nil, err
	}
	vectors, err := v.Encoder.Embed(ctx, []*rgb.Image{pixels})
	if err != nil {
		return nil, err
	}
	return vectors[0], nil
}

// nearest finds the k frames whose vectors are nearest to this one.
func (q querier) nearest(v *serving.Version, vector []float32, k int) (client.QueryReply, error) {
	if v.Index.Len() == 0 {
		return client.QueryReply{}, q.noVectors(v.Checkpoint.ID)
	}
	hits, err := v.Index.Search(vector, k)
	if err != nil {
		return client.QueryReply{}, err
	}
	answer := client.QueryReply{Checkpoint: string(v.Checkpoint.ID), Results: make([]client.Hit, 0, len(hits))}
	for _, h := range hits {
		one, err := q.hit(h)
		if errors.Is(err, storage.ErrNotFound) {
			continue // retention deleted it since the search
		}
		if err != nil {
			return client.QueryReply{}, err
		}
		answer.Results = append(answer.Results, one)
	}
	return answer, q.addSightings(answer.Results)
}

func (q querier) hit(h search.Hit) (client.Hit, error) {
	f, err := q.store.Frame(storage.FrameID(h.ID))
	if err != nil {
		return client.Hit{}, fmt.Errorf("frame %d: %w", h.ID, err)
	}
	return client.Hit{ID: h.ID, Path: f.Path, Source: f.Source, Similarity: float64(h.Similarity), Time: f.Time, Label: f.Label}, nil
}

// addSightings completes the hits, all in one read.
func (q querier) addSightings(hits []client.Hit) error {
	ids := make([]storage.FrameID, len(hits))
	for i, h := range hits {
		ids[i] = storage.FrameID(h.ID)
	}
	found, err := q.seen.of(ids...)
	for i, id := range ids {
		hits[i].Sightings = found[id]
	}
	return err
}

// noVectors says why an index is empty.
func (q querier) noVectors(id storage.CheckpointID) error {
	if q.store.CountFrames() == 0 {
		return fmt.Errorf("%w: the store holds no frames yet; add some with `edgeclr embed FOLDER` or `edgeclr run --source URI`", client.ErrNothingFound)
	}
	return fmt.Errorf("%w: no frame has a vector of checkpoint %s; the store keeps those of the checkpoint that serves and the one before",
		client.ErrNothingFound, id)
}
