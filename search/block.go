package search

import "math"

// blockRows is the number of vectors in a block. An index grows by blocks, so that
// growing copies nothing and never needs twice the memory.
const blockRows = 1024

// block holds up to blockRows vectors with their codes, row by row.
type block struct {
	stride   int // values of a row: the dimension, padded
	vectors  []float32
	center   []float32 // the codes are relative to it
	codes    []int8
	scale    []float32 // scale of the codes, by row
	residual []float32 // norm of what the codes leave out, by row
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

// recenter makes the codes relative to the mean of the vectors. Frames of one camera
// are similar: their differences are small beside what they share, and codes of the
// differences alone are finer. Any center gives correct results.
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

// encode computes the codes of a row.
func (b *block) encode(row int) {
	b.scale[row], b.residual[row] = quantize(b.code(row), b.vector(row), b.center)
}

// codeMax is the largest 8-bit code. -128 is not used, so that codes are symmetric.
const codeMax = 127

// quantize writes the codes of a vector: v is about center + scale*codes. residual is
// the L2 norm of the difference, rounded up. The three slices have the same length.
func quantize(codes []int8, v, center []float32) (scale, residual float32) {
	var most float64
	for i, value := range v {
		most = max(most, math.Abs(float64(value)-float64(center[i])))
	}
	scale = float32(most / codeMax)
	clear(codes)
	if scale == 0 {
		return 0, roundedUp(most * math.Sqrt(float64(len(v)))) // 0 unless the scale underflowed
	}
	inverse := 1 / float64(scale)
	var sum float64
	for i, value := range v {
		off := float64(value) - float64(center[i])
		// Rounding the scale may take the largest value beyond the range.
		code := min(max(math.RoundToEven(off*inverse), -codeMax), codeMax)
		codes[i] = int8(code)
		rest := off - float64(scale)*code
		sum += rest * rest
	}
	return scale, roundedUp(math.Sqrt(sum))
}

// quantizeQuery does the same for a query of length 1, in 16 bits and without a
// center. A search reads the query once, so its codes can be finer, and its residual
// is negligible. They are as fine as possible while the sum of products with 8-bit
// codes fits 31 bits.
func quantizeQuery(codes []int16, v []float32) (scale, residual float32) {
	most := float64(queryCodeMax(len(codes)))
	for _, value := range v {
		scale = max(scale, value, -value)
	}
	scale /= float32(most) // above 0: a vector of length 1 has a value of 1/sqrt(dim)
	var sum float64
	for i, value := range v {
		code := min(max(math.RoundToEven(float64(value/scale)), -most), most)
		codes[i] = int16(code)
		rest := float64(value) - float64(scale)*code
		sum += rest * rest
	}
	return scale, roundedUp(math.Sqrt(sum))
}

// queryCodeMax is the largest code of a query for which dim*codeMax*max fits 31 bits.
func queryCodeMax(dim int) int {
	return min(max(math.MaxInt32/(codeMax*max(dim, 1)), 1), math.MaxInt16)
}

// roundedUp returns a float32 that is not below x, for x >= 0.
func roundedUp(x float64) float32 { return float32(x * (1 + 1e-6)) }
