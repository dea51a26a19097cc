package lock

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

func acquire(t *testing.T, path string, opt Options) *Lock {
	t.Helper()
	l, err := Acquire(t.Context(), path, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Release() })
	return l
}

func TestOwnerLeavesANote(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	if _, held := Holder(path); held {
		t.Error("a missing file is held")
	}
	started := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	if err := os.WriteFile(path, []byte(`{"pid": 1, "command": "the note of a killed process, which is longer than ours"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	l := acquire(t, path, Options{Command: "edgeclr run", Started: started})
	if n, held := Holder(path); !held || n != (Note{os.Getpid(), "edgeclr run", started}) {
		t.Errorf("holder %+v, %v", n, held)
	}
	_, err := Acquire(t.Context(), path, Options{})
	if !errors.Is(err, ErrHeld) {
		t.Errorf("error %v, want ErrHeld", err)
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	if n, held := Holder(path); held {
		t.Errorf("holder %+v after the release", n)
	}
	if text, err := os.ReadFile(path); err != nil || len(text) != 0 {
		t.Errorf("note %q after the release, %v", text, err)
	}
}

func TestReadersShare(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	a := acquire(t, path, Options{Shared: true})
	acquire(t, path, Options{Shared: true})
	if n, held := Holder(path); held {
		t.Errorf("readers own it: %+v", n)
	}
	a.Release()
	if _, err := Acquire(t.Context(), path, Options{}); !errors.Is(err, ErrHeld) {
		t.Errorf("a writer beside a reader: %v, want ErrHeld", err)
	}
}

// Time is simulated: only the waiting itself lets it pass.
func TestAcquireWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	tests := []struct {
		name    string
		release time.Duration // by the holder
		cancel  time.Duration // of the waiter's context
		want    error
		took    time.Duration
	}{
		{"the holder goes", 50 * time.Millisecond, time.Hour, nil, 60 * time.Millisecond}, // at the next poll
		{"patience ends", time.Hour, time.Hour, ErrHeld, time.Minute},
		{"cancelled", time.Hour, 90 * time.Second / 2, context.DeadlineExceeded, 45 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				held := acquire(t, path, Options{})
				defer held.Release()
				defer time.AfterFunc(tt.release, func() { held.Release() }).Stop()
				ctx, cancel := context.WithTimeout(t.Context(), tt.cancel)
				defer cancel()
				start := time.Now()
				l, err := Acquire(ctx, path, Options{Wait: time.Minute})
				if !errors.Is(err, tt.want) || time.Since(start) != tt.took {
					t.Errorf("%v after %v, want %v after %v", err, time.Since(start), tt.want, tt.took)
				}
				if err == nil {
					l.Release()
				}
			})
		})
	}
}
