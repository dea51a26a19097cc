package objective

// Alignment builds a term against forgetting. It holds the online network to the
// target network, which changes slowly (CLIMB, CoLLAs 2026; CLA-E before it):
//
//	weight * mean over the 2N views of (1 - cos(online, target))
//
// online and target are the L2-normalised projections of the views by the two
// networks; the target's have no gradient. The trainer adds the term to the loss of any
// objective. CLIMB has one more small network between the two, and aligns only
// its replayed samples. The form here is the cheapest, and aligns all views.
func Alignment(g Graph, online, target Tensor, weight float64) Tensor {
	cosines := g.Sum(g.Mul(online, target), 1)
	return g.Mul(g.Mean(g.Sub(g.Const(1), cosines), 0), g.Const(weight))
}
