// Package replay decides which frames the learner remembers, and which of them a step
// learns from.
//
// A camera shows the same for hours, and then something else. When an encoder trains
// on frames in the order in which they come, it forgets what came before. A buffer of
// the newest frames does not prevent that (Purushwalkam et al., "The Challenges of
// Continuous Self-Supervised Learning", ECCV 2022, table 2). A [Buffer] holds a
// bounded number of frames. When a new frame comes and the buffer is full, its policy
// decides which frame leaves:
//
//	minred     one of the two most similar ones (the same paper, section 4.2)
//	reservoir  a random one, so that all frames that ever came are members with the
//	           same chance (Vitter 1985, algorithm R)
//	fifo       the oldest
//
// A batch is drawn from the whole buffer. A share of it are frames that were not
// learned from yet: learning slows down when the members stay the same for long
// (docs/learning.md).
//
// The buffer holds the descriptions and features of the frames, not their pictures.
// The store has the pictures, and a list of the members. The caller stores
// [Buffer.Snapshot] together with the learner's state: it has the rest.
//
// All decisions depend only on seed, step, members and features. A restored buffer
// goes on as if it had never stopped. It decides the same on every processor, since
// products are rounded before they are added.
package replay
