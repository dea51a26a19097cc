package directory

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"edgeclr/camera/decode"
)

// tree makes files below a new folder, each with its own name as content, and
// returns the folder.
func tree(t testing.TB, names ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range names {
		write(t, filepath.Join(root, name), name)
	}
	return root
}

// write makes a file and the folders it needs.
func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func link(t testing.TB, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

// withoutRoot skips a test of permissions for root, who has them all.
func withoutRoot(t testing.TB) {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
}

func TestWalk(t *testing.T) {
	root := tree(t, "b/2.jpg", "b/1.jpg", "a/deep/er/x", "top.png", ".hidden", "a/.git/config", "half.part")
	link(t, "top.png", filepath.Join(root, "link.png"))
	link(t, "nowhere", filepath.Join(root, "dangling"))
	link(t, root, filepath.Join(root, "b", "loop"))
	if err := syscall.Mkfifo(filepath.Join(root, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	rootLink := filepath.Join(t.TempDir(), "root")
	link(t, root, rootLink)
	for _, root := range []string{root, rootLink} {
		files, err := list(t.Context(), root)
		if err != nil {
			t.Fatal(err)
		}
		var rels, classes []string
		for _, f := range files {
			rels, classes = append(rels, f.Rel), append(classes, f.Class)
			if f.Path != filepath.Join(root, f.Rel) || f.ModTime.IsZero() {
				t.Errorf("%+v", f)
			}
		}
		wantRels := []string{".hidden", "a/.git/config", "a/deep/er/x", "b/1.jpg", "b/2.jpg", "half.part", "link.png", "top.png"}
		wantClasses := []string{"", "a", "a", "b", "b", "", "", ""}
		if !slices.Equal(rels, wantRels) || !slices.Equal(classes, wantClasses) {
			t.Errorf("%s: %q of classes %q", root, rels, classes)
		}
	}
}

func TestWalkRoots(t *testing.T) {
	root := tree(t, "a/1", "b/1")
	a, one := filepath.Join(root, "a"), filepath.Join(root, "b", "1")
	files, err := list(t.Context(), one, filepath.Join(root, "missing"), a, "/dev/null")
	if len(files) != 2 || files[0].Path != one || files[0].Rel != "1" || files[0].Size != 3 || files[1].Path != filepath.Join(a, "1") {
		t.Errorf("%+v", files)
	}
	if !errors.Is(err, fs.ErrNotExist) || !errors.Is(err, decode.ErrUnreadable) {
		t.Errorf("a missing root and a device: %v", err)
	}
}

func TestWalkUnreadableFolder(t *testing.T) {
	withoutRoot(t)
	root := tree(t, "a/1", "b/1", "c/1")
	if err := os.Chmod(filepath.Join(root, "b"), 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(filepath.Join(root, "b"), 0o755)
	files, err := list(t.Context(), root)
	if len(files) != 2 || !errors.Is(err, decode.ErrUnreadable) {
		t.Errorf("%d files, %v", len(files), err)
	}
}

func TestWalkEnds(t *testing.T) {
	root := tree(t, "1", "2", "3")
	for range Walk(t.Context(), root, root) {
		break
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if files, err := list(ctx, root); len(files) != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %d files, %v", len(files), err)
	}
}

// list collects Walk: the files, and all errors joined.
func list(ctx context.Context, roots ...string) ([]File, error) {
	var files []File
	var all []error
	for f, err := range Walk(ctx, roots...) {
		if err != nil {
			all = append(all, err)
			continue
		}
		files = append(files, f)
	}
	return files, errors.Join(all...)
}
