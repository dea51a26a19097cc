package probe

import "math"

// ChooseShare returns the weight of the adapted encoder in a join with the root, from
// [Rule.ShareLeast] to 1, in steps of [Rule.ShareStep]. A share of 1 means that the
// adapted encoder serves alone. Root and adapted are the Scores of the two encoders by
// themselves, of the same pictures.
//
// The root adds to the adapted encoder where it tells the pictures apart by itself. View
// retrieval shows this without labels: the root's is .99 on photographs of trash, where
// a join helps, and .54 on hand signs before a wall, where it costs. The share falls in
// a straight line from 1 at [Rule.RootBlind] to ShareLeast at [Rule.RootSees].
//
// An adapted encoder that tells the pictures apart worse than the root, beyond
// [Rule.RetrievalSlack], needs the root: it gets ShareLeast. So does one of which
// nothing is known.
func ChooseShare(root, adapted Scores, r Rule) float64 {
	if root.Pictures == 0 || adapted.Pictures == 0 || adapted.ViewRetrieval < root.ViewRetrieval-r.RetrievalSlack {
		return r.ShareLeast
	}
	sees := 1.0 // how well the root sees, from 0 to 1
	if r.RootSees > r.RootBlind {
		sees = min(max((root.ViewRetrieval-r.RootBlind)/(r.RootSees-r.RootBlind), 0), 1)
	}
	share := 1 - sees*(1-r.ShareLeast)
	if r.ShareStep > 0 {
		share = math.Round(share/r.ShareStep) * r.ShareStep
		share = math.Round(share*1e6) / 1e6 // .85, not .8500000000000001
	}
	return min(max(share, r.ShareLeast), 1)
}
