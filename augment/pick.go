package augment

// Pick is one position of a batch: the pictures that its two views show. They
// are the same one, or two that show the same: neighbours by what the encoder
// sees (Dwibedi et al. 2021, "With a Little Help from My Friends"), or, as a
// temporal positive, pictures of one source, seconds apart and without a cut
// between them (Gordon et al. 2020, "Watching the World Go By: Representation
// Learning from Unlabeled Videos"), which time changes in ways that no crop or
// colour can.
type Pick struct {
	First, Second uint64
}

// Same picks each picture for both of its views.
func Same(ids []uint64) []Pick {
	picks := make([]Pick, len(ids))
	for i, id := range ids {
		picks[i] = Pick{First: id, Second: id}
	}
	return picks
}
