package search

// laneBlock is the number of values that the kernels process at a time. Rows are padded
// with zeros to a multiple of it.
const laneBlock = 32

// rowBlock is the number of rows that dotCodes processes at a time.
const rowBlock = 4

// leastSums is the least number of independent sums over which a kernel spreads the
// products of a dot product. It bounds the rounding error.
const leastSums = 4

// kernels are the inner loops. There is a set for each kind of processor.
//
// Rows and query have len(query) values, a multiple of laneBlock. Row i begins at
// i*len(query).
type kernels struct {
	name string

	// dots writes the dot product of each of len(dst) rows with the query. A
	// result does not depend on the number of rows or the place of its row.
	dots func(dst, rows, query []float32)

	// dotCodes does the same with integers. len(dst) is a multiple of rowBlock. The
	// sum of the absolute products must fit 31 bits.
	dotCodes func(dst []int32, rows []int8, query []int16)
}

// portable serves processors without kernels of their own. The tests compare the others
// with it.
func portable() kernels { return kernels{"portable", dotsPortable, dotCodesPortable} }

func dotsPortable(dst, rows, query []float32) {
	dim := len(query)
	for i := range dst {
		row := rows[i*dim:][:dim]
		// Four independent sums, because a single one would wait for each addition.
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

// padded rounds n up to a multiple of block.
func padded(n, block int) int { return (n + block - 1) / block * block }
