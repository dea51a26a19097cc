// Package daemon joins the parts into one service. Sources feed the store, the
// checkpoint that serves turns every frame into a vector, the learner trains a
// better encoder, and an HTTP API answers questions about all of it.
//
// # Who owns what
//
// A [Service] owns one store, the configuration in force, and these parts:
//
//	daemon/events    the bus: hands every event to the log and the store
//	daemon/serving   the versions: which checkpoint answers, with the index of its vectors
//	daemon/ingest    the way of a frame from its source into store, index and corpus
//	daemon/learn     the corpus to learn from, the rounds of training and their judge
//	daemon/api       the HTTP API, its listeners and its metrics
//
// Each part has one goroutine or a few. The service opens the parts in this order.
// Close stops first the API, then ingest and learner, then the bus. It waits for all
// goroutines, and at last closes the versions and the store. A part gets what it needs
// from the others as small interfaces and functions. None is handed the Service, and
// none imports this package.
//
// Below the parts are packages that do not need a service: daemon/blend (from
// checkpoint to embedder), daemon/probe (which candidate is better), daemon/replay
// (which frames to learn from), daemon/governor (when to learn), daemon/heartbeat
// (which loop hangs) and daemon/client (the API as a client sees it, free of cgo).
//
// This package keeps what belongs to the whole: opening and closing, reloading the
// configuration, retention, the status, and the watchdog's look at the disk.
// [Harness] lets benchmarks and tests decide what happens when.
//
// # What holds at any moment
//
//   - An acknowledged frame is in the store with its bytes, its vector and its place
//     in the source's cursor, all committed together.
//   - Vectors of two checkpoints are never compared. A query uses one version from
//     start to end, whatever is promoted meanwhile.
//   - The learner changes nothing that answers queries until its candidate is
//     promoted.
//   - Events that were published before Close are in the store after it.
//   - A reload puts all changed keys in force that need no restart, or none.
//
// The API is HTTP/1.1 and JSON under /v1, on a Unix socket in the store's folder
// and, when configured, on a TCP address. When no service has the store open, a
// command opens it and calls the same handlers in process. So a command behaves
// alike in both cases.
package daemon
