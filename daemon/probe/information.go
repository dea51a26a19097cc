package probe

import (
	"context"
	"math"
)

// mostCompared bounds the pictures that [Scores.Information] is computed from, since its
// cost grows with their third power: 150 pictures take 50 ms.
const mostCompared = 150

// signalZ is how many standard errors the signal of a direction must be above 0. Below,
// it may be noise, and counts as none.
const signalZ = 2

// viewProducts are the dot products of vectors of length 1 that Information needs. Those
// of a join are the weighted sums of its halves' products.
type viewProducts struct {
	n, views int
	images   []float64 // of two images, [n][n]
	ofViews  []float64 // of a view and an image, [n*views][n]
}

// compared are the indices of at most most of n pictures, spread evenly.
func compared(n, most int) []int {
	list := make([]int, min(n, most))
	for i := range list {
		list[i] = i * n / len(list)
	}
	return list
}

// newViewProducts computes the products of at most mostCompared pictures. With a single
// view of each picture, the picture itself counts as a second one.
func newViewProducts(ctx context.Context, images, views rows) (viewProducts, error) {
	n, each := images.n, views.n/images.n
	some := compared(n, mostCompared)
	p := viewProducts{n: len(some), views: max(each, 2)}
	few := images.pick(some)
	var err error
	if p.images, err = few.gram(ctx); err != nil {
		return p, err
	}
	var which []int
	for _, i := range some {
		for v := range each {
			which = append(which, i*each+v)
		}
	}
	ofViews := views.pick(which)
	p.ofViews = make([]float64, p.n*p.views*p.n)
	err = few.cosines(ctx, ofViews, func(k int, similarities []float64) {
		copy(p.ofViews[(k/each*p.views+k%each)*p.n:], similarities)
	})
	if each == 1 {
		for i := range p.n {
			copy(p.ofViews[(2*i+1)*p.n:][:p.n], p.images[i*p.n:][:p.n])
		}
	}
	return p, err
}

// pick returns some of the rows.
func (r rows) pick(which []int) rows {
	few := rows{n: len(which), dim: r.dim}
	for _, i := range which {
		few.values, few.norms = append(few.values, r.values[i*r.dim:][:r.dim]...), append(few.norms, r.norms[i])
	}
	return few
}

// join returns the products of the join with that share: see storage.Join.
func (p viewProducts) join(adapted viewProducts, share float64) viewProducts {
	mix := func(a, b []float64) []float64 {
		sum := make([]float64, len(a))
		for i := range a {
			sum[i] = (1-share)*a[i] + share*b[i]
		}
		return sum
	}
	return viewProducts{n: p.n, views: p.views, images: mix(p.images, adapted.images), ofViews: mix(p.ofViews, adapted.ofViews)}
}

// information is [Scores.Information].
func (p viewProducts) information() float64 {
	n := p.n
	gram := append([]float64(nil), p.images...)
	var total float64
	for i := range n {
		total += gram[i*n+i]
	}
	centreRows(gram, n)
	centreColumns(gram, n)
	values, vectors := eigenvectors(gram, n)
	var largest float64
	for _, v := range values {
		largest = max(largest, v)
	}
	ofViews := append([]float64(nil), p.ofViews...)
	centreRows(ofViews, n)
	centreColumns(ofViews, n)
	at := make([]float64, n*n*p.views)
	products(at, vectors, ofViews, n)
	floor := max(largest*float64(n)*0x1p-40, total*rounding)
	var nats float64
	for k, value := range values {
		if value > floor {
			nats += p.direction(at[k:])
		}
	}
	return nats
}

// direction is the information in one direction. Places has the place of a view there at
// the multiples of n.
func (p viewProducts) direction(places []float64) float64 {
	var signal, noise float64 // variance between pictures, and of the views of one picture
	v := float64(p.views)
	for i := range p.n {
		var sum, squares float64
		for k := range p.views {
			x := places[(i*p.views+k)*p.n]
			sum += x
			squares += x * x
		}
		signal += (sum*sum - squares) / (v * (v - 1)) // mean product of two views
		noise += (squares - sum*sum/v) / (v - 1)
	}
	if signal+noise <= 0 || signal/(signal+noise) <= signalZ/math.Sqrt(float64(p.n)) {
		return 0
	}
	// So few pictures cannot show that a direction tells more apart.
	ratio := min(signal/max(noise, signal*rounding), float64(p.n))
	return 0.5 * math.Log1p(ratio)
}

// centreRows subtracts from each row its mean. The matrix is [rows][n].
func centreRows(a []float64, n int) {
	for row := a; len(row) > 0; row = row[n:] {
		var mean float64
		for _, x := range row[:n] {
			mean += x / float64(n)
		}
		for j := range n {
			row[j] -= mean
		}
	}
}

// centreColumns subtracts from each column its mean. The matrix is [rows][n].
func centreColumns(a []float64, n int) {
	mean, count := make([]float64, n), float64(len(a)/n)
	for i, x := range a {
		mean[i%n] += x / count
	}
	for i := range a {
		a[i] -= mean[i%n]
	}
}
