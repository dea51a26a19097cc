package config

import "testing"

// Where more stages learn than do by default, a step takes small views and a low rate. So
// a full copy of an older example learns as it did.
func TestAutomaticLearning(t *testing.T) {
	for _, c := range []struct {
		text string
		size int
		rate float64
	}{
		{"", 224, 0.03},
		{"serve: {size: 64}\n", 64, 0.03},
		{"serve: {size: 512}\n", 224, 0.03},
		{"learn: {stages: 1}\n", 224, 0.03},
		{"learn: {stages: 3}\n", 96, 0.003},
		{"learn: {stages: 0}\n", 96, 0.003},
		{"learn: {stages: 0}\nserve: {size: 64}\n", 64, 0.003},
		{"learn: {stages: 0, size: 128, lr: 0.01}\n", 128, 0.01},
		{"learn: {size: 128, lr: 0.01}\n", 128, 0.01},
		{"learn: {size: 0, lr: 0}\n", 224, 0.03},
	} {
		got, err := Load(write(t, c.text), nil)
		if err != nil || got.LearningSize() != c.size || got.LearningRate() != c.rate {
			t.Errorf("%q: views of %d px, rate %v, %v", c.text, got.LearningSize(), got.LearningRate(), err)
		}
	}
}
