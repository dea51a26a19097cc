// Package api answers HTTP requests about a service: the endpoints, the listeners
// and the metrics.
//
// The API is HTTP/1.1 and JSON under /v1. It answers on a Unix socket in the
// store's folder, on a TCP address when the configuration names one, and in this
// process without a socket ([API.Client]).
//
// # What owns what
//
// [API] owns the handlers, the listeners and the count of open requests. [Metrics]
// owns the counters; the learner reports steps and rounds to it. Both get what they
// need from [Parts]. An endpoint declares the small interface that it uses, and
// never sees the whole service.
//
// # To add an endpoint or a metric
//
// An endpoint is one file, and one line in routes. A metric that shows a value of
// the status is one line in one of the lists of readings.go.
//
// # What holds at any moment
//
//   - No handler runs after Close has returned.
//   - A request uses one version of the encoder from start to end.
//   - Every error of an endpoint is answered as a [client.Problem] with a stable
//     code.
//   - A stream that fails in the middle ends with a broken connection. A client
//     never takes it for a complete one.
//   - On a TCP address, no web page of another site can change anything or show an
//     answer.
package api
