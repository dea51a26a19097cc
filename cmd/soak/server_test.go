package main

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"edgeclr/camera/mjpeg"
)

// The camera requires its password, sends whole pictures, closes connections, and refuses.
func TestServer(t *testing.T) {
	pictures, err := rendered(1, 2)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newServer(pictures, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	defer http.DefaultClient.CloseIdleConnections()
	get := func(uri string, status int) *http.Response {
		t.Helper()
		answer, err := http.Get(uri)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { answer.Body.Close() })
		if answer.StatusCode != status {
			t.Fatalf("got %s, want %d", answer.Status, status)
		}
		return answer
	}
	get("http://"+s.listener.Addr().String()+"/video", http.StatusUnauthorized)

	stream := mjpeg.NewMultipart(get(s.URI(), http.StatusOK).Body, "frame", pictureLimit)
	for n := range 5 {
		if got, err := stream.Next(); err != nil || !bytes.Equal(got, pictures[n%2]) {
			t.Fatalf("picture %d: %d bytes, %v", n, len(got), err)
		}
	}
	if err := s.fail(faultOutage); err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = stream.Next()
	}
	if answer := get(s.URI(), http.StatusServiceUnavailable); answer.Body == nil {
		t.Error("no answer")
	}
}

// The pictures that are read from a stream are those that were written.
func TestSplit(t *testing.T) {
	pictures, err := rendered(1, 3)
	if err != nil {
		t.Fatal(err)
	}
	got, err := split(bytes.NewReader(bytes.Join(pictures, nil)))
	if err != nil || len(got) != 3 || !bytes.Equal(got[2], pictures[2]) {
		t.Errorf("%d pictures, %v", len(got), err)
	}
}
