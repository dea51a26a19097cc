package objective

// maskPenalty is subtracted from a similarity that must not count. Its
// exponential is then 0.
const maskPenalty = 1e9

// simCLRProjector is the projection head of Chen et al. 2020, section 2, with the
// widths of the tutorial: features -> 256 -> 128, a ReLU between.
func simCLRProjector() Head {
	return Head{Name: "projection_head", Widths: []int{256, 128}}
}

// similarities builds the rows of a contrastive loss, [2N,2N+Q]: the cosine
// similarity of each view to all views and to the queue, divided by the
// temperature. A view's similarity to itself and to views that are no negatives
// of it is masked. positive has the same shape: 1 at the other view of the same
// picture, else 0.
func similarities(g Graph, in Input) (logits, positive Tensor) {
	z := g.L2Normalize(in.Online.Projections)
	cosines := func(to Tensor) Tensor {
		return g.Mul(g.MatMul(z, to, false, true), g.Const(1/in.Temperature))
	}
	views := g.AddPerPair(cosines(z), g.Mul(in.NotNegatives, g.Const(-maskPenalty)))
	views = g.Sub(views, g.Identity(z, maskPenalty))
	logits = g.Concat(1, views, cosines(in.Queue))
	return logits, g.OtherView(z, in.Queue, 1)
}

// contrastiveLoss returns a loss over the online projections. Past projections
// of the online network are further negatives (Wang et al. 2020, "Cross-Batch
// Memory for Embedding Learning"). An encoder that moves slowly leaves them valid
// for some steps, and they cost no pass through the network.
func contrastiveLoss(g Graph, in Input, value Tensor) Loss {
	z := g.L2Normalize(in.Online.Projections)
	return Loss{Value: value, Observed: z, Enqueue: z}
}
