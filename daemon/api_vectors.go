package daemon

import (
	"context"
	"fmt"
	"net/http"

	"edgeclr/camera"
	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/client"
	"edgeclr/daemon/serving"
)

// postVectors computes vectors and stores nothing. ?checkpoint= as everywhere;
// ?size= evaluates the checkpoint at another size, ?blend= in another blend.
func (s *Service) postVectors(w http.ResponseWriter, r *http.Request) {
	v, encoder, err := s.encoderFor(r)
	if err != nil {
		s.fail(w, err)
		return
	}
	defer v.Done()
	if encoder != v.Encoder {
		defer encoder.Close()
	}
	parts, err := s.readParts(r)
	if err != nil {
		s.fail(w, err)
		return
	}
	frames := make([]camera.Frame, len(parts))
	for i, p := range parts {
		frames[i] = camera.Frame{Data: p.Data, Err: p.Err}
	}
	vectors, err := EmbedFrames(r.Context(), s.decoder, encoder, frames)
	if err != nil {
		s.fail(w, err)
		return
	}
	reply(w, client.VectorsReply{Checkpoint: string(v.Checkpoint.ID), Vectors: vectors})
}

// encoderFor is the encoder of ?checkpoint=, at ?size= and in ?blend= when given.
func (s *Service) encoderFor(r *http.Request) (*serving.Version, *blend.Embedder, error) {
	q := r.URL.Query()
	v, err := s.versions.Named(r.Context(), q.Get("checkpoint"))
	if err != nil {
		return nil, nil, err
	}
	encoder, err := s.variant(r.Context(), v, q.Get("size"), q.Get("blend"))
	if err != nil {
		v.Done()
		return nil, nil, err
	}
	return v, encoder, nil
}

// Sides of an encoder's input, in pixels.
const minSize, maxSize = 32, 1024

// variant is the version's encoder, or a new one where size or blend, empty for
// the checkpoint's own, ask for another.
func (s *Service) variant(ctx context.Context, v *serving.Version, size, blending string) (*blend.Embedder, error) {
	cp := v.Checkpoint
	px, err := intParam(size, cp.Size, minSize, maxSize)
	if err != nil {
		return nil, fmt.Errorf("size: %w", err)
	}
	if blending == "" {
		blending = cp.Blend
	} else if err := blend.Check(blending); err != nil {
		return nil, fmt.Errorf("%w: %w", client.ErrRequest, err)
	}
	if px == cp.Size && blending == cp.Blend {
		return v.Encoder, nil
	}
	id := blend.IdentityOf(cp)
	id.Size, id.Blend = px, blending
	return blend.OpenCheckpoint(ctx, s.store, cp, id, s.runtime())
}

// EmbedFrames decodes pictures at full resolution and computes their vectors.
// A picture that cannot be read has a reason instead; the error is the encoder's.
func EmbedFrames(ctx context.Context, d *decode.Decoder, encoder blend.Encoder, frames []camera.Frame) ([]client.OneVector, error) {
	out := make([]client.OneVector, len(frames))
	var pixels []*rgb.Image
	var places []int
	for i, f := range frames {
		err := f.Err
		var m *rgb.Image
		if err == nil {
			m, _, err = d.Decode(ctx, f.Data)
		}
		if err != nil {
			out[i] = client.OneVector{Reason: decode.Reason(err), Error: err.Error()}
			continue
		}
		// Cut to the encoder's square at once: a full batch of large pictures
		// would not fit a small board.
		pixels, places = append(pixels, m.EvalSquare(encoder.Size())), append(places, i)
	}
	vectors, err := encoder.Embed(ctx, pixels)
	if err != nil {
		return nil, err
	}
	for n, i := range places {
		out[i].Vector = vectors[n]
	}
	return out, nil
}
