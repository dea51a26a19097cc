package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// fakes are the parts of a service that tests steer.
type fakes struct {
	mu       sync.Mutex
	status   client.Status
	failure  error // of the status
	late     error // of the loops
	degrees  float64
	paused   bool
	excluded []storage.FrameID
	sent     []camera.Frame
}

func (f *fakes) Status() (client.Status, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	st := f.status
	st.Train.State = client.LearnWaiting
	if f.paused {
		st.Train.State = client.LearnPaused
	}
	return st, f.failure
}

func (f *fakes) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *fakes) Pause()  { f.set(func() { f.paused = true }) }
func (f *fakes) Resume() { f.set(func() { f.paused = false }) }
func (f *fakes) Temperature() (float64, bool) {
	return f.degrees, f.degrees != 0
}
func (f *fakes) Check() error                  { return f.late }
func (f *fakes) Exclude(ids []storage.FrameID) { f.excluded = append(f.excluded, ids...) }

func (f *fakes) Commit(_ context.Context, frames []camera.Frame) ([]client.Outcome, error) {
	f.sent = append(f.sent, frames...)
	return make([]client.Outcome, len(frames)), nil
}

func (f *fakes) Kept(context.Context, []byte) (*rgb.Image, error) {
	return nil, errors.New("these tests embed nothing")
}

func (f *fakes) NextPicture(ctx context.Context, uri string, timeout time.Duration) ([]byte, error) {
	if uri != "" {
		return nil, client.ErrNothingFound
	}
	return []byte(timeout.String()), nil
}

// parts returns Parts of fakes and an empty store. No version serves.
func parts(t *testing.T) (Parts, *fakes) {
	t.Helper()
	store, err := storage.Open(t.Context(), t.TempDir(), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	f := &fakes{}
	return Parts{
		Status: f.Status, Store: store, Ingest: f, Learner: f, Corpus: f, Loops: f, Metrics: NewMetrics(),
		Decoder: &decode.Decoder{Limits: decode.Limits{MaxBytes: 1 << 20}}, Now: time.Now, Log: slog.New(slog.DiscardHandler), Lifetime: t.Context(),
	}, f
}

// open makes an API. It is closed at the end of the test.
func open(t *testing.T, p Parts) *API {
	t.Helper()
	a := New(p)
	t.Cleanup(a.Close)
	return a
}

// openRoutes is like open, with these endpoints in place of the usual ones.
func openRoutes(t *testing.T, routes ...route) *API {
	t.Helper()
	a := newAPI(routes, slog.New(slog.DiscardHandler))
	t.Cleanup(a.Close)
	return a
}

// fetch reads an answer that is a success.
func fetch(t *testing.T, c *client.Client, path string) string {
	t.Helper()
	answer, err := c.Do(t.Context(), http.MethodGet, path, nil, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// lockedBuffer takes a log that several goroutines write.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// storeFrames stores n frames without vectors.
func storeFrames(t *testing.T, store *storage.Store, n int) []storage.FrameID {
	t.Helper()
	frames := make([]storage.NewFrame, n)
	for i := range frames {
		frames[i].Frame = storage.Frame{Source: "test", Path: fmt.Sprintf("%d.jpg", i), Time: time.Unix(int64(i), 0), Format: "jpeg", Width: 4, Height: 3}
		frames[i].Data = []byte{byte(i)}
	}
	ids, err := store.AddFrames(t.Context(), nil, frames)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}
