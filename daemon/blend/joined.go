package blend

import (
	"context"
	"errors"

	"edgeclr/camera/rgb"
	"edgeclr/storage"
)

// joined concatenates the vectors of two encoders of equal size, pretrained
// first, and scales them to length 1. The cosine of two such vectors is the weighted mean
// of the halves' cosines: see [storage.Join]. That also holds when all features of one
// half are zero: its vector still has a direction (see [model.Encoder.Embed]).
type joined struct {
	pretrained, adapted Encoder
	share               float64 // weight of the adapted half
	square              rgb.Square
}

// Embed runs the encoders one after the other. Each uses all cores by itself, and
// so only one run needs memory at a time.
func (j *joined) Embed(ctx context.Context, pictures []*rgb.Image) ([][]float32, error) {
	pictures = squares(j.square, pictures)
	first, err := j.pretrained.Embed(ctx, pictures)
	if err != nil {
		return nil, err
	}
	second, err := j.adapted.Embed(ctx, pictures)
	if err != nil {
		return nil, err
	}
	return JoinRows(first, second, j.share), nil
}

func (j *joined) Dim() int { return j.pretrained.Dim() + j.adapted.Dim() }

func (j *joined) Size() int { return j.adapted.Size() }

func (j *joined) Close() error { return errors.Join(j.pretrained.Close(), j.adapted.Close()) }

// JoinRows joins the vectors of both halves of each picture: see [storage.Join]. The
// halves are [n][dim] each, of length 1, and the result is [n][2*dim].
func JoinRows(pretrained, adapted [][]float32, share float64) [][]float32 {
	rows := make([][]float32, len(pretrained))
	for i := range rows {
		rows[i] = storage.Join(pretrained[i], adapted[i], share)
	}
	return rows
}
