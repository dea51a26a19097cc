package main

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
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

// needy compiles a program that is linked with a library of TensorFlow's name,
// and gives the folders of both.
func needy(t *testing.T, engine, library string) {
	t.Helper()
	compiler, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("no gcc, which building needs anyway")
	}
	dir := t.TempDir()
	source := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	compile := func(args ...string) {
		if text, err := exec.Command(compiler, args...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
	}
	compile("-shared", "-fPIC", "-Wl,-soname,libtensorflow_cc.so.2", "-o", library, source("lib.c", "int answer(void) { return 42; }\n"))
	main := `#include <stdio.h>
#include <stdlib.h>
int answer(void);
int main(int argc, char **argv) {
	printf("%d %s %s %s\n", answer(), argv[0], argv[argc - 1], getenv("TF_ENABLE_ONEDNN_OPTS"));
	return 3;
}
`
	compile("-o", engine, source("main.c", main), library, "-Wl,-rpath,$ORIGIN")
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
		cmd.Env = slices.DeleteFunc(os.Environ(), func(e string) bool {
			return strings.HasPrefix(e, oneDNN) || strings.HasPrefix(e, "LD_LIBRARY_PATH=")
		})
		out, _ := cmd.CombinedOutput() // the exit code tells
		return string(out), cmd.ProcessState.ExitCode()
	}

	if out, code := run(); code != exitMissing || !strings.Contains(out, "make install") {
		t.Errorf("without an engine: %d, %s", code, out)
	}
	engine, library := filepath.Join(lib, "edgeclr-engine"), filepath.Join(lib, "libtensorflow_cc.so.2")
	if err := os.WriteFile(engine, []byte("not a program"), 0o755); err != nil {
		t.Fatal(err)
	}
	if out, code := run(); code != exitMissing || !strings.Contains(out, "make deps build") {
		t.Errorf("with a broken engine: %d, %s", code, out)
	}
	needy(t, engine, library)
	if out, code := run(); code != 3 || out != "42 "+launcher+" --version 1\n" {
		t.Errorf("with everything: %d, %s", code, out)
	}
	if err := os.Rename(library, library+".gone"); err != nil {
		t.Fatal(err)
	}
	out, code := run()
	if code != exitMissing || !strings.Contains(out, "libtensorflow_cc.so.2") || !strings.Contains(out, lib) || !strings.Contains(out, "make deps build") {
		t.Errorf("without the library: %d, %s", code, out)
	}
}

// The launcher answers before TensorFlow could be loaded: nothing in it needs cgo
// or a shared library.
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

func TestWithOneDNN(t *testing.T) {
	if got := withOneDNN([]string{"A=1"}); !slices.Equal(got, []string{"A=1", "TF_ENABLE_ONEDNN_OPTS=1"}) {
		t.Errorf("%q", got)
	}
	if got := withOneDNN([]string{"TF_ENABLE_ONEDNN_OPTS=0"}); !slices.Equal(got, []string{"TF_ENABLE_ONEDNN_OPTS=0"}) {
		t.Errorf("%q", got)
	}
}
