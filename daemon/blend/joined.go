package blend

import (
	"context"
	"errors"
	"math"

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

// PretrainedRows takes the vectors of the pretrained encoder out of joined vectors.
// Rows is [n][Dim], the result [n][Dim/2], of length 1.
func PretrainedRows(rows [][]float32) [][]float32 { return halfRows(rows, 0) }

// AdaptedRows takes the vectors of the adapted encoder out of joined vectors. Rows
// is [n][Dim], the result [n][Dim/2], of length 1.
func AdaptedRows(rows [][]float32) [][]float32 { return halfRows(rows, 1) }

// halfRows takes the first half (which = 0) or the second half (1) of each row.
func halfRows(rows [][]float32, which int) [][]float32 {
	list := make([][]float32, len(rows))
	for i, row := range rows {
		dim := len(row) / 2
		for _, v := range row[which*dim:][:dim] {
			list[i] = append(list[i], v*math.Sqrt2)
		}
	}
	return list
}
