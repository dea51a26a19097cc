// Package daemon joins the parts into one service: sources feed the store,
// the encoder in service turns every frame into a vector, the learner trains
// a better encoder, and an HTTP API answers questions about all of it.
//
// A [Service] owns one store. Its parts are the ingest (sources to store), the
// versions (which encoder answers, with an index of its vectors), the learner
// (rounds of training that end in a candidate) and the API. Each has one
// goroutine or a few, which Close stops and waits for.
//
// What holds at any moment: an acknowledged frame is in the store with its
// bytes, its vector and its place in the source's cursor, all committed
// together; vectors of two checkpoints are never compared; a query uses one
// version from start to end, whatever is promoted meanwhile; the learner
// changes nothing that answers queries until its candidate is promoted.
//
// The API is HTTP/1.1 and JSON under /v1, on a Unix socket in the store's
// folder and, when asked, on a TCP address. [Client] speaks it; where nobody
// owns the store, the client opens it and calls the same handlers in process,
// so a command behaves alike in both cases.
package daemon
