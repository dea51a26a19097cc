// Package cli is the command line of edgeclr without TensorFlow: the flags that
// every command has, the configuration, answers as text and as JSON, exit codes,
// and the commands of [Answered], which a running service answers.
//
// Two programs use it. The engine (cmd/edgeclr) has every command, and opens the
// store itself when nobody owns it. The launcher (cmd/launcher) has the commands
// of [Answered] alone. It is linked without cgo, so a question to a running
// service takes milliseconds, without the time to load TensorFlow.
//
// An [App] is one run of a program. A [Command] reaches the store by
// [App.WithStore], which connects to the process that owns the store or calls App.Open.
//
// The package must stay free of cgo, as a test of the launcher checks.
package cli
