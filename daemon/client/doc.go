// Package client speaks the API of a running service: the [Client], the types
// that requests and answers have on the wire, and the errors that cross it.
//
// A client sends its requests over the Unix socket in the store's folder
// ([New]), or over a transport that the caller brings ([Over]). The service
// itself brings one that calls its handlers, so a command works in the same way
// whether another process owns the store or this one.
//
// The package must stay free of cgo and of TensorFlow: the launcher links it,
// and answers `edgeclr status` without loading either. A test checks that.
//
// What holds: a JSON key of a reply never changes its meaning; a [RemoteError]
// matches the same sentinel error that the service failed with.
package client
