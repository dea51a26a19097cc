// Package gate recognises frames that show nothing new, before anything
// expensive is done with them: a fixed camera mostly sees what it saw a moment
// ago, and a learner that is fed such frames learns little from each and forgets
// the rest (Purushwalkam et al., ECCV 2022: reading a video in order costs three
// quarters of the accuracy, and leaving out what is redundant gives it back).
//
// # Use
//
// A frame is held against the last frames of its source that were kept, in two
// stages, since the second needs a vector and the first saves making one:
//
//	look := g.Look(source, at, pixels)
//	if look.Same {
//		// a sighting of frame look.Twin; nothing to embed
//	}
//	vector := embed(pixels)
//	if twin, near := g.Near(look, version, vector); near {
//		// a sighting of frame twin; nothing to store
//	}
//	id := store(pixels, vector)
//	g.Keep(look, id, version, vector)
//
// Looks may be taken ahead of a batch that is embedded together: Near looks once
// more at what was kept meanwhile.
//
// # Stage 1: pixels
//
// The picture is averaged over a grid of at most 32 by 32 cells. Two pictures
// are the same when, after the light has been evened out, no cell differs by
// more than 6 standard deviations of the source's own noise (and a twentieth of
// the nearest edge, since cameras shake); so a small thing that enters the scene
// counts, however still the rest is. A change of the light by more than a
// quarter is never the same, nor are pictures that differ all over by as much
// as their own contrast.
//
// No threshold fits every camera, so the noise is measured: on pairs of frames
// that followed each other, and within one frame for pictures without
// compression. It is never taken to be more than an eighth of the scene's own
// contrast: unrelated pictures differ by their contrast, and would otherwise
// pass for a camera with much noise.
//
// # Stage 2: vectors
//
// A frame is near when its vector is closer (1 - cosine) to one of the last 8
// kept than the source's radius, the largest of
//
//   - what noise alone does: the 90th percentile of distances between frames
//     that stage 1 found the same. A few of those pass stage 1 to be measured,
//     and are then reported as near.
//   - half of a low quantile of distances between kept frames that were not
//     compared with each other, 9 to 16 or 49 to 64 apart, whichever is larger.
//     The quantile is chosen so that of a stream of unrelated pictures no more
//     than [Options.Share] is lost. It is halved whenever it kept the gate shut
//     for MaxGap, and recovers with what is kept.
//   - [Options.Floor].
//
// Until 64 of these distances are known (about 30 kept frames), stage 2 keeps
// what stage 1 lets pass. Distances are learned anew when the encoder's version changes:
// vectors of two versions are never compared.
//
// # Guarantees
//
//   - Something is kept at least every [Options.MaxGap], so that a slow drift is
//     seen. Times are those of the frames; a clock that jumps by more than MaxGap,
//     forward or back, costs one kept frame.
//   - Memory is bounded: about 500 kB a source with vectors of 1,280 dimensions, and [Options.MaxSources] sources.
//   - The same calls give the same answers: nothing is random.
//
// # Caveats
//
// Statistics of vectors alone cannot tell a still scene whose noise is not that
// of the sensor (leaves in the wind) from a stream of unrelated pictures: both
// are one cloud, of another size. There stage 2 falls back on Floor.
package gate
