package gate

import "time"

// Options configure a gate. The zero value works.
type Options struct {
	// MaxGap is the longest time between two kept frames of a source that
	// delivers any, by the frames' own times; 0 means 10 minutes.
	MaxGap time.Duration

	// MaxRun is how many frames are gated in a row at most, for sources whose
	// times stand still; 0 means 20,000, eleven minutes at 30 frames a second.
	MaxRun int

	// Share bounds the share of unrelated pictures that stage 2 takes for
	// near-duplicates, 0 to 1; 0 means 0.05. More gates more of what is merely alike.
	Share float64

	// Floor is a distance of vectors (1 - cosine, 0 to 2) up to which they are
	// near whatever the source is like; 0 means 0.002.
	Floor float64

	// MaxSources is how many sources are remembered; above it, the one that was
	// silent longest is forgotten. 0 means 16.
	MaxSources int
}

// withDefaults replaces zeros, and values that make no sense.
func (o Options) withDefaults() Options {
	if o.MaxGap <= 0 {
		o.MaxGap = 10 * time.Minute
	}
	if o.MaxRun <= 0 {
		o.MaxRun = 20_000
	}
	if !(o.Share > 0 && o.Share <= 1) {
		o.Share = 0.05
	}
	if !(o.Floor > 0 && o.Floor <= 2) {
		o.Floor = 0.002
	}
	if o.MaxSources <= 0 {
		o.MaxSources = 16
	}
	return o
}
