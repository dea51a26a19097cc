package probe

// Scores say how good the vectors of one encoder are, as far as that can be
// told without labels, and with them where there are any. All but Spread,
// RankMe and Deviation are shares from 0 to 1.
type Scores struct {
	Pictures int `json:"pictures"` // n
	Views    int `json:"views"`    // of each picture

	// ViewRetrieval is the share of views whose nearest image is their own
	// picture: instance retrieval, the task that SimCLR trains (Chen et al.
	// 2020, section 2.1). Higher is better. A tie with another picture is
	// lost: collapse gives 0, noise 1/n.
	ViewRetrieval float64 `json:"view_retrieval"`

	// NeighbourSurvival is the mean share of the Neighbours nearest other
	// images of a picture that are also among as many nearest of its view, the
	// picture itself left out. Higher is better. Equal similarities are ordered
	// one way for images and the other way for views: collapse gives 0 (if
	// there are more than 2*Neighbours pictures), noise little more than Neighbours/(n-1).
	NeighbourSurvival float64 `json:"neighbour_survival"`
	Neighbours        int     `json:"neighbours"` // 10, or half of the others if that is fewer; at least 1

	// Spread is the mean squared distance of a view to its image over the mean
	// squared distance of two different images, all vectors of length 1:
	// alignment against uniformity (Wang and Isola 2020, section 4.1). Lower is
	// better; 0 is full invariance. Without distances, where all images have
	// collapsed to one point, it is 1, as it tends to when what is left is noise.
	Spread float64 `json:"spread"`

	// RankMe is the effective rank of the image vectors of length 1, from 1 to
	// min(n, dim): exp of the entropy of p, p_k being the k-th singular value
	// over the sum of all (Garrido et al. 2023, equation 1). Collapse gives 1,
	// and dimensional collapse the number of dimensions left. It grows with n.
	RankMe float64 `json:"rankme"`

	// Deviation is the standard deviation of image vectors of length 1, the
	// mean over the dimensions, times sqrt(dim): lightly's std_of_l2_normalized,
	// scaled so that it is 1 for directions at random and 0 for collapse. What
	// it sees and the others do not: a constant that outweighs what differs.
	Deviation float64 `json:"deviation"`

	// Temporal is the share of the TemporalPictures, those that are in one of
	// [Options.Pairs], whose nearest other image is a partner of theirs. Higher
	// is better; a tie with another picture is lost. It rests on nothing that
	// training has augmented. 0 of 0 pictures: not measured.
	Temporal         float64 `json:"temporal"`
	TemporalPictures int     `json:"temporal_pictures"`

	// Labels are the scores of the pictures whose class is known; zero, and left
	// out of the JSON: not measured.
	Labels Labels `json:"labels,omitzero"`

	// Each has the outcome of picture i at i, and TemporalEach a 1 for a hit and
	// a 0 for a miss of those with a partner, in order. Decide compares them.
	Each         []Outcome `json:"-"`
	TemporalEach []float64 `json:"-"`
}

// Outcome is what one picture contributes: a score is the mean over its
// pictures.
type Outcome struct {
	Retrieved float64 // share of its views that find it
	Survived  float64 // share of its neighbours that survive, the mean over its views
	Spread    float64 // its pseudo-value of Spread; can be below 0
}
