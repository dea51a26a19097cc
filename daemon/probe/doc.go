// Package probe tells, without labels, whether a newly trained encoder is
// better than the one in service: it measures both on pictures that neither
// has trained on, and decides.
//
// # Model
//
// A [Set] holds frames back from training. [MildViews] makes slightly changed
// views of a picture. [Measure] turns the vectors of pictures and views, of one
// encoder, into [Scores]. [Distance] says how far a second encoder has gone
// from a first. [Decide] compares the Scores of two by a [Rule] and gives a
// [Verdict], which becomes JSON with every number that it rests on.
//
// Vectors come from the caller, so that nothing here needs the model: package
// probe is arithmetic and has no goroutines of its own.
//
// # What each number sees
//
// The numbers fail in different ways, which is why there are several:
//
//	                      all vectors equal   one direction left,    equal but for a large
//	                                          the views agree in it  constant offset
//	view retrieval        0 (ties are lost)   stays high             unchanged
//	neighbour survival    0 (ties are lost)   rises                  unchanged
//	spread                1 (nothing is left  falls                  unchanged
//	                      to compare)
//	RankMe                1                   falls to 1 or 2        falls
//	deviation             0                   falls                  falls
//	temporal              0 (ties are lost)   falls                  unchanged
//
// View retrieval, neighbour survival and spread reward invariance to the very
// augmentations that training uses, and an encoder that throws away content
// until nothing but the invariant is left scores well in all three. RankMe and
// the distance to what serves are the brakes against that: they are never a
// reason to promote, only a reason not to. Labels and temporal neighbours know
// the content itself.
//
// # Caveats
//
//   - Scores are comparable only between encoders measured on the same pictures
//     and views: all of them depend on the number of pictures and on what is
//     on them. [Decide] compares picture by picture for that reason.
//   - Pictures share neighbours, so their outcomes are not quite independent and
//     the standard errors a little too small. The Rule's margins allow for it.
//   - The label-free numbers have caught each ruin of 5 points of top-1 and more,
//     and missed a loss of 1.5 points.
package probe
