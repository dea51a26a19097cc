package directory

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"edgeclr/camera"
)

// waitLimit bounds every wait of the tests of sources.
const waitLimit = 10 * time.Second

// memory is a cursor like the store: it knows what was delivered.
type memory struct {
	mu    sync.Mutex
	files map[string]camera.FileState
}

func (m *memory) Seen(_, path string, size int64, modTime time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.files[path]
	return ok && f.Size == size && f.ModTime.Equal(modTime), nil
}

func (m *memory) store(f camera.Frame) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.files == nil {
		m.files = map[string]camera.FileState{}
	}
	m.files[f.Path] = *f.File
}

// running is a running source with its frames.
type running struct {
	camera.Source
	t       *testing.T
	frames  chan camera.Frame
	changed chan struct{} // holds a value after a change of state
	cancel  context.CancelFunc
	ended   chan error
}

// quick returns options for short tests: a file counts as at rest after 200 ms, and only
// events find new files.
func quick(cursor Cursor) Options {
	return Options{Cursor: cursor, Settle: 200 * time.Millisecond, Rescan: time.Hour}
}

// start opens a source and runs it until the test ends. It stores frames in the cursor, if
// there is one, before the test sees them.
func start(t *testing.T, path string, opt Options) *running {
	t.Helper()
	changed := make(chan struct{}, 1)
	opt.Changed = notify(changed)
	source, err := Open(path, opt)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{Source: source, t: t, frames: make(chan camera.Frame, 10_000), changed: changed, cancel: cancel, ended: make(chan error, 1)}
	go func() {
		r.ended <- source.Run(ctx, func(_ context.Context, f camera.Frame) error {
			if m, ok := opt.Cursor.(*memory); ok {
				m.store(f)
			}
			r.frames <- f
			return nil
		})
	}()
	t.Cleanup(r.stop)
	return r
}

// stop ends the source and waits for it.
func (r *running) stop() {
	r.cancel()
	select {
	case err, open := <-r.ended:
		if open && err != nil {
			r.t.Errorf("Run: %v", err)
		}
	case <-time.After(waitLimit):
		r.t.Error("Run does not end")
	}
}

// next waits for one frame.
func (r *running) next() camera.Frame {
	r.t.Helper()
	select {
	case f := <-r.frames:
		return f
	case <-time.After(waitLimit):
		state, err := r.State()
		r.t.Fatalf("no frame; state %s, %v", state, err)
		return camera.Frame{}
	}
}

// expect waits for files with their own relative name as content, in any order.
func (r *running) expect(root string, names ...string) {
	r.t.Helper()
	var got []string
	for range names {
		f := r.next()
		rel, _ := filepath.Rel(root, f.Path)
		if f.Err != nil || string(f.Data) != rel {
			r.t.Errorf("%s: %q, %v", rel, f.Data, f.Err)
		}
		got = append(got, rel)
	}
	slices.Sort(got)
	slices.Sort(names)
	if !slices.Equal(got, names) {
		r.t.Errorf("got %q, want %q", got, names)
	}
}

// quiet fails when another frame comes within two settling times.
func (r *running) quiet() {
	r.t.Helper()
	select {
	case f := <-r.frames:
		r.t.Errorf("%s came too", f.Path)
	case <-time.After(400 * time.Millisecond):
	}
}

// notify returns a function that puts a value into a channel of capacity 1.
func notify(changed chan<- struct{}) func(string, error) {
	return func(string, error) {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
}

// waitState waits until the source is in a state.
func (r *running) waitState(want string) error {
	r.t.Helper()
	deadline := time.After(waitLimit)
	for {
		state, err := r.State()
		if state == want {
			return err
		}
		select {
		case <-r.changed:
		case <-deadline:
			r.t.Fatalf("state %s (%v), want %s", state, err, want)
		}
	}
}

// age sets a file's modification time back, so that it counts as at rest.
func age(t testing.TB, path string) {
	t.Helper()
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
}
