// Package gate recognises near-duplicate frames before anything expensive is done
// with them. A fixed camera mostly sees what it saw a moment ago. A learner that is
// fed such frames learns little from each and forgets the rest (Purushwalkam et al.,
// ECCV 2022: reading a video in order costs three quarters of the accuracy, and
// leaving out redundant frames gives it back).
//
// # Use
//
// The gate compares a frame with the last kept frames of its source, in two stages. Only
// the second stage needs a vector, so the first saves computing many:
//
//	look := g.Look(source, at, pixels)
//	if look.Same {
//		// a sighting of frame look.Twin; nothing to embed
//	}
//	vector := embed(pixels)
//	if twin, near := g.NearDuplicate(look, version, vector); near {
//		// a sighting of frame twin; nothing to store
//	}
//	id := store(pixels, vector)
//	g.Keep(look, id, version, vector)
//
// A caller may call Look for several frames and embed those frames as one batch:
// NearDuplicate also compares with the frames that were kept meanwhile.
//
// # Stage 1: pixels
//
// The picture is averaged over a grid of at most 32 by 32 cells, and the change of
// light between two pictures is compensated. Two pictures are the same when no cell
// differs by more than 6 standard deviations of the source's own noise (plus a
// twentieth of the nearest edge, since cameras shake). So a small thing that enters
// a still scene counts. Pictures are never the same when the light changes by more
// than a quarter, or when they differ all over by as much as their own contrast.
//
// No threshold fits every camera, so the gate measures the noise: on pairs of
// consecutive frames, and within one frame for pictures without compression. It
// assumes no more noise than an eighth of the scene's own contrast. Unrelated
// pictures differ by their contrast, and would otherwise look like a camera with
// much noise.
//
// # Stage 2: vectors
//
// A frame is a near-duplicate when its vector is closer (1 - cosine) to one of the
// last 8 kept frames than the source's radius. The radius is the largest of
//
//   - the effect of noise: the 90th percentile of distances between frames that
//     stage 1 found the same. A few of those pass stage 1 to be measured, and are then
//     reported as near-duplicates.
//   - half of a low quantile of distances between kept frames that were not compared
//     with each other, 9 to 16 or 49 to 64 apart, whichever is larger. The quantile is
//     chosen so that a stream of unrelated pictures loses no more than
//     [Options.Share]. This part is halved whenever the gate has left out every frame for
//     MaxGap because of the radius. It recovers with each kept frame.
//   - [Options.Floor].
//
// Until 64 of these distances are known (about 30 kept frames), stage 2 keeps every
// frame that passes stage 1. When the encoder's version changes, the gate learns the
// distances again: it never compares vectors of two versions.
//
// # Guarantees
//
//   - A frame is kept at least every [Options.MaxGap], so that a slow drift is seen.
//     Times are those of the frames. A clock that jumps by more than MaxGap, forward or
//     back, costs one kept frame.
//   - Memory is bounded: about 500 kB for each source with vectors of 1,280 dimensions,
//     and [Options.MaxSources] sources.
//   - The same calls give the same answers: nothing is random.
//
// # Caveats
//
// Statistics of vectors cannot tell a still scene with other noise than the sensor's
// (leaves in the wind) from a stream of unrelated pictures: both are one cloud of
// points, of different size. There stage 2 falls back to Floor.
package gate
