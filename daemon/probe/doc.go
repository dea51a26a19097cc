// Package probe tells, without labels, whether a newly trained encoder is
// better than the one in service. It measures both on pictures that neither has
// trained on, and decides.
//
// # Model
//
// A [Set] holds frames back from training. A [Viewer] makes slightly changed
// views of a picture. [Measure] turns the vectors that one encoder made of
// pictures and views into [Scores]. [Distance] says how far a second encoder has
// moved from a first. [Decide] compares the Scores of two encoders by a [Rule].
// Its [Verdict] holds every number that decided, and becomes JSON. [ChooseShare] says
// how much the adapted encoder of a join is to count.
//
// The caller computes the vectors, so the package does not need the model. It only
// calculates, and starts no goroutines.
//
// # What each number sees
//
// There are several numbers because they fail in different ways:
//
//	                      all vectors equal   one direction left,    equal but for a large
//	                                          the views agree in it  constant offset
//	view retrieval        0 (ties are lost)   stays high             unchanged
//	neighbour survival    0 (ties are lost)   rises                  unchanged
//	spread                1 (nothing is left  falls                  unchanged
//	                      to compare)
//	information           0                   falls                  unchanged
//	RankMe                1                   falls to 1 or 2        falls
//	deviation             0                   falls                  falls
//	temporal              0 (ties are lost)   falls                  unchanged
//
// View retrieval, neighbour survival and spread reward invariance to the
// augmentations that training uses. An encoder that keeps only invariant content, and
// loses the rest, scores well in all three. Information and the distance from the serving
// encoder are brakes against that: they can prevent a promotion, but are never a
// reason for one. Labels and temporal neighbours measure the content itself.
//
// RankMe and deviation also fall when an encoder learns to ignore the background of a
// fixed camera, which is good. So RankMe is only reported, and deviation counts only
// near 0.
//
// # Caveats
//
//   - Compare Scores only between encoders that were measured on the same pictures
//     and views. All of them depend on the number of pictures and on what the
//     pictures show. [Decide] compares picture by picture for that reason.
//   - Pictures share neighbours, so their outcomes are not quite independent, and
//     the standard errors are a little too small. The Rule's margins allow for it.
//   - In our tests, the label-free numbers noticed every loss of 5 points of top-1 and
//     more. They missed a loss of 1.5 points.
package probe
