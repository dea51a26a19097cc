package probe

import (
	"context"
	"fmt"
)

// Measure scores the vectors of one encoder. Images [n][dim] has a vector for each
// picture. Views [n*v][dim] has a vector for each of v views of each picture, with v
// at least 1. The views of picture i begin at i*v. Measure computes v as
// len(views)/len(images). Vectors need not be of length 1.
//
// The errors are ErrTooFew (n < 2), ErrShape, search.ErrDimension,
// search.ErrNotFinite, search.ErrZero, and ctx's. It uses one core: 500
// pictures of 1280 values with 2 views each take about half a second.
func Measure(ctx context.Context, images, views [][]float32, opt Options) (Scores, error) {
	s, err := measure(ctx, images, views, opt)
	if err != nil {
		return Scores{}, fmt.Errorf("measuring an encoder: %w", err)
	}
	return s, nil
}

func measure(ctx context.Context, images, views [][]float32, opt Options) (Scores, error) {
	n := len(images)
	if n < 2 {
		return Scores{}, fmt.Errorf("%w, not %d", ErrTooFew, n)
	}
	if len(views) == 0 || len(views)%n != 0 {
		return Scores{}, fmt.Errorf("%w: %d views of %d pictures", ErrShape, len(views), n)
	}
	if err := opt.check(n); err != nil {
		return Scores{}, err
	}
	ofImages, err := newRows("picture", images, len(images[0]))
	if err != nil {
		return Scores{}, err
	}
	ofViews, err := newRows("view", views, len(images[0]))
	if err != nil {
		return Scores{}, err
	}
	gram, err := ofImages.gram(ctx)
	if err != nil {
		return Scores{}, err
	}
	s := Scores{Pictures: n, Views: len(views) / n, Neighbours: neighbourCount(n), Each: make([]Outcome, n)}
	if err := s.compareViews(ctx, ofImages, ofViews, gram); err != nil {
		return Scores{}, err
	}
	s.RankMe = rankMe(ofImages, gram)
	s.Deviation = deviation(ofImages)
	products, err := newViewProducts(ctx, ofImages, ofViews)
	if err != nil {
		return Scores{}, err
	}
	s.Information = products.information()
	s.measureTemporal(gram, opt.Pairs)
	if opt.Classes != nil {
		s.Labels, err = MeasureLabels(ctx, images, opt.Classes)
	}
	return s, err
}

// compareViews sets the scores that come from views, of all pictures and of each.
func (s *Scores) compareViews(ctx context.Context, images, views rows, gram []float64) error {
	near := make([]int, s.Neighbours*s.Pictures)
	for i := range s.Pictures {
		nearest(near[i*s.Neighbours:][:s.Neighbours], gram[i*s.Pictures:][:s.Pictures], i, false)
	}
	ofView := make([]int, s.Neighbours)
	moved := make([]float64, s.Pictures) // mean squared distance of the views to their image
	err := images.cosines(ctx, views, func(v int, similarities []float64) {
		i := v / s.Views
		if above(similarities, i) {
			s.Each[i].Retrieved++
		}
		nearest(ofView, similarities, i, true)
		s.Each[i].Survived += overlap(near[i*s.Neighbours:][:s.Neighbours], ofView)
		moved[i] += squaredDistance(similarities[i]) / float64(s.Views)
	})
	if err != nil {
		return err
	}
	s.Spread = spread(s.Each, moved, gram)
	for i := range s.Each {
		s.Each[i].Retrieved /= float64(s.Views)
		s.Each[i].Survived /= float64(s.Views)
		s.ViewRetrieval += s.Each[i].Retrieved
		s.NeighbourSurvival += s.Each[i].Survived
	}
	s.ViewRetrieval /= float64(s.Pictures)
	s.NeighbourSurvival /= float64(s.Pictures)
	return nil
}
