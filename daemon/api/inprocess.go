package api

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"edgeclr/daemon/client"
)

// Client makes a client that calls this API in process, without a socket.
func (a *API) Client() *client.Client {
	return client.Over(inProcess{a.handler, a.requests.open}, "this process")
}

// inProcess implements http.RoundTripper by calling the handler. So a command
// works in the same way whether another process owns the store or this one.
type inProcess struct {
	handler http.Handler
	open    context.Context // ends when the API closes
}

// RoundTrip runs the handler in a goroutine. The goroutine ends when the handler
// has answered, when the caller closes the body, or when the API closes.
func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	body, out := io.Pipe()
	w := &pipeWriter{header: http.Header{}, body: out, begun: make(chan int, 1)}
	go func() {
		// A client that left without closing the body would block the handler in a
		// write, and Close would wait for the handler.
		defer context.AfterFunc(r.Context(), func() { out.CloseWithError(context.Cause(r.Context())) })()
		if t.open.Err() == nil { // else the handler only answers that the API is closed
			defer context.AfterFunc(t.open, func() { out.CloseWithError(client.ErrClosing) })()
		}
		err := serveRecovered(t.handler, w, r)
		w.WriteHeader(http.StatusOK) // for a handler that wrote nothing
		out.CloseWithError(err)
		r.Body.Close()
	}()
	select {
	case status := <-w.begun:
		return &http.Response{
			StatusCode: status, Status: fmt.Sprintf("%d %s", status, http.StatusText(status)),
			Header: w.header, Body: body, Request: r, ContentLength: -1,
			Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		}, nil
	case <-r.Context().Done():
		body.Close()
		return nil, r.Context().Err()
	}
}

// serveRecovered turns a handler's panic(http.ErrAbortHandler) into an error of the
// body. In the HTTP server it breaks the connection.
func serveRecovered(h http.Handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		if p := recover(); p == http.ErrAbortHandler {
			err = io.ErrUnexpectedEOF
		} else if p != nil {
			panic(p)
		}
	}()
	h.ServeHTTP(w, r)
	return nil
}

// pipeWriter is an http.ResponseWriter that hands status and body to RoundTrip.
type pipeWriter struct {
	header http.Header
	body   *io.PipeWriter
	begun  chan int // gets the status once; has room for it
	wrote  bool     // the status is sent
}

func (w *pipeWriter) Header() http.Header { return w.header }

func (w *pipeWriter) WriteHeader(status int) {
	if !w.wrote {
		w.wrote = true
		w.begun <- status
	}
}

func (w *pipeWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}
