// Package learn trains a better encoder from the stored frames.
//
// The [Corpus] owns the frames to learn from, which are the replay buffer, and the
// frames to judge by, which are the probe set. Ingest admits each stored frame to
// it.
//
// The [Learner] trains round after round. A round starts from a checkpoint, runs
// one schedule of steps (a trainingLoop), and ends with a candidate. The judge
// compares the candidate with the version that serves, on the probe set and on
// the frames that a person named. A better candidate is promoted. The resume point
// in the store says where the learner is: after a restart, the round goes on at the
// step that was saved last. [Learner.Train] learns once from a folder, with the
// same loop and the same judge.
//
// What holds at any moment:
//   - No frame is in the replay buffer and in the probe set at once.
//   - The end of a round and what is to serve are written together, so a crash
//     between them loses neither.
//   - Nothing that answers queries changes until a candidate is promoted.
//   - Every draw depends on seed, round and step alone. A round that goes on after
//     a restart draws what it would have drawn without one.
//   - One goroutine runs the rounds. Stop ends it and waits for the current step
//     and its save.
package learn
