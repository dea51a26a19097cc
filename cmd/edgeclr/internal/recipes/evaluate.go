package recipes

import (
	"context"
	"fmt"

	"edgeclr/camera/rgb"
	"edgeclr/cmd/edgeclr/internal/benchmark"
	"edgeclr/cmd/edgeclr/internal/trials"
	"edgeclr/daemon/blend"
	"edgeclr/search"
)

// evalSet is the pictures on which encoders are compared.
type evalSet struct {
	gallery  *benchmark.Gallery
	pictures []int // of the gallery
	classes  []int // of each picture
}

// evalBatch is how many pictures are embedded at a time.
const evalBatch = 32

// embed computes the vectors of the set.
func (e evalSet) embed(ctx context.Context, encoder *blend.Embedder) ([][]float32, error) {
	var vectors [][]float32
	for first := 0; first < len(e.pictures); first += evalBatch {
		var squares []*rgb.Image
		for _, picture := range e.pictures[first:min(first+evalBatch, len(e.pictures))] {
			m, err := e.gallery.Square(ctx, picture, encoder.Square())
			if err != nil {
				return nil, err
			}
			squares = append(squares, m)
		}
		some, err := encoder.Embed(ctx, squares)
		if err != nil {
			return nil, fmt.Errorf("embedding the pictures of the evaluation: %w", err)
		}
		vectors = append(vectors, some...)
	}
	return vectors, nil
}

// Outcomes are what single pictures contribute to the scores, one character for each.
type Outcomes struct {
	Top1 string `json:"top1"` // 1 if the nearest has its class, else 0
	P10  string `json:"p10"`  // how many of the Of nearest have its class, in the digits 0 to A
	Of   int    `json:"of"`   // 10, or the number of other pictures if it is smaller
}

const tenDigits = "0123456789A"

// outcomes scores vectors by leave-one-out, picture by picture.
func (e evalSet) outcomes(ctx context.Context, vectors [][]float32) (Outcomes, error) {
	_, each, err := search.LeaveOneOutEach(ctx, vectors, e.classes, 0)
	if err != nil {
		return Outcomes{}, err
	}
	o := Outcomes{Of: min(10, len(each)-1)}
	top1, ten := make([]byte, len(each)), make([]byte, len(each))
	for i, s := range each {
		top1[i] = tenDigits[int(s.Top1)]
		ten[i] = tenDigits[int(s.P10*float64(o.Of)+0.5)]
	}
	o.Top1, o.P10 = string(top1), string(ten)
	return o, nil
}

// values returns the top-1 and the precision@10 of each picture.
func (o Outcomes) values() (top1, p10 []float64) {
	top1, p10 = make([]float64, len(o.Top1)), make([]float64, len(o.P10))
	for i := range top1 {
		top1[i], p10[i] = float64(digit(o.Top1[i])), float64(digit(o.P10[i]))/float64(o.Of)
	}
	return top1, p10
}

func digit(c byte) int {
	if c >= 'A' {
		return int(c-'A') + 10
	}
	return int(c - '0')
}

// means are the scores with their standard errors.
func (o Outcomes) means() (top1, p10 trials.Estimate) {
	one, ten := o.values()
	return trials.Mean(one), trials.Mean(ten)
}

// above are the differences to the scores of other outcomes of the same pictures, with the
// paired standard errors.
func (o Outcomes) above(base Outcomes) (top1, p10 trials.Estimate) {
	one, ten := o.values()
	baseOne, baseTen := base.values()
	return trials.Difference(one, baseOne), trials.Difference(ten, baseTen)
}

// check refuses outcomes of another number of pictures, as a damaged file has them.
func (o Outcomes) check(trial string, pictures int) error {
	if len(o.Top1) != pictures || len(o.P10) != pictures || o.Of < 1 {
		return fmt.Errorf("the table's %s has outcomes of %d and %d pictures, and there are %d; delete its file, and it is measured again",
			trial, len(o.Top1), len(o.P10), pictures)
	}
	return nil
}
