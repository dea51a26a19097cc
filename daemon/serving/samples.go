package serving

import (
	"context"
	"errors"
	"slices"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/storage"
)

// Sample is the picture of a stored frame, encoded.
type Sample struct {
	ID    storage.FrameID
	Label string // "": none
	Data  []byte
}

// Samples calls use with up to n frames of the replay buffer, spread evenly and in order:
// what an int8 encoder is calibrated on. The picture is the one that the store keeps of
// the frame, whose vector counts, or else the small one to learn from. When the buffer has
// fewer than n frames, other stored frames are taken too.
func Samples(ctx context.Context, st *storage.Store, n int, use func(Sample) error) error {
	var ids []storage.FrameID
	err := st.Replay(ctx, func(e storage.ReplayEntry) error {
		ids = append(ids, e.ID)
		return nil
	})
	if err := unlessCorrupt(err); err != nil {
		return err
	}
	if len(ids) < n {
		if ids, err = withPicture(ctx, st, ids); err != nil {
			return err
		}
	}
	return eachSample(ctx, st, spread(ids, n), use)
}

// LabelledSamples calls use with up to n frames that have a label and a picture, spread
// evenly and in order.
func LabelledSamples(ctx context.Context, st *storage.Store, n int, use func(Sample) error) error {
	frames, err := st.LabelledFrames(ctx)
	if err := unlessCorrupt(err); err != nil {
		return err
	}
	var ids []storage.FrameID
	for _, f := range frames {
		ids = append(ids, f.ID)
	}
	return eachSample(ctx, st, spread(ids, n), use)
}

// SampleSquares decodes Samples and makes the squares that an encoder sees: full
// pictures would not fit into the memory of a small board. It leaves out pictures that cannot be decoded, and, when
// the store cannot be read, those that it did not come to: a calibration says when it has
// too few.
func SampleSquares(ctx context.Context, st *storage.Store, d *decode.Decoder, n int, square rgb.Square) (squares []*rgb.Image) {
	_ = Samples(ctx, st, n, func(s Sample) error {
		if m, _, err := d.Decode(ctx, s.Data); err == nil {
			squares = append(squares, square.Of(m))
		}
		return nil
	})
	return squares
}

// withPicture adds the frames of which the store keeps a picture.
func withPicture(ctx context.Context, st *storage.Store, ids []storage.FrameID) ([]storage.FrameID, error) {
	err := st.Frames(ctx, 0, func(f storage.Frame) error {
		if f.KeptBytes > 0 {
			ids = append(ids, f.ID)
		}
		return nil
	})
	slices.Sort(ids)
	return slices.Compact(ids), unlessCorrupt(err)
}

// spread takes n of the ids, evenly.
func spread(ids []storage.FrameID, n int) []storage.FrameID {
	if len(ids) <= n {
		return ids
	}
	taken := make([]storage.FrameID, n)
	for i := range taken {
		taken[i] = ids[i*len(ids)/n]
	}
	return taken
}

// eachSample reads the pictures. It leaves out frames that are gone or damaged.
func eachSample(ctx context.Context, st *storage.Store, ids []storage.FrameID, use func(Sample) error) error {
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return err
		}
		f, err := st.Frame(id)
		var data []byte
		if err == nil && f.KeptBytes > 0 {
			data, err = st.FrameData(id)
		} else if err == nil {
			data, err = st.ReplayPicture(id)
		}
		if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrCorrupt) {
			continue
		}
		if err == nil {
			err = use(Sample{ID: id, Label: f.Label, Data: data})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unlessCorrupt drops the error that says that some damaged records were left out.
func unlessCorrupt(err error) error {
	if errors.Is(err, storage.ErrCorrupt) {
		return nil
	}
	return err
}
