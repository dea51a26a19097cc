package blend

import (
	"context"
	"errors"

	"edgeclr/camera/rgb"
	"edgeclr/storage"
)

// joined concatenates the vectors of two encoders of equal size, pretrained
// first, and scales them to length 1. The cosine of two such vectors is the mean
// of the halves' cosines. That also holds when all features of one half are zero:
// its vector still has a direction (see [model.Encoder.Embed]).
type joined struct {
	pretrained, adapted Encoder
}

// Embed runs the encoders one after the other. Each uses all cores by itself, and
// so only one run needs memory at a time.
func (j *joined) Embed(ctx context.Context, pictures []*rgb.Image) ([][]float32, error) {
	squares := make([]*rgb.Image, len(pictures))
	for i, p := range pictures {
		squares[i] = p.EvalSquare(j.Size())
	}
	first, err := j.pretrained.Embed(ctx, squares)
	if err != nil {
		return nil, err
	}
	second, err := j.adapted.Embed(ctx, squares)
	if err != nil {
		return nil, err
	}
	rows := make([][]float32, len(pictures))
	for i := range rows {
		rows[i] = storage.Join(first[i], second[i])
	}
	return rows, nil
}

func (j *joined) Dim() int { return j.pretrained.Dim() + j.adapted.Dim() }

func (j *joined) Size() int { return j.adapted.Size() }

func (j *joined) Close() error { return errors.Join(j.pretrained.Close(), j.adapted.Close()) }
