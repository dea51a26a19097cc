package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What ../toolchain.sh says on machines that lack something.
func TestToolchain(t *testing.T) {
	goSaying := func(version, cc string) string {
		return "#!/bin/sh\ncase $2 in GOVERSION) echo " + version + " ;; CC) echo " + cc + " ;; esac\n"
	}
	tests := []struct {
		name     string
		programs map[string]string
		want     []string // nothing: all is well
	}{
		{"no Go", nil, []string{"Go is missing", "Go 1.", "https://go.dev/dl/"}},
		{"an old Go", map[string]string{"go": goSaying("go1.19.8", "cc")}, []string{"or newer, and", "is go1.19.8"}},
		{"a Go that refuses go.mod", map[string]string{"go": "#!/bin/sh\n[ \"$GOTOOLCHAIN\" = local ] && echo go1.22.1 || exit 1\n"},
			[]string{"is go1.22.1"}},
		{"no compiler", map[string]string{"go": goSaying("go1.99.0", "gcc")}, []string{"C compiler gcc is missing", "apt-get install gcc libc6-dev"}},
		{"no headers", map[string]string{"go": goSaying("go1.99.0", "gcc"), "gcc": "#!/bin/sh\nexit 1\n"},
			[]string{"gcc does not find the headers", "apt-get install libc6-dev"}},
		{"a compiler with flags", map[string]string{"go": goSaying("go1.99.0", "gcc -m64"), "gcc": "#!/bin/sh\n"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bin := t.TempDir()
			for _, name := range []string{"sh", "sed", "sort", "head"} {
				path, err := exec.LookPath(name)
				if err != nil {
					t.Skip(err)
				}
				if err := os.Symlink(path, filepath.Join(bin, name)); err != nil {
					t.Fatal(err)
				}
			}
			for name, script := range tt.programs {
				write(t, filepath.Join(bin, name), script, 0o755)
			}
			cmd := exec.Command("/bin/sh", "third_party/toolchain.sh")
			cmd.Dir, cmd.Env = "../..", []string{"PATH=" + bin}
			out, err := cmd.CombinedOutput()
			if (err == nil) != (tt.want == nil) {
				t.Errorf("it ended with %v and said:\n%s", err, out)
			}
			for _, want := range tt.want {
				if !strings.Contains(string(out), want) {
					t.Errorf("it lacks %q:\n%s", want, out)
				}
			}
		})
	}
}
