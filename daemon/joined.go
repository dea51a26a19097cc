package daemon

import (
	"context"
	"errors"
	"math"

	"edgeclr/camera/rgb"
)

// joined puts the vectors of two encoders of equal size one behind the other,
// pretrained first, and scales them to length 1: the cosine of two such vectors
// is the mean of the halves' cosines. So it is for a picture in which one
// half finds nothing, whose vector has a direction all the same (see
// [model.Encoder.Embed]).
type joined struct {
	pretrained, adapted Encoder
}

// Embed runs the encoders one after the other: each uses all cores by itself,
// and what they need while they run is not needed twice.
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
		row := make([]float32, 0, j.Dim())
		for _, half := range [][]float32{first[i], second[i]} {
			for _, v := range half {
				row = append(row, v/math.Sqrt2)
			}
		}
		rows[i] = row
	}
	return rows, nil
}

func (j *joined) Dim() int { return j.pretrained.Dim() + j.adapted.Dim() }

func (j *joined) Size() int { return j.adapted.Size() }

func (j *joined) Close() error { return errors.Join(j.pretrained.Close(), j.adapted.Close()) }

// halves are the vectors of one of the encoders, of length 1, out of joined ones.
func halves(rows [][]float32, from, to int) [][]float32 {
	list := make([][]float32, len(rows))
	for i, row := range rows {
		for _, v := range row[from:to] {
			list[i] = append(list[i], v*math.Sqrt2)
		}
	}
	return list
}
