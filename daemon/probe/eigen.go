package probe

import "math"

// eigenvalues returns the eigenvalues of a symmetric matrix [n][n], in no order. It
// overwrites a.
//
// It uses Householder's reduction to a tridiagonal matrix, then QL with implicit
// shifts (Golub and Van Loan, Matrix Computations, 4th edition, sections 8.3.1 and
// 8.3.3). That takes 4/3 n^3 operations. A library of linear algebra would be a large
// dependency for this alone.
func eigenvalues(a []float64, n int) []float64 {
	diagonal, offDiagonal := tridiagonal(a, n, nil)
	implicitQL(diagonal, offDiagonal, nil)
	return diagonal
}

// eigenvectors is eigenvalues with the eigenvectors: row k of vectors [n][n] belongs to
// value k and has length 1. It takes about 6 n^3 more operations.
func eigenvectors(a []float64, n int) (values, vectors []float64) {
	vectors = make([]float64, n*n)
	for i := range n {
		vectors[i*n+i] = 1
	}
	diagonal, offDiagonal := tridiagonal(a, n, vectors)
	implicitQL(diagonal, offDiagonal, vectors)
	return diagonal, vectors
}

// tridiagonal reduces the lower triangle of a to a diagonal [n] and the off-diagonal
// [n]. Value i of the off-diagonal links i and i+1, and the last one is 0. It applies the
// reflections to the rows of q [n][n] too, unless q is nil.
func tridiagonal(a []float64, n int, q []float64) (diagonal, offDiagonal []float64) {
	diagonal, offDiagonal = make([]float64, n), make([]float64, n)
	v, w := make([]float64, n), make([]float64, n)
	for k := range n {
		diagonal[k] = a[k*n+k]
		if k+1 == n {
			break
		}
		// The reflection maps the column below the diagonal to its length and zeros.
		v, w := v[k+1:], w[k+1:]
		var squares float64
		for i := range v {
			v[i] = a[(k+1+i)*n+k]
			squares += v[i] * v[i]
		}
		length := math.Copysign(math.Sqrt(squares), -v[0])
		offDiagonal[k] = length
		scale := squares - v[0]*length // half of |v|^2 of the reflection below
		if scale == 0 {
			continue
		}
		v[0] -= length
		reflect(a[(k+1)*n+k+1:], n, v, w, scale)
		if q != nil {
			reflectRows(q[(k+1)*n:], n, v, scale)
		}
	}
	return diagonal, offDiagonal
}

// reflectRows replaces the rows [len(v)][n] of q by Hq, H = I - vv'/scale.
func reflectRows(q []float64, n int, v []float64, scale float64) {
	sum := make([]float64, n)
	for i, vi := range v {
		for j, x := range q[i*n:][:n] {
			sum[j] += vi * x
		}
	}
	for i, vi := range v {
		row, factor := q[i*n:][:n], vi/scale
		for j, x := range sum {
			row[j] -= factor * x
		}
	}
}

// reflect replaces a by HaH, H = I - vv'/scale, in the lower triangle of the
// square at the beginning of a, whose rows are stride apart. W is scratch memory.
func reflect(a []float64, stride int, v, w []float64, scale float64) {
	clear(w)
	for i, vi := range v {
		row := a[i*stride:][:i+1]
		var sum float64
		for j, value := range row[:i] {
			sum += value * v[j]
			w[j] += value * vi
		}
		w[i] += sum + row[i]*vi
	}
	var vw float64
	for i := range w {
		w[i] /= scale
		vw += v[i] * w[i]
	}
	half := vw / (2 * scale)
	for i := range w {
		w[i] -= half * v[i]
	}
	for i, vi := range v {
		row, wi := a[i*stride:][:i+1], w[i]
		for j := range row {
			row[j] -= vi*w[j] + wi*v[j]
		}
	}
}

// implicitQL replaces the diagonal of a tridiagonal matrix by its eigenvalues. It
// overwrites the off-diagonal, and rotates the rows of q unless q is nil.
func implicitQL(diagonal, offDiagonal, q []float64) {
	for first := range diagonal {
		// An eigenvalue takes one or two iterations. The limit makes sure that the loop ends.
		for range 60 {
			last := first // of the block that is not yet divided
			for last+1 < len(diagonal) {
				size := math.Abs(diagonal[last]) + math.Abs(diagonal[last+1])
				if math.Abs(offDiagonal[last]) <= 0x1p-53*size {
					break
				}
				last++
			}
			if last == first {
				break
			}
			chase(diagonal, offDiagonal, q, first, last)
		}
	}
}

// chase does one iteration of QL on the block from first to last, with Wilkinson's
// shift. D is the diagonal, e the off-diagonal, and q as in implicitQL.
func chase(d, e, q []float64, first, last int) {
	n := len(d)
	g := (d[first+1] - d[first]) / (2 * e[first])
	g = d[last] - d[first] + e[first]/(g+math.Copysign(math.Hypot(g, 1), g))
	sin, cos, shift := 1.0, 1.0, 0.0
	for i := last - 1; i >= first; i-- {
		f, b := sin*e[i], cos*e[i]
		r := math.Hypot(f, g)
		e[i+1] = r
		if r == 0 { // the block divides here
			d[i+1] -= shift
			e[last] = 0
			return
		}
		sin, cos = f/r, g/r
		g = d[i+1] - shift
		r = (d[i]-g)*sin + 2*cos*b
		shift = sin * r
		d[i+1] = g + shift
		g = cos*r - b
		if q != nil {
			rotate(q[i*n:][:n], q[(i+1)*n:][:n], sin, cos)
		}
	}
	d[first] -= shift
	e[first] = g
	e[last] = 0
}

// rotate rotates two rows into each other.
func rotate(a, b []float64, sin, cos float64) {
	for k, y := range b {
		x := a[k]
		a[k], b[k] = cos*x-sin*y, sin*x+cos*y
	}
}
