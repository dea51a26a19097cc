// Package recipes compares ways to learn at equal time. A [Variant] is the configuration
// with other values of some keys. Each variant learns with each seed, as the daemon that a
// user runs (package session): round after round until the time is over. Then every
// checkpoint that ever served, and every candidate that never did, is compared with the
// frozen encoder, the root of the training, on pictures whose classes are known.
//
// A [Trial] is one variant with one seed. Finished trials are kept in a table (package
// trials), so that a later call goes on with a table that is half finished.
//
// The learner gets pictures without their classes.
package recipes
