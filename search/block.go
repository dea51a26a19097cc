package search

// blockRows is how many vectors are stored together. An index grows by blocks,
// so that growing copies nothing and never needs twice the memory.
const blockRows = 1024

// block holds up to blockRows vectors, each value of a vector at the same row.
type block struct {
	stride   int // values of a row: the dimension, padded
	vectors  []float32
	center   []float32 // what the codes are relative to
	codes    []int8
	scale    []float32 // of a row's codes
	residual []float32 // norm of what a row's codes leave out
	ids      []uint64  // its length is the number of vectors
}

func newBlock(stride int) *block {
	return &block{
		stride:   stride,
		vectors:  make([]float32, blockRows*stride),
		center:   make([]float32, stride),
		codes:    make([]int8, blockRows*stride),
		scale:    make([]float32, blockRows),
		residual: make([]float32, blockRows),
		ids:      make([]uint64, 0, blockRows),
	}
}

func (b *block) vector(row int) []float32 { return b.vectors[row*b.stride:][:b.stride] }
func (b *block) code(row int) []int8      { return b.codes[row*b.stride:][:b.stride] }

// set stores a normalised, padded vector.
func (b *block) set(row int, v []float32) {
	copy(b.vector(row), v)
	b.encode(row)
}

// add appends a normalised, padded vector.
func (b *block) add(id uint64, v []float32) {
	b.ids = append(b.ids, id)
	b.set(len(b.ids)-1, v)
	switch len(b.ids) {
	case 16, 64, 256, blockRows:
		b.recenter()
	}
}

// recenter makes the codes relative to the mean of the vectors. Frames of one
// camera are alike: what tells them apart is small beside what they share, and codes
// spent on the small part alone are finer. Any center is correct.
func (b *block) recenter() {
	sum := make([]float64, b.stride)
	for row := range b.ids {
		for i, value := range b.vector(row) {
			sum[i] += float64(value)
		}
	}
	for i := range sum {
		b.center[i] = float32(sum[i] / float64(len(b.ids)))
	}
	for row := range b.ids {
		b.encode(row)
	}
}

func (b *block) encode(row int) {
	b.scale[row], b.residual[row] = quantize(b.code(row), b.vector(row), b.center)
}
