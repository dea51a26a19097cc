package replay

// policy chooses who leaves. Its methods run with the buffer's lock held.
type policy interface {
	// victim returns the slot of the entry that leaves; there is one entry more
	// than there may be, or several. arrival says that the newest entry is being
	// admitted; else the buffer was made smaller.
	victim(arrival bool) int

	// changed says that the entries in these slots, all different, have new
	// features.
	changed(slots []int)

	// removed says that the entry of a slot has left.
	removed(slot int)

	// reset says that everything may have changed.
	reset()
}

// featureless is the part of a policy that does not look at features.
type featureless struct{}

func (featureless) changed([]int) {}
func (featureless) removed(int)   {}
func (featureless) reset()        {}
