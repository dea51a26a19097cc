package augment

// stream names the use of a generator, so that no two uses share one.
type stream uint64

// Views 0 and 1 draw the parameters of the two views of a position; substitute
// draws the picture that takes the place of one that failed to load.
const (
	viewOne stream = iota
	viewTwo
	substitute
)

// seeds returns the two seeds of the PCG generator for one use at one position
// of one step. It is a pure function, and so all the state that the random
// part of training needs. Each word passes through the whole mixer, so
// that neighbouring steps and positions have unrelated generators.
func seeds(seed uint64, step, position int, use stream) (uint64, uint64) {
	h := mix(seed)
	h = mix(h ^ uint64(step))
	h = mix(h ^ uint64(position))
	h = mix(h ^ uint64(use))
	return h, mix(h)
}

// mix is one step of splitmix64 (Steele, Lea and Flood 2014, "Fast splittable
// pseudorandom number generators"): a bijection whose every input bit changes
// half of the output bits.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
