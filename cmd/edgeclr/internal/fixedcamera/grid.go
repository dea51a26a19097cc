package fixedcamera

// Side is the number of cells of a grid in each direction.
const Side = 16

// Grid tells where the foreground of a frame is: the share of the changed pixels of
// each cell, 0 to 1, row by row.
type Grid [Side * Side]float32

// Area is the share of the picture that is foreground, 0 to 1.
func (g *Grid) Area() float64 {
	sum := 0.0
	for _, v := range g {
		sum += float64(v)
	}
	return sum / float64(len(g))
}

// emptyCells is added to both parts of an overlap, in cells. So two frames without
// foreground overlap fully, a frame with and one without overlap little, and noise of a
// hundredth of a cell counts little.
const emptyCells = 0.5

// Overlap is the intersection of two grids over their union (Jaccard index), for shares:
// the sum of the smaller share of each cell over the sum of the larger one. Half a cell
// is added to both sums, so that two empty grids have an overlap of 1. The result is over
// 0 and at most 1.
func Overlap(a, b *Grid) float64 {
	var both, either float32
	for i, v := range a {
		w := b[i]
		both += min(v, w)
		either += max(v, w)
	}
	return (float64(both) + emptyCells) / (float64(either) + emptyCells)
}
