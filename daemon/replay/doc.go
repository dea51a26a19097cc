// Package replay decides which frames the learner remembers, and which of them
// it learns from in a step.
//
// What a camera sees comes in order: alike for hours, then something else.
// Training on it as it comes forgets what was before, and so does a buffer of
// the newest frames (Purushwalkam et al., "The Challenges of Continuous
// Self-Supervised Learning", ECCV 2022, table 2). A [Buffer] holds a bounded
// number of frames, and its policy says which one leaves for a new one:
//
//	minred     one of the two that are most alike (the same paper, section 4.2)
//	reservoir  a random one, so that all frames that ever came are equally
//	           likely to be there (Vitter 1985, algorithm R)
//	fifo       the oldest
//
// A batch is drawn from the whole buffer, with a share of frames that were not
// learned from yet: a memory that stays the same for long makes learning decay
// (learning.md, 5.2).
//
// The package holds what is known of the frames and not their pictures: the
// store has these, and is the truth about which frames are members. What the
// buffer adds, [Buffer.Snapshot] gives to be kept beside the learner's state.
//
// Everything is decided by the seed, the step and the members: a buffer that
// was restored goes on as if it had never stopped, and on every processor
// alike, since products are rounded before they are added.
package replay
