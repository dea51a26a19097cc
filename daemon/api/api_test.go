package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"edgeclr/camera/decode"
	"edgeclr/daemon/client"
	"edgeclr/daemon/serving"
	"edgeclr/storage"
)

// A second endpoint is one function and one line in the list of routes. Problems,
// broken streams and the closing of the service then work without more code.
func TestSecondEndpoint(t *testing.T) {
	p, _ := parts(t)
	second := func(w http.ResponseWriter, r *http.Request) error {
		switch r.URL.Query().Get("do") {
		case "fail":
			return fmt.Errorf("frame 7: %w", storage.ErrNotFound)
		case "crash":
			return errors.New("out of order")
		case "break":
			fmt.Fprint(w, strings.Repeat("half of", 1<<12)) // more than is buffered
			return broken("sending it", errors.New("gone"))
		}
		return reply(w, map[string]int{"answer": 42})
	}
	a := openRoutes(t, append(routes(p), route{"GET /v1/second", second})...)
	dir := t.TempDir()
	if err := a.Listen(Listeners{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	socket := client.New(dir)
	defer socket.Close()
	for name, c := range map[string]*client.Client{"in process": a.Client(), "socket": socket} {
		t.Run(name, func(t *testing.T) {
			if got := fetch(t, c, "/v1/second"); got != "{\"answer\":42}\n" {
				t.Errorf("%q", got)
			}
			do := func(what string) (*http.Response, error) {
				return c.Do(t.Context(), http.MethodGet, "/v1/second", map[string][]string{"do": {what}}, "", nil)
			}
			if _, err := do("fail"); !errors.Is(err, storage.ErrNotFound) || !strings.Contains(err.Error(), "frame 7") {
				t.Errorf("%v", err)
			}
			var remote *client.RemoteError
			if _, err := do("crash"); !errors.As(err, &remote) || remote.Code != client.CodeFailed || remote.Message != "out of order" {
				t.Errorf("%v", err)
			}
			answer, err := do("break")
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if got, err := io.ReadAll(answer.Body); !strings.HasPrefix(string(got), "half of") || !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%.20q, %v", got, err)
			}
		})
	}
	a.Close()
	if _, err := a.Client().Do(t.Context(), http.MethodGet, "/v1/second", nil, "", nil); !errors.Is(err, client.ErrClosing) {
		t.Errorf("after the end: %v", err)
	}
}

// docs/api.md describes every endpoint.
func TestEndpointsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	p, _ := parts(t)
	for _, r := range routes(p) {
		if !strings.Contains(string(text), "`"+r.pattern+"`") && !strings.Contains(string(text), "`"+r.pattern+"?") {
			t.Errorf("`%s` is not in docs/api.md", r.pattern)
		}
	}
}

// Every error that has a code keeps it over the API, with its message.
func TestErrorsCrossTheAPI(t *testing.T) {
	for _, c := range client.Codes() {
		t.Run(c.Err.Error(), func(t *testing.T) {
			a := openRoutes(t, route{"GET /", func(http.ResponseWriter, *http.Request) error { return fmt.Errorf("it: %w", c.Err) }})
			_, err := a.Client().Do(t.Context(), http.MethodGet, "/", nil, "", nil)
			var remote *client.RemoteError
			if !errors.Is(err, c.Err) || !errors.As(err, &remote) || remote.Code != c.Code || remote.Message != "it: "+c.Err.Error() {
				t.Errorf("%v, %+v", err, remote)
			}
		})
	}
}

// Close ends the requests that are open, and waits for their handlers.
func TestCloseWaitsForHandlers(t *testing.T) {
	begun, done := make(chan struct{}), false
	a := openRoutes(t, route{"GET /", func(w http.ResponseWriter, r *http.Request) error {
		close(begun)
		<-r.Context().Done()
		for range 100 { // the handler cleans up
			runtime.Gosched()
		}
		done = true
		return r.Context().Err()
	}})
	answered := make(chan error, 1)
	go func() {
		_, err := a.Client().Do(t.Context(), http.MethodGet, "/", nil, "", nil)
		answered <- err
	}()
	<-begun
	a.Close()
	if !done {
		t.Error("the handler still works")
	}
	if err := <-answered; err == nil {
		t.Error("the client got an answer")
	}
}

// A request ends with its client.
func TestRequestEndsWithItsClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 1)
		a := openRoutes(t, route{"GET /", func(w http.ResponseWriter, r *http.Request) error {
			<-r.Context().Done()
			ended <- context.Cause(r.Context())
			return nil
		}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := a.Client().Do(ctx, http.MethodGet, "/", nil, "", nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		if err := <-ended; err == nil {
			t.Error("the handler goes on")
		}
	})
}

// Pause and Resume change the state of the learner. The answer has the new state.
func TestPauseAndResume(t *testing.T) {
	p, _ := parts(t)
	c := open(t, p).Client()
	if st, err := c.Pause(t.Context()); err != nil || st.Train.State != client.LearnPaused {
		t.Errorf("%+v, %v", st.Train, err)
	}
	if st, err := c.Resume(t.Context()); err != nil || st.Train.State != client.LearnWaiting {
		t.Errorf("%+v, %v", st.Train, err)
	}
}

// A request for a picture of a source waits as long as it says.
func TestSourceImage(t *testing.T) {
	p, _ := parts(t)
	c := open(t, p).Client()
	if got, err := c.SourceImage(t.Context(), "", 1500*time.Millisecond); err != nil || string(got) != "1.5s" {
		t.Errorf("%q, %v", got, err)
	}
	if got := fetch(t, c, "/v1/sources/image"); got != pictureTimeout.String() {
		t.Errorf("without a timeout: %q", got)
	}
	if _, err := c.SourceImage(t.Context(), "exec:none", time.Second); !errors.Is(err, client.ErrNothingFound) {
		t.Errorf("%v", err)
	}
	for _, timeout := range []string{"0", "-1", "301", "NaN", "soon"} {
		_, err := c.Do(t.Context(), http.MethodGet, "/v1/sources/image", map[string][]string{"timeout": {timeout}}, "", nil)
		if !errors.Is(err, client.ErrRequest) || !strings.Contains(err.Error(), "timeout="+timeout) {
			t.Errorf("%s: %v", timeout, err)
		}
	}
}

// Pictures are stored with the path and the time that the client sends. Without a time,
// the service takes the present.
func TestFramesAsTheyAreSent(t *testing.T) {
	p, f := parts(t)
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	p.Now = func() time.Time { return now }
	a := openRoutes(t, route{"POST /v1/frames", frameTaker{f, lentVersion{}, pictureReader{p.Decoder}, p.Now}.post})
	const odd = "/a/né %\n.jpg"
	taken := now.Add(-time.Hour)
	sent := []client.Picture{{Path: odd, ModTime: taken, Data: []byte("one")}, {Data: []byte("two")}, {Path: "large", Data: make([]byte, 1<<20+1)}}
	answer, err := a.Client().Embed(t.Context(), sent)
	if err != nil || answer.Checkpoint != "c7" || len(answer.Frames) != 3 {
		t.Fatalf("%+v, %v", answer, err)
	}
	if one := f.sent[0]; one.Path != odd || !one.Time.Equal(taken) || !one.File.ModTime.Equal(taken) || one.File.Size != 3 || one.Source != EmbedSource || string(one.Data) != "one" || one.Err != nil {
		t.Errorf("%+v", one)
	}
	if two := f.sent[1]; !two.Time.Equal(now) || string(two.Data) != "two" {
		t.Errorf("%+v", two)
	}
	if large := f.sent[2]; !errors.Is(large.Err, decode.ErrTooLarge) || large.Data != nil {
		t.Errorf("%d bytes, %v", len(large.Data), large.Err)
	}
}

// lentVersion lends a version without an encoder.
type lentVersion struct{}

func (lentVersion) Current() *serving.Version {
	return &serving.Version{Checkpoint: storage.Checkpoint{ID: "c7"}}
}

// Frames that a person names are held back from learning, when all of them exist.
func TestLabels(t *testing.T) {
	p, f := parts(t)
	ids := storeFrames(t, p.Store, 3)
	c := open(t, p).Client()
	answer, err := c.Label(t.Context(), []uint64{uint64(ids[0]), uint64(ids[2])}, "nut")
	if err != nil || !maps.Equal(answer.Labels, map[string]int{"nut": 2}) || !slices.Equal(f.excluded, []storage.FrameID{ids[0], ids[2]}) {
		t.Errorf("%+v, excluded %v, %v", answer, f.excluded, err)
	}
	answer, err = c.Label(t.Context(), []uint64{uint64(ids[0])}, "")
	if err != nil || !maps.Equal(answer.Labels, map[string]int{"nut": 1}) || len(f.excluded) != 2 {
		t.Errorf("%+v, excluded %v, %v", answer, f.excluded, err)
	}
	if _, err := c.Label(t.Context(), []uint64{uint64(ids[1]), 99}, "nut"); !errors.Is(err, storage.ErrNotFound) || len(f.excluded) != 2 {
		t.Errorf("excluded %v, %v", f.excluded, err)
	}
}
