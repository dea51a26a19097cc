package objective

// ntXent is SimCLR's normalised temperature-scaled cross entropy (Chen et al.
// 2020, equation 1). For each of the 2N views, the softmax over its similarities
// to all others should name the other view of the same picture:
//
//	loss = mean over 2N rows of -log(exp(s(i,j)/T) / sum over k != i of exp(s(i,k)/T))
//
// s is the cosine, T the temperature and j the other view. The value equals
// lightly's NTXentLoss; google-research/simclr's is twice that. A row whose
// negatives are all masked is 0: the softmax has only the positive left.
func ntXent() *Objective {
	return &Objective{
		Name:      "nt_xent",
		Summary:   "the contrastive loss of SimCLR",
		Source:    "Chen et al. 2020",
		Projector: simCLRProjector(),
		Needs:     Needs{Queue: true},
		Cut:       CutAtProjections,
		Build: func(g Graph, in Input) Loss {
			logits, positive := similarities(g, in)
			return contrastiveLoss(g, in, g.Mean(g.SoftmaxCrossEntropy(logits, positive), 0))
		},
	}
}
