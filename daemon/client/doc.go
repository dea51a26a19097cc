// Package client is the client side of a service's API: the [Client], the types of
// requests and answers, and the errors that keep their identity over the API.
//
// A client sends its requests over the Unix socket in the store's folder
// ([New]), or over a transport that the caller provides ([Over]). Package api has
// a transport that calls the handlers in process. So a command works in the same way
// whether another process owns the store or this one.
//
// The package must stay free of cgo and of TensorFlow: the launcher links it,
// and answers `edgeclr status` without loading either. A test checks that.
//
// What holds: a JSON key of a reply never changes its meaning; a [RemoteError]
// matches the same sentinel error that the service failed with.
package client
