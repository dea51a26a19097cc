package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/client"
	"edgeclr/daemon/serving"
	"edgeclr/storage"
)

// Range of ?size=, the side of an encoder's input, in pixels.
const minSidePixels, maxSidePixels = 32, 1024

// vectorizer computes vectors and stores nothing.
type vectorizer struct {
	versions namedVersions
	store    blend.Checkpoints
	opener   *blend.Opener
	decoder  *decode.Decoder
	pictures pictureReader
}

// post answers with the vector of each picture. ?checkpoint= names the checkpoint
// that computes them. ?size=, ?blend= and ?share= take the place of the checkpoint's own
// input size, blend and share.
func (v vectorizer) post(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	version, err := v.versions.Named(r.Context(), q.Get("checkpoint"))
	if err != nil {
		return err
	}
	defer version.Done()
	encoder, err := v.variant(r.Context(), version, q.Get("size"), q.Get("blend"), q.Get("share"))
	if err != nil {
		return err
	}
	if encoder != version.Encoder {
		defer encoder.Close()
	}
	sent, err := v.pictures.readAll(r)
	if err != nil {
		return err
	}
	files := make([]File, len(sent))
	for i, s := range sent {
		files[i] = File{Data: s.Data, Err: s.Err}
	}
	vectors, err := EmbedFiles(r.Context(), v.decoder, encoder, files)
	if err != nil {
		return err
	}
	return reply(w, client.VectorsReply{Checkpoint: string(version.Checkpoint.ID), Runtime: encoder.Report().Runtime, Vectors: vectors})
}

// variant returns the version's encoder, or opens another one when size, blend or share
// differ from the checkpoint's own. Empty means the checkpoint's own. A blend without a
// share has that of config.BlendJoin, and a share alone means a join. The other one
// computes in float, since a request cannot wait until int8 is calibrated. The caller
// closes an encoder that is not the version's.
func (v vectorizer) variant(ctx context.Context, version *serving.Version, size, blending, share string) (*blend.Embedder, error) {
	own := v.opener.Serving(version.Checkpoint)
	id := own
	side, err := intParam(size, id.Size, minSidePixels, maxSidePixels)
	if err != nil {
		return nil, fmt.Errorf("size: %w", err)
	}
	id.Size = side
	if blending != "" {
		if err := blend.Check(blending); err != nil {
			return nil, fmt.Errorf("%w: %w", client.ErrRequest, err)
		}
		id.Blend, id.Share = blending, blend.ShareOf(storage.Checkpoint{Blend: blending})
	}
	if share != "" {
		if blending != "" && blending != config.BlendJoin {
			return nil, fmt.Errorf("%w: share: blend %s has none, leave it out", client.ErrRequest, blending)
		}
		id.Blend = config.BlendJoin
		if id.Share, err = shareParam(share); err != nil {
			return nil, err
		}
	}
	if id == own {
		return version.Encoder, nil
	}
	id.Precision = config.PrecisionFloat
	return v.opener.OpenCheckpoint(ctx, v.store, version.Checkpoint, id)
}

// shareParam reads the share of a join.
func shareParam(text string) (float64, error) {
	share, err := strconv.ParseFloat(text, 64)
	if err != nil || !(share > 0 && share < 1) { // also NaN
		return 0, fmt.Errorf("%w: share: %q is no number between 0 and 1", client.ErrRequest, text)
	}
	return share, nil
}

// File is an encoded picture, or why it could not be read.
type File struct {
	Data []byte
	Err  error
}

// EmbedFiles decodes pictures at full resolution and computes their vectors. It
// returns one result for each file, in the same order. A picture that cannot be read
// has a reason in place of a vector. The error comes from the encoder.
func EmbedFiles(ctx context.Context, d *decode.Decoder, encoder *blend.Embedder, files []File) ([]client.VectorResult, error) {
	out := make([]client.VectorResult, len(files))
	var pixels []*rgb.Image
	var places []int
	for i, f := range files {
		err := f.Err
		var m *rgb.Image
		if err == nil {
			m, _, err = d.Decode(ctx, f.Data)
		}
		if err != nil {
			out[i] = client.VectorResult{Reason: decode.Reason(err), Error: err.Error()}
			continue
		}
		// Shrink to the encoder's square at once: a full batch of large pictures
		// would not fit into the memory of a small board.
		pixels, places = append(pixels, encoder.Square().Of(m)), append(places, i)
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
