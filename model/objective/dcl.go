package objective

// dcl is the decoupled contrastive loss (Yeh et al. 2022, equation 6): NT-Xent
// without the positive in the denominator. The positive then no longer weakens
// the gradient of easy pairs, which helps small batches.
//
//	loss = mean over 2N rows of -s(i,j)/T + log(sum over k not in {i,j} of exp(s(i,k)/T))
//
// A row whose negatives are all masked would be minus infinity. It counts as 0
// and has no gradient, as in NT-Xent: attraction alone leads to a collapse.
func dcl() *Objective {
	return &Objective{
		Name:      "dcl",
		Summary:   "its decoupled form, for small batches",
		Source:    "Yeh et al. 2022",
		Projector: simCLRProjector(),
		Needs:     Needs{Queue: true},
		Cut:       CutAtProjections,
		Build:     buildDCL,
	}
}

func buildDCL(g Graph, in Input) Loss {
	logits, positive := similarities(g, in)
	attraction := g.Sum(g.Mul(logits, positive), 1)
	negatives := g.Sub(logits, g.Mul(positive, g.Const(maskPenalty)))
	// The largest of a row is subtracted: then no exponential overflows, and one of
	// them is 1. It cancels out, and so does its gradient.
	largest := g.StopGradient(g.Max(negatives, 1))
	shifted := g.Sub(negatives, g.ExpandDims(largest, 1))
	repulsion := g.Add(g.Log(g.Sum(g.Exp(shifted), 1)), largest)
	hasNegatives := g.Above(largest, -maskPenalty/2)
	return contrastiveLoss(g, in, g.Mean(g.Mul(g.Sub(repulsion, attraction), hasNegatives), 0))
}
