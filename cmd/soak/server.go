package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// The server's credentials. They show that Basic authentication keeps working.
const serverUser, serverPassword = "soak", "a secret"

// server is a network camera that can be broken: MJPEG over HTTP, from memory.
type server struct {
	pictures [][]byte
	interval time.Duration

	http     http.Server
	listener net.Listener
	done     chan struct{} // closed when it has ended

	mu      sync.Mutex
	streams map[*stream]bool
	refuse  time.Time // the server refuses everybody until then
}

// stream is an open stream.
type stream struct {
	cut   context.CancelFunc
	stall context.CancelFunc // stops sending; the stream stays open
}

// newServer serves the pictures again and again on a free port.
func newServer(pictures [][]byte, interval time.Duration) (*server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{pictures: pictures, interval: interval, listener: listener,
		done: make(chan struct{}), streams: map[*stream]bool{}}
	s.http.Handler = http.HandlerFunc(s.serve)
	go func() {
		defer close(s.done)
		_ = s.http.Serve(listener) // only Close ends it
	}()
	return s, nil
}

// URI returns the URI of the source, with credentials.
func (s *server) URI() string {
	return fmt.Sprintf("http://%s:%s@%s/video", serverUser, url.PathEscape(serverPassword), s.listener.Addr())
}

// Close ends all streams.
func (s *server) Close() error {
	err := s.http.Close()
	<-s.done
	return err
}

// drop closes every connection.
func (s *server) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for t := range s.streams {
		t.cut()
	}
}

// stall makes every open stream silent for ever. New streams are served.
func (s *server) stall() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for t := range s.streams {
		t.stall()
	}
}

// outage closes every connection and refuses new ones for d.
func (s *server) outage(d time.Duration) {
	s.mu.Lock()
	s.refuse = time.Now().Add(d)
	s.mu.Unlock()
	s.drop()
}

func (s *server) refusing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Before(s.refuse)
}

// enter notes an open stream. leave forgets it.
func (s *server) enter(t *stream) (leave func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streams[t] = true
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.streams, t)
	}
}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	if user, password, _ := r.BasicAuth(); user != serverUser || password != serverPassword {
		w.Header().Set("WWW-Authenticate", `Basic realm="soak"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if s.refusing() {
		http.Error(w, "the camera starts", http.StatusServiceUnavailable)
		return
	}
	ctx, cut := context.WithCancel(r.Context())
	defer cut()
	silent, stall := context.WithCancel(ctx)
	defer stall()
	defer s.enter(&stream{cut, stall})()
	w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
	s.play(silent, w)
	<-ctx.Done()
	panic(http.ErrAbortHandler) // closed in the middle, without a last chunk
}

// play sends pictures until ctx ends or the client leaves. Every second picture comes with
// its length, since some cameras send it and others do not.
func (s *server) play(ctx context.Context, w http.ResponseWriter) {
	tick := time.NewTicker(s.interval)
	defer tick.Stop()
	for n := 0; ; n++ {
		picture := s.pictures[n%len(s.pictures)]
		length := ""
		if n%2 == 0 {
			length = fmt.Sprintf("Content-Length: %d\r\n", len(picture))
		}
		if _, err := fmt.Fprintf(w, "--frame\r\nContent-Type: image/jpeg\r\n%s\r\n%s\r\n", length, picture); err != nil {
			return
		}
		if err := http.NewResponseController(w).Flush(); err != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// fail breaks the open connections in the way of k.
func (s *server) fail(k faultKind) error {
	switch k {
	case faultStall:
		s.stall()
	case faultOutage:
		s.outage(k.outage)
	default:
		s.drop()
	}
	return nil
}
