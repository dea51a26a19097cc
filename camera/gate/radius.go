package gate

const (
	// pairWindow is the number of distances of each kind that are remembered: four
	// for each of 128 kept frames. 128 is more than the distance of a pair, so that a
	// window never holds only pairs across a change of the scene.
	pairWindow  = 512
	noiseWindow = 64 // distances of twins

	enoughPairs = 64 // with fewer, stage 2 keeps everything
	enoughNoise = 8

	// noiseShare of the frames that differ only by noise are within the radius.
	noiseShare = 0.9

	// margin is the share of the distance of unrelated frames that counts as near.
	// Losing an object is worse than keeping it twice.
	margin = 0.5
)

// pairLags returns the two kinds of pairs of kept frames, by the distance of their places
// in the sequence of kept frames. The gate never compared the frames of such a pair.
// Compared frames are at least a radius apart, and a radius learned from them would grow
// for ever. The first kind adapts to a new scene soonest. The second kind also works where
// everything is kept and one object fills more than 16 frames: it still sees different
// objects.
func pairLags() [2][4]int { return [...][4]int{{9, 11, 13, 16}, {49, 54, 59, remembered}} }

// radius learns how near two vectors of one version are when their frames show the
// same. Distances are 1 - cosine.
type radius struct {
	version string
	pairs   [2]window // kept frames, by kind of pairLags
	noise   window    // frames that are the same by their pixels
	doubt   float32   // the pairs' part of the radius is divided by 1 + doubt
}

// measurePairs measures the distances between the vector of a new kept frame and those
// of frames that it was not compared with.
func (r *radius) measurePairs(kept []*kept, vector []float32) {
	for kind, lags := range pairLags() {
		for _, lag := range lags {
			if lag > len(kept) {
				continue
			}
			if d, ok := distance(kept[len(kept)-lag].vector, vector); ok {
				r.pairs[kind].add(d, pairWindow)
			}
		}
	}
}

func (r *radius) measureNoise(a, b []float32) {
	if d, ok := distance(a, b); ok {
		r.noise.add(d, noiseWindow)
	}
}

// length returns the radius, 0 until enough is known. A frame is compared with several
// others (recent), so each comparison may use only its part of the share.
func (r *radius) length(opt Options) float32 {
	if r.pairs[0].len() < enoughPairs {
		return 0
	}
	length := float32(opt.Floor)
	for _, pairs := range r.pairs {
		if pairs.len() >= enoughPairs {
			length = max(length, margin/(1+r.doubt)*pairs.quantile(opt.Share/recent))
		}
	}
	if r.noise.len() >= enoughNoise {
		length = max(length, r.noise.quantile(noiseShare))
	}
	return length
}

// adapt takes whether a new kept frame is near to another one. A near frame was kept only
// because it was due: the gate has left out everything for MaxGap. The scene may have less
// variety than the one that the radius was learned from, so adapt halves the radius. The
// radius grows again with frames that are kept for what they show.
func (r *radius) adapt(near bool) {
	const most, decay = 1000, 0.95
	if near {
		r.doubt = min(2*r.doubt+1, most)
	} else {
		r.doubt *= decay
	}
}

// distance returns 1 - cosine of normalised vectors, 0 to 2. ok is false for vectors of
// different or no dimensions, and for those that are not normalised.
func distance(a, b []float32) (float32, bool) {
	if len(a) == 0 || len(a) != len(b) {
		return 0, false
	}
	var dot float32
	for i, v := range a {
		dot += v * b[i]
	}
	const most = 1.01 // with room for rounding; infinity and NaN are outside
	return min(max(1-dot, 0), 2), dot >= -most && dot <= most
}
