package probe

import (
	"context"
	"fmt"
	"math"
)

// Vectors are those that one encoder made of pictures: see [Measure].
type Vectors struct {
	Images [][]float32 // [n][dim]
	Views  [][]float32 // [n*v][dim]
}

// shareSteps is how many steps lie between no weight and the full weight of the adapted
// encoder, when [ChooseShare] compares shares.
const shareSteps = 10

// ChooseShare returns the weight of the adapted encoder in a join with the root, above 0
// to 1. With 1 the adapted encoder serves alone. It compares shares by
// [Scores.Information] of the joined vectors, and returns the one with the most.
//
// The root adds what training forgot, and it adds its noise. Which is more depends on the
// pictures: on photographs the best share is about a half, before a fixed background
// nearly 1. Measured on four sets (docs/learning.md, "Shares"), the share with the most
// Information is within the noise of the best one by labels.
//
// The distances between the vectors of the two encoders can differ a hundredfold, and the
// encoder with the small distances would not count. So weights are compared as parts of
// the mean squared distance of two images: a share is the one that gives the adapted
// encoder a tenth of it, two tenths, and so on.
//
// With fewer than [Rule.MinPictures] pictures it returns 1/2. The errors are those of
// [Measure].
func ChooseShare(ctx context.Context, root, adapted Vectors, r Rule) (float64, error) {
	const even = 0.5
	if len(root.Images) < r.MinPictures {
		return even, nil
	}
	var halves [2]viewProducts
	for i, v := range []Vectors{root, adapted} {
		var err error
		if halves[i], err = v.products(ctx); err != nil {
			return even, fmt.Errorf("choosing a share: %w", err)
		}
	}
	most, share := math.Inf(-1), even
	for _, s := range shares(halves[0].apart(), halves[1].apart(), r) {
		if nats := halves[0].join(halves[1], s).information(); nats > most {
			most, share = nats, s
		}
	}
	return share, nil
}

// products checks the vectors, and computes their products.
func (v Vectors) products(ctx context.Context) (viewProducts, error) {
	n := len(v.Images)
	if n < 2 || len(v.Views) == 0 || len(v.Views)%n != 0 {
		return viewProducts{}, fmt.Errorf("%w: %d views of %d pictures", ErrShape, len(v.Views), n)
	}
	images, err := newRows("picture", v.Images, len(v.Images[0]))
	if err != nil {
		return viewProducts{}, err
	}
	views, err := newRows("view", v.Views, len(v.Images[0]))
	if err != nil {
		return viewProducts{}, err
	}
	return newViewProducts(ctx, images, views)
}

// shares are the weights in the cosine that give the adapted encoder its parts of the
// distance, the smallest first. Root and adapted are the mean squared distances of the
// two.
func shares(root, adapted float64, r Rule) []float64 {
	if root < rounding || adapted < rounding { // one of them has collapsed
		return []float64{0.5}
	}
	var list []float64
	for step := 1; step <= shareSteps; step++ {
		part := float64(step) / shareSteps
		if part < r.ShareLeast || part > r.ShareMost {
			continue
		}
		weight := part / adapted
		share := weight / (weight + (1-part)/root)
		if step < shareSteps {
			share = min(max(math.Round(share*1000)/1000, 0.001), 0.999)
		}
		list = append(list, share)
	}
	return list
}

// apart is the mean squared distance of two images.
func (p viewProducts) apart() float64 {
	var sum float64
	for i := range p.n {
		for j, cosine := range p.images[i*p.n:][:p.n] {
			if j != i {
				sum += squaredDistance(cosine)
			}
		}
	}
	return sum / float64(p.n*(p.n-1))
}
