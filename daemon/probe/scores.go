package probe

import (
	"fmt"
)

// Scores say how good the vectors of one encoder are, without labels, and with
// labels if there are any. All but Spread, RankMe and Deviation are shares from 0
// to 1.
type Scores struct {
	Pictures int `json:"pictures"` // n
	Views    int `json:"views"`    // of each picture

	// ViewRetrieval is the share of views whose nearest image is their own
	// picture: instance retrieval, the task that SimCLR trains (Chen et al.
	// 2020, section 2.1). Higher is better. A tie with another picture counts as a
	// miss: collapse gives 0, noise 1/n.
	ViewRetrieval float64 `json:"view_retrieval"`

	// NeighbourSurvival compares the Neighbours nearest images of a picture with those
	// of its view, without the picture itself. It is the mean share of the first that
	// are among the second. Higher is better. Equal similarities are ordered by
	// ascending index for images and by descending index for views. So collapse gives 0
	// (if there are more than 2*Neighbours pictures), and noise gives little more than
	// Neighbours/(n-1).
	NeighbourSurvival float64 `json:"neighbour_survival"`
	Neighbours        int     `json:"neighbours"` // 10, or half of the other pictures if that is fewer; at least 1

	// Spread is the mean squared distance of a view to its image, divided by the
	// mean squared distance of two different images, with all vectors of length 1:
	// alignment over uniformity (Wang and Isola 2020, section 4.1). Lower is better,
	// and 0 is full invariance. It is 1 when all images have collapsed to one point,
	// and tends to 1 when only noise is left.
	Spread float64 `json:"spread"`

	// RankMe is the effective rank of the image vectors of length 1, from 1 to
	// min(n, dim): exp of the entropy of p, p_k being the k-th singular value
	// over the sum of all (Garrido et al. 2023, equation 1). Collapse gives 1,
	// and dimensional collapse the number of dimensions left. It grows with n.
	RankMe float64 `json:"rankme"`

	// Deviation is the standard deviation of image vectors of length 1, the
	// mean over the dimensions, times sqrt(dim): lightly's std_of_l2_normalized,
	// scaled so that it is 1 for directions at random and 0 for collapse. It alone
	// sees a constant offset that outweighs the differences.
	Deviation float64 `json:"deviation"`

	// Information is how much the vector of a mild view says about which picture it shows,
	// in nats, summed over the principal directions of the images. Higher is better. In
	// each direction it is the capacity of a Gaussian channel, log(1 + signal/noise)/2: the
	// signal is the variance between pictures, the noise that between views of one picture
	// (Shannon 1948, section 25). Collapse gives 0, noise nearly 0, and k directions left
	// give what these k carry.
	//
	// It knows no fixed background: what all pictures share is no signal, and what only
	// views differ in is noise. So, unlike RankMe and Deviation, it does not fall when an
	// encoder learns to ignore the background of a fixed camera.
	Information float64 `json:"information"`

	// TemporalPictures is how many pictures have a partner in [Options.Pairs]. Temporal
	// is the share of these whose nearest other image is a partner. Higher is better. A
	// tie with another picture counts as a miss. Temporal does not depend on
	// augmentation. When both are 0, it was not measured.
	Temporal         float64 `json:"temporal"`
	TemporalPictures int     `json:"temporal_pictures"`

	// Labels are the scores of the pictures whose class is known. They are zero, and not
	// in the JSON, when they were not measured.
	Labels Labels `json:"labels,omitzero"`

	// Each has the outcome of picture i at i. TemporalEach has a 1 for a hit and a 0
	// for a miss of each picture with a partner, in order. Decide compares them.
	Each         []Outcome `json:"-"`
	TemporalEach []float64 `json:"-"`
}

// Outcome is what one picture contributes. A score is the mean over all pictures.
type Outcome struct {
	Retrieved float64 // share of its views that find it
	Survived  float64 // share of its neighbours that survive, the mean over its views
	Spread    float64 // its pseudo-value of Spread, which can be below 0
}

// Options say what is known of the pictures besides their vectors. With the zero
// value nothing is known.
type Options struct {
	// Pairs are the indices of two pictures of one source, taken within a few
	// seconds, in either order. See [Scores.Temporal].
	Pairs [][2]int

	// Classes has the class of each picture, negative if it has no label. It is nil
	// if none has. When other frames than those of the probe have labels, call
	// [MeasureLabels] for them and set [Scores.Labels].
	Classes []int
}

func (o Options) check(pictures int) error {
	if o.Classes != nil && len(o.Classes) != pictures {
		return fmt.Errorf("%w: %d classes for %d pictures", ErrShape, len(o.Classes), pictures)
	}
	for _, p := range o.Pairs {
		if p[0] == p[1] || min(p[0], p[1]) < 0 || max(p[0], p[1]) >= pictures {
			return fmt.Errorf("%w: pictures %d and %d of %d are no pair", ErrShape, p[0], p[1], pictures)
		}
	}
	return nil
}
