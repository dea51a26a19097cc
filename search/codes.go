package search

import "math"

// codeMax is the largest 8-bit code. -128 is not used, so that codes have no sign bias.
const codeMax = 127

// quantize writes the codes of a vector: v is about center + scale*codes.
// Residual is the L2 norm of what is left, rounded up. All three have the same
// length.
func quantize(codes []int8, v, center []float32) (scale, residual float32) {
	var most float64
	for i, value := range v {
		most = max(most, math.Abs(float64(value)-float64(center[i])))
	}
	scale = float32(most / codeMax)
	clear(codes)
	if scale == 0 {
		return 0, roundedUp(most * math.Sqrt(float64(len(v)))) // 0 but for underflow
	}
	inverse := 1 / float64(scale)
	var sum float64
	for i, value := range v {
		off := float64(value) - float64(center[i])
		// Held to the range: rounding the scale may take the largest beyond it.
		code := min(max(math.RoundToEven(off*inverse), -codeMax), codeMax)
		codes[i] = int8(code)
		rest := off - float64(scale)*code
		sum += rest * rest
	}
	return scale, roundedUp(math.Sqrt(sum))
}

// quantizeQuery is the same for a query of length 1, in 16 bits and about 0. The query is read once a search, so
// its codes may be finer, which makes its own residual negligible; they are as
// fine as the sum of products with 8-bit codes leaves room in 31 bits.
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

// queryCodeMax keeps dim*codeMax*max within 31 bits.
func queryCodeMax(dim int) int {
	return min(max(math.MaxInt32/(codeMax*max(dim, 1)), 1), math.MaxInt16)
}

// roundedUp is a float32 that is not below x >= 0.
func roundedUp(x float64) float32 { return float32(x * (1 + 1e-6)) }
