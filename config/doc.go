// Package config holds every setting of edgeclr and reads it.
//
// # Model
//
// Layers, each winning over the one before it:
//
//	Default()  ->  YAML file  ->  EDGECLR_* variables  ->  Validate
//
// Command-line flags win over all of them: a command writes them into the
// loaded Config and calls Validate again. A key's variable is its path in
// capitals with the dots as underscores: learn.batch is EDGECLR_LEARN_BATCH.
// The fields of Config and their yaml tags are the only list of keys; files,
// variables, Diff and the tests of docs/ all walk it.
//
// # Guarantees
//
//   - Every key has a default; an empty file runs.
//   - Unknown keys and unknown EDGECLR_ variables are refused, with the nearest
//     known name. A misspelt setting is never ignored.
//   - Load reports all problems at once, each with its line or variable, its
//     key, its value and what is allowed. The error is an *Error.
//   - Load is all or nothing: with an error the returned Config is the zero
//     value, so that a reload keeps the old one.
//
// # Caveats
//
//   - A key without a value ("weights:") keeps its default.
//   - An empty variable counts as not set.
//   - Anchors, aliases, merge keys, tags and several documents in a file are
//     refused: a configuration is one plain mapping, of at most 64 KiB.
//
// # Units
//
// Bytes are whole bytes ("4GB" is 4,000,000,000; "64MiB" is 67,108,864),
// durations are Go's with "d" and "w" added ("90s", "7d"), sides are pixels,
// shares and probabilities are 0 to 1.
package config
