package search

// laneBlock is the number of values that the kernels take at a time: rows are
// padded with zeros to a multiple of it.
const laneBlock = 32

// rowBlock is the number of rows that dotCodes takes at a time.
const rowBlock = 4

// leastSums is the number of independent sums among which every kernel spreads
// the products of a dot product, at least: it bounds the rounding error.
const leastSums = 4

// kernels are the inner loops, of which there is a set for each kind of processor.
//
// Rows and query have len(query) values, a multiple of laneBlock; row i
// begins at i*len(query).
type kernels struct {
	name string

	// dots writes the dot product of each of len(dst) rows with the query. The
	// result of a row does not depend on how many there are or on its place.
	dots func(dst, rows, query []float32)

	// dotCodes is the same in integers, for len(dst) rows, a multiple of
	// rowBlock. The sum of absolute products must fit 31 bits.
	dotCodes func(dst []int32, rows []int8, query []int16)
}

// portable is for processors without a set of their own, and what the others
// are tested against.
func portable() kernels { return kernels{"portable", dotsPortable, dotCodesPortable} }

func dotsPortable(dst, rows, query []float32) {
	dim := len(query)
	for i := range dst {
		row := rows[i*dim:][:dim]
		// Independent sums: a single one would wait for each addition.
		var s0, s1, s2, s3 float32
		for j := 0; j+4 <= dim; j += 4 {
			r, q := row[j:j+4:j+4], query[j:j+4:j+4]
			s0 += r[0] * q[0]
			s1 += r[1] * q[1]
			s2 += r[2] * q[2]
			s3 += r[3] * q[3]
		}
		dst[i] = (s0 + s1) + (s2 + s3)
	}
}

func dotCodesPortable(dst []int32, rows []int8, query []int16) {
	dim := len(query)
	for i := range dst {
		row := rows[i*dim:][:dim]
		var s0, s1 int32
		for j := 0; j+2 <= dim; j += 2 {
			s0 += int32(row[j]) * int32(query[j])
			s1 += int32(row[j+1]) * int32(query[j+1])
		}
		dst[i] = s0 + s1
	}
}

// padded rounds up to whole blocks.
func padded(n, block int) int { return (n + block - 1) / block * block }
