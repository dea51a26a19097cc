// Package replay decides which frames the learner remembers, and which of them
// it learns from in a step.
//
// A camera shows the same for hours, and then something else. Training on frames
// in the order in which they come forgets what was before. So does a buffer of the
// newest frames (Purushwalkam et al., "The Challenges of Continuous
// Self-Supervised Learning", ECCV 2022, table 2). A [Buffer] holds a bounded number
// of frames. Its policy says which frame leaves for a new one:
//
//	minred     one of the two most similar ones (the same paper, section 4.2)
//	reservoir  a random one, so that all frames that ever came are members with the
//	           same chance (Vitter 1985, algorithm R)
//	fifo       the oldest
//
// A batch comes from the whole buffer. A share of it are frames that were not
// learned from yet: learning decays when the memory stays the same for long
// (learning.md, 5.2).
//
// The package holds what is known of the frames, not their pictures. The store has
// the pictures, and says which frames are members. [Buffer.Snapshot] gives what the
// buffer knows besides, to be kept with the learner's state.
//
// Seed, step and members decide everything. A buffer that was restored goes on as
// if it had never stopped. It does the same on every processor, since products are
// rounded before they are added.
package replay
