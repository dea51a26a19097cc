package tfload_test

import (
	"bytes"
	"debug/elf"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"

	"edgeclr/model/tfload"
)

// asChild names what this program does when a test starts it again. A library cannot be
// unloaded, so every test has a process of its own.
const asChild = "TFLOAD_TEST_CHILD"

func TestMain(m *testing.M) {
	if name := os.Getenv(asChild); name != "" {
		os.Exit(children()[name]())
	}
	os.Exit(m.Run())
}

// children are the processes, by the name of their test. Each returns its exit code.
func children() map[string]func() int {
	return map[string]func() int{
		"loads":      loads,
		"unbound":    func() int { println(tf.Version()); return 0 },
		"cannot":     cannot,
		"says":       func() int { return check(tfload.Load()) },
		"concurrent": concurrent,
	}
}

func check(err error) int {
	if err != nil {
		println(err.Error())
		return 1
	}
	return 0
}

func mapped() bool {
	maps, err := os.ReadFile("/proc/self/maps")
	return err == nil && strings.Contains(string(maps), "libtensorflow")
}

func loads() int {
	if mapped() || tfload.Loaded() {
		println("loaded at the start")
		return 1
	}
	for range 2 {
		if code := check(tfload.Load()); code != 0 {
			return code
		}
	}
	if !mapped() || !tfload.Loaded() {
		println("not loaded after Load")
		return 1
	}
	println(tf.Version())
	return 0
}

func cannot() int {
	err := tfload.Load()
	if !errors.Is(err, tfload.ErrMissing) || tfload.Loaded() {
		return 1
	}
	println(err.Error())
	return 0
}

func concurrent() int {
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			if err := tfload.Load(); err != nil || !tfload.Loaded() || tf.Version() == "" {
				println("not loaded", err)
				os.Exit(1)
			}
		})
	}
	wait.Wait()
	return 0
}

// child runs this program as the child of that name.
func child(t *testing.T, program, name string, environ ...string) (output string, ok bool) {
	t.Helper()
	cmd := exec.Command(program)
	cmd.Env = append(append(os.Environ(), asChild+"="+name), environ...)
	text, err := cmd.CombinedOutput()
	return string(text), err == nil
}

func TestLoad(t *testing.T) {
	if text, ok := child(t, os.Args[0], "loads", "TF_ENABLE_ONEDNN_OPTS=1", "TF_CPP_MIN_LOG_LEVEL=2"); !ok || !strings.HasPrefix(text, "2.") || strings.Count(text, "\n") != 1 {
		t.Errorf("%v, %q", ok, text)
	}
}

func TestLoadConcurrently(t *testing.T) {
	if text, ok := child(t, os.Args[0], "concurrent"); !ok {
		t.Error(text)
	}
}

// What TensorFlow writes while it is loaded is shown by level. Only the library for amd64
// announces oneDNN.
func TestLogLevel(t *testing.T) {
	for level, want := range map[string]bool{"0": runtime.GOARCH == "amd64", "1": false, "2": false, "3": false} {
		text, ok := child(t, os.Args[0], "says", "TF_ENABLE_ONEDNN_OPTS=1", "TF_CPP_MIN_LOG_LEVEL="+level)
		if got := strings.Contains(text, "oneDNN custom operations are on"); !ok || got != want {
			t.Errorf("level %s: %v, %q", level, ok, text)
		}
		if level != "0" && text != "" {
			t.Errorf("level %s: %q", level, text)
		}
	}
}

// A call before Load ends the process, and names the function.
func TestCallBeforeLoad(t *testing.T) {
	text, ok := child(t, os.Args[0], "unbound")
	if ok || !strings.Contains(text, "was called before tfload.Load") || !strings.Contains(text, "TF_Version") {
		t.Errorf("%v, %q", ok, text)
	}
}

func TestLoadFails(t *testing.T) {
	framework := "libtensorflow_framework.so.2"
	tests := []struct {
		name    string
		library string // the content of a file of the library's name; empty: there is none
		want    []string
	}{
		{"missing", "", []string{framework, "No such file", "looked in /", "make deps"}},
		{"damaged", "not a library", []string{framework, "file too short", "make deps"}},
		{"foreign", strings.Repeat("not a library\n", 1000), []string{framework, "invalid ELF header"}},
	}
	program := withoutFolders(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			folder := t.TempDir()
			if tt.library != "" {
				if err := os.WriteFile(filepath.Join(folder, framework), []byte(tt.library), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			text, ok := child(t, program, "cannot", "LD_LIBRARY_PATH="+folder)
			if !ok {
				t.Fatalf("no error: %s", text)
			}
			for _, want := range tt.want {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in: %s", want, text)
				}
			}
		})
	}
}

// withoutFolders copies this program, without the folders of libraries that it names.
func withoutFolders(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	file, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	folders, err := file.DynString(elf.DT_RUNPATH)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		data = bytes.ReplaceAll(data, []byte(f+"\x00"), bytes.Repeat([]byte{0}, len(f)+1))
	}
	program := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(program, data, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, ok := child(t, program, "loads"); ok {
		t.Skip("TensorFlow is installed in a folder of the system")
	}
	return program
}
