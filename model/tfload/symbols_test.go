package tfload_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write symbols.h anew from the Go module of TensorFlow")

// symbols.h lists every function of the C API that TensorFlow's Go package calls.
func TestSymbols(t *testing.T) {
	want := symbolsFile(calledFunctions(t, moduleFolder(t)))
	if *update {
		if err := os.WriteFile("symbols.h", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("symbols.h")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("symbols.h is not what TensorFlow's Go package calls; run: make generate")
	}
}

func moduleFolder(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tensorflow/tensorflow").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "tensorflow")
}

// calledFunctions returns the sorted names of the functions that the Go package names
// and TensorFlow's headers declare.
func calledFunctions(t *testing.T, module string) []string {
	t.Helper()
	name := regexp.MustCompile(`\bTFE?_\w+\(`)
	declared := map[string]bool{}
	for _, folder := range []string{"c", "c/eager"} {
		for _, text := range files(t, filepath.Join(module, folder, "*.h")) {
			for _, found := range name.FindAllString(text, -1) {
				declared[found] = true
			}
		}
	}
	var names []string
	for _, text := range files(t, filepath.Join(module, "go", "*.go")) {
		for _, found := range name.FindAllString(text, -1) {
			if declared[found] {
				names = append(names, strings.TrimSuffix(found, "("))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// files reads what a pattern matches, without tests.
func files(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(paths), err)
	}
	var texts []string
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(data))
	}
	return texts
}

// symbolsFile is the generated file: C and the assembler expand SYMBOL each in their
// own way.
func symbolsFile(names []string) string {
	var b strings.Builder
	b.WriteString("// Made by `make generate` from the Go module of TensorFlow. Do not edit it.\n#define SYMBOLS")
	for _, name := range names {
		fmt.Fprintf(&b, " \\\n\tSYMBOL(%s)", name)
	}
	return b.String() + "\n"
}
