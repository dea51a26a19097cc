package search

// Scores say how well the neighbours of a vector share its class, each 0 to 1.
// They are means over all images, with the image itself left out of its
// neighbours.
type Scores struct {
	Images  int
	Classes int
	Top1    float64 // the nearest has the image's class
	Top5    float64 // at least one of the 5 nearest has
	P10     float64 // share of the 10 nearest (or of all others, if fewer) that has
	KNN20   float64 // the vote of the 20 nearest, weight exp(cosine/0.07), is right (Wu et al. 2018, 3.4)
}
