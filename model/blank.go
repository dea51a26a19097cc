package model

import "math"

// markBlank gives a vector of zeros a direction, in place. Behind the last ReLU a
// picture in which the encoder finds nothing (plain grey, one pixel) has no
// direction, so no cosine. It gets the one with all values equal and negative:
// such pictures are alike among themselves (cosine 1) and like no other, since
// the values of all others are 0 or more (cosine below 0).
func markBlank(vector []float32) {
	for _, v := range vector {
		if v != 0 {
			return
		}
	}
	value := float32(-1 / math.Sqrt(float64(len(vector))))
	for i := range vector {
		vector[i] = value
	}
}
