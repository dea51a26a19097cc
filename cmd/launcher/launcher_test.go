package main

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// build makes the launcher in dir.
func build(t *testing.T, dir string) string {
	t.Helper()
	out := filepath.Join(dir, "edgeclr")
	cmd := exec.Command("go", "build", "-trimpath", "-o", out, ".") // as the Makefile does, whose build is cached
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return out
}

func TestLaunch(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("Linux only")
	}
	prefix := t.TempDir()
	bin, lib := filepath.Join(prefix, "bin"), filepath.Join(prefix, "lib", "edgeclr")
	for _, dir := range []string{bin, lib} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	launcher := build(t, bin)
	run := func() (string, int) {
		cmd := exec.Command(launcher, "--version")
		out, _ := cmd.CombinedOutput() // the exit code tells
		return string(out), cmd.ProcessState.ExitCode()
	}

	if out, code := run(); code != exitMissing || !strings.Contains(out, "make install") {
		t.Errorf("without an engine: %d, %s", code, out)
	}
	engine := filepath.Join(lib, "edgeclr-engine")
	write := func(text string) {
		if err := os.WriteFile(engine, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write("not a program")
	if out, code := run(); code != exitMissing || !strings.Contains(out, "make deps build") {
		t.Errorf("with a broken engine: %d, %s", code, out)
	}
	write("#!/bin/sh\necho engine \"$@\"\nexit 3\n")
	if out, code := run(); code != 3 || out != "engine --version\n" {
		t.Errorf("with an engine: %d, %s", code, out)
	}
}

// Nothing in the launcher needs cgo or a shared library.
func TestNeedsNoCgo(t *testing.T) {
	file, err := elf.Open(build(t, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if libraries, err := file.ImportedLibraries(); err != nil || len(libraries) > 0 {
		t.Errorf("libraries %q, %v", libraries, err)
	}
	// With cgo the list also holds the files that a build without it leaves out.
	list := exec.Command("go", "list", "-deps", "-f", "{{if and .CgoFiles (not .Standard)}}{{.ImportPath}}{{end}}", ".", "edgeclr/model/objective")
	list.Env = append(os.Environ(), "CGO_ENABLED=1")
	text, err := list.CombinedOutput()
	if needy := strings.Fields(string(text)); err != nil || len(needy) > 0 {
		t.Errorf("packages that use cgo: %q, %v", needy, err)
	}
}
