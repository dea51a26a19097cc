// Package config holds every setting of edgeclr and reads it.
//
// # Model
//
// Settings come in layers. Each layer wins over the one before it:
//
//	Default()  ->  YAML file  ->  EDGECLR_* variables  ->  Validate
//
// Command-line flags win over all of them: a command writes them into the
// loaded Config and calls Validate again. The variable of a key is its path in
// capitals with underscores for dots: learn.batch is EDGECLR_LEARN_BATCH. The
// fields of Config and their yaml tags are the only list of keys. Files,
// variables, Diff and the tests of docs/ all walk it.
//
// # Guarantees
//
//   - Every key has a default. An empty file runs.
//   - Unknown keys and unknown EDGECLR_ variables are refused, with the nearest
//     known name. A misspelt setting is never ignored.
//   - Load reports all problems at once. Each has its line or variable, its key,
//     its value and what is allowed. The error is an *Error.
//   - Load is all or nothing: with an error the returned Config is the zero
//     value, so that a reload keeps the old one.
//   - A configuration of an earlier release starts this one. testdata/releases
//     holds one of each, and a test reads them.
//
// # Changing a key
//
// A renamed key gets a line in renames, a changed default one in
// formerDefaults. Both are in history.go. Then `go test ./config -run Releases
// -update` adds the example file of this release to testdata/releases.
//
// # Caveats
//
//   - A key without a value ("weights:") counts as not set.
//   - An empty variable counts as not set.
//   - Anchors, aliases, merge keys, tags and several documents in a file are
//     refused: a configuration is one plain mapping of at most 64 KiB.
//
// # Units
//
// Bytes are whole bytes ("4GB" is 4,000,000,000; "64MiB" is 67,108,864).
// Durations are Go's with "d" and "w" added ("90s", "7d"). Sides are pixels.
// Shares and probabilities are 0 to 1.
package config
