package systemd

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// maxExposure is the score of `systemd-analyze security` that the unit stays
// within, in tenths.
const maxExposure = "20"

// unit copies the unit with a program that exists here, and finds the tool.
func unit(t *testing.T) (analyze, path string) {
	t.Helper()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed; sudo apt-get install systemd")
	}
	text, err := os.ReadFile("edgeclr.service")
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "edgeclr.service")
	changed := strings.Replace(string(text), "ExecStart=/usr/bin/edgeclr ", "ExecStart="+self+" ", 1)
	if changed == string(text) {
		t.Fatal("the unit does not start /usr/bin/edgeclr")
	}
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	return analyze, path
}

func TestUnitIsValid(t *testing.T) {
	analyze, path := unit(t)
	out, err := exec.Command(analyze, "verify", path).CombinedOutput()
	if err != nil || strings.Contains(string(out), "edgeclr.service:") {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}

func TestUnitIsHardened(t *testing.T) {
	analyze, path := unit(t)
	out, err := exec.Command(analyze, "security", "--offline=yes", "--no-pager", "--threshold="+maxExposure, path).CombinedOutput()
	if err != nil {
		t.Errorf("systemd-analyze security: %v\n%s", err, out)
	}
	if !regexp.MustCompile(`Overall exposure level for edgeclr\.service: [01]\.\d|: 2\.0`).Match(out) {
		t.Errorf("no score of 2.0 or lower in\n%s", out)
	}
}

// A group that the unit names and nobody makes would prevent the service from starting.
func TestGroupsAreMade(t *testing.T) {
	service, err := os.ReadFile("edgeclr.service")
	if err != nil {
		t.Fatal(err)
	}
	users, err := os.ReadFile("edgeclr.sysusers")
	if err != nil {
		t.Fatal(err)
	}
	groups := regexp.MustCompile(`(?m)^(?:SupplementaryGroups|User|Group)=(.*)$`).FindAllStringSubmatch(string(service), -1)
	if len(groups) != 3 {
		t.Fatalf("found %d lines with users and groups", len(groups))
	}
	for _, line := range groups {
		for _, name := range strings.Fields(line[1]) {
			if !regexp.MustCompile(`(?m)^(u|m edgeclr) ` + name + `( |$)`).Match(users) {
				t.Errorf("edgeclr.sysusers does not make %s", name)
			}
		}
	}
}

// The files for users and folders are applied to an empty root, like in the installation of
// the package.
func TestUsersAndFolders(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("making folders of other users needs root")
	}
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "etc"), 0o755); err != nil {
		t.Fatal(err)
	}
	apply(t, "systemd-sysusers", "--root="+root, absolute(t, "edgeclr.sysusers"))
	apply(t, "systemd-tmpfiles", "--root="+root, "--create", absolute(t, "edgeclr.tmpfiles"))
	info, err := os.Stat(filepath.Join(root, "var/lib/edgeclr"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o750 {
		t.Errorf("the store's folder has mode %v", info.Mode())
	}
}

func TestUsersAreValid(t *testing.T) {
	apply(t, "systemd-sysusers", "--dry-run", absolute(t, "edgeclr.sysusers"))
}

func apply(t *testing.T, tool string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		t.Skip(tool + " is not installed; sudo apt-get install systemd")
	}
	if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", tool, args, err, out)
	}
}

func absolute(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
