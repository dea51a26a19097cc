package directory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/decode"
)

func TestDirectoryStart(t *testing.T) {
	t.Parallel()
	root := tree(t, "b.jpg", "a.jpg", "sub/c", "sub/deeper/d.png", ".hidden/e.jpg", ".f.jpg",
		"g.jpg.part", "h.TMP", "i.crdownload", "folder.tmp/j")
	for _, name := range []string{"a.jpg", "b.jpg", "sub/c", "sub/deeper/d.png", "folder.tmp/j"} {
		age(t, filepath.Join(root, name))
	}
	link(t, root, filepath.Join(root, "sub", "loop"))
	link(t, filepath.Join(root, "a.jpg"), filepath.Join(root, "z-link.jpg"))
	if err := syscall.Mkfifo(filepath.Join(root, "pipe.jpg"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := start(t, root, quick(nil))
	for _, want := range []string{"a.jpg", "b.jpg", "folder.tmp/j", "sub/c", "sub/deeper/d.png", "z-link.jpg"} {
		f := r.next()
		if f.Path != filepath.Join(root, want) || f.Source != "dir:"+root {
			t.Fatalf("%s of %s, want %s", f.Path, f.Source, want)
		}
		if f.File == nil || f.File.Size != int64(len(f.Data)) || !f.File.ModTime.Equal(f.Time) || f.File.Path != f.Path {
			t.Errorf("file state %+v of %d bytes", f.File, len(f.Data))
		}
	}
	r.quiet()
	if err := r.waitState(camera.StateLive); err != nil {
		t.Error(err)
	}
}

// TestDirectoryArrivals has each way in which a file can arrive.
func TestDirectoryArrivals(t *testing.T) {
	t.Parallel()
	elsewhere := tree(t, "in/moved/1", "in/moved/sub/2")
	for _, tc := range []struct {
		name   string
		arrive func(t *testing.T, root string)
		want   []string
	}{
		{"written", func(t *testing.T, root string) { write(t, root+"/new", "new") }, []string{"new"}},
		{"written slowly", func(t *testing.T, root string) {
			f, _ := os.Create(root + "/slow.jpg")
			defer f.Close()
			for _, c := range "slow.jpg" {
				fmt.Fprint(f, string(c))
				time.Sleep(15 * time.Millisecond)
			}
		}, []string{"slow.jpg"}},
		{"under a hidden name, then renamed", func(t *testing.T, root string) {
			write(t, root+"/.up", "up")
			os.Rename(root+"/.up", root+"/up")
		}, []string{"up"}},
		{"in a new folder of folders", func(t *testing.T, root string) { write(t, root+"/x/y/z/1", "x/y/z/1") }, []string{"x/y/z/1"}},
		{"with a folder that is moved in", func(t *testing.T, root string) {
			os.Rename(elsewhere+"/in", root+"/in")
		}, []string{"in/moved/1", "in/moved/sub/2"}},
		{"into a folder that was renamed", func(t *testing.T, root string) {
			os.MkdirAll(root+"/before/sub", 0o755)
			time.Sleep(30 * time.Millisecond)
			os.Rename(root+"/before", root+"/after")
			time.Sleep(30 * time.Millisecond)
			write(t, root+"/after/1", "after/1")
			write(t, root+"/after/sub/2", "after/sub/2")
		}, []string{"after/1", "after/sub/2"}},
		{"as a link", func(t *testing.T, root string) {
			write(t, elsewhere+"/target", "link")
			link(t, elsewhere+"/target", root+"/link")
		}, []string{"link"}},
		{"and goes at once", func(t *testing.T, root string) {
			write(t, root+"/gone", "gone")
			os.Remove(root + "/gone")
			write(t, root+"/stays", "stays")
		}, []string{"stays"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			r := start(t, root, quick(&memory{}))
			r.waitState(camera.StateLive)
			tc.arrive(t, root)
			r.expect(root, tc.want...)
			r.quiet()
		})
	}
}

// TestDirectoryChange checks that a rewritten file is delivered again.
func TestDirectoryChange(t *testing.T) {
	t.Parallel()
	root := tree(t, "a")
	r := start(t, root, quick(&memory{}))
	r.expect(root, "a")
	write(t, filepath.Join(root, "a"), "changed")
	if f := r.next(); string(f.Data) != "changed" {
		t.Errorf("%q", f.Data)
	}
	r.quiet()
}

// TestDirectoryRestart checks that a restarted source delivers what came meanwhile, and
// nothing twice.
func TestDirectoryRestart(t *testing.T) {
	t.Parallel()
	root := tree(t, "a", "sub/b")
	cursor := &memory{}
	r := start(t, root, quick(cursor))
	r.expect(root, "a", "sub/b")
	r.stop()
	write(t, filepath.Join(root, "sub", "c"), "sub/c")
	close(r.ended)
	r = start(t, root, quick(cursor))
	r.expect(root, "sub/c")
	r.quiet()
}

// TestDirectoryRescan finds files without events, and does not deliver again what is still
// in flight to the store.
func TestDirectoryRescan(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		cursor Cursor
	}{{"own memory", nil}, {"cursor that knows", &memory{}}, {"cursor that does not know yet", forgetful{}}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			root := tree(t, "a")
			opt := quick(tc.cursor)
			opt.Rescan = 30 * time.Millisecond
			changed := make(chan struct{}, 1)
			opt.Changed = notify(changed)
			src, err := Open(root, opt)
			if err != nil {
				t.Fatal(err)
			}
			r := &running{Source: src, t: t, frames: make(chan camera.Frame, 100), changed: changed, ended: make(chan error, 1)}
			w := newWatch(src.(*source), func(_ context.Context, f camera.Frame) error {
				if m, ok := tc.cursor.(*memory); ok {
					m.store(f)
				}
				r.frames <- f
				return nil
			})
			w.notify.Close()
			w.notify, w.unwatched = nil, syscall.EMFILE // as without a free inotify instance
			ctx, cancel := context.WithCancel(t.Context())
			r.cancel = cancel
			go func() { r.ended <- w.run(ctx); w.close() }()
			t.Cleanup(r.stop)
			r.expect(root, "a")
			write(t, filepath.Join(root, "b"), "b")
			r.expect(root, "b")
			r.quiet()
			if err := r.waitState(camera.StateLive); err == nil || !errors.Is(err, syscall.EMFILE) {
				t.Errorf("the state does not tell: %v", err)
			}
		})
	}
}

// forgetful is the cursor of a store that has not written yet.
type forgetful struct{}

func (forgetful) Seen(string, string, int64, time.Time) (bool, error) { return false, nil }

func TestDirectoryTooLarge(t *testing.T) {
	t.Parallel()
	root := tree(t, "small")
	write(t, filepath.Join(root, "large"), strings.Repeat("x", 101))
	cursor := &memory{}
	opt := quick(cursor)
	opt.Limits.MaxBytes = 100
	r := start(t, root, opt)
	f := r.next()
	if !errors.Is(f.Err, decode.ErrTooLarge) || f.Data != nil || f.File.Size != -1 || f.Path != filepath.Join(root, "large") {
		t.Errorf("%+v", f)
	}
	r.expect(root, "small")
	r.quiet()
	r.stop()
	close(r.ended)

	// A file that is known as too large is not reported again, and is read when it fits.
	r = start(t, root, opt)
	r.quiet()
	r.stop()
	close(r.ended)
	r = start(t, root, quick(cursor))
	if f := r.next(); f.Err != nil || len(f.Data) != 101 {
		t.Errorf("with a higher limit: %d bytes, %v", len(f.Data), f.Err)
	}
}

func TestDirectoryUnreadable(t *testing.T) {
	t.Parallel()
	withoutRoot(t)
	root := tree(t, "open", "shut", "dark/1")
	shut, dark := filepath.Join(root, "shut"), filepath.Join(root, "dark")
	os.Chmod(shut, 0)
	os.Chmod(dark, 0)
	defer os.Chmod(dark, 0o755)
	opt := quick(&memory{})
	opt.Rescan = 50 * time.Millisecond
	r := start(t, root, opt)
	got := map[string]error{}
	for range 2 {
		f := r.next()
		got[filepath.Base(f.Path)] = f.Err
	}
	if got["open"] != nil || !errors.Is(got["shut"], decode.ErrUnreadable) || !errors.Is(got["shut"], fs.ErrPermission) {
		t.Errorf("%v", got)
	}
	r.quiet()
	if err := r.waitState(camera.StateLive); !errors.Is(err, decode.ErrUnreadable) {
		t.Errorf("the state does not tell of the folder: %v", err)
	}
	os.Chmod(shut, 0o644)
	r.expect(root, "shut")
	os.Chmod(dark, 0o755)
	r.expect(root, "dark/1")
}

// TestDirectoryGone takes the folder away and brings it back.
func TestDirectoryGone(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "watched")
	write(t, filepath.Join(root, "a"), "a")
	opt := quick(&memory{})
	opt.Rescan = 100 * time.Millisecond
	r := start(t, root, opt)
	r.expect(root, "a")
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	if err := r.waitState(camera.StateFailed); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	write(t, filepath.Join(root, "b"), "b")
	r.expect(root, "b")
	if err := r.waitState(camera.StateLive); err != nil {
		t.Error(err)
	}
}

// TestDirectoryRetargeted has a link as root and changes its target.
func TestDirectoryRetargeted(t *testing.T) {
	t.Parallel()
	one, two := tree(t, "1"), tree(t, "2")
	root := filepath.Join(t.TempDir(), "latest")
	link(t, one, root)
	opt := quick(&memory{})
	opt.Rescan = 50 * time.Millisecond
	r := start(t, root, opt)
	r.expect(root, "1")
	os.Remove(root)
	link(t, two, root)
	r.expect(root, "2")
}

// TestDirectoryOverflow makes more files than the kernel queues events for
// (16,384 by default, three for each file) while the consumer takes nothing.
func TestDirectoryOverflow(t *testing.T) {
	if testing.Short() {
		t.Skip("writes twelve thousand files")
	}
	const n = 3 * maxSettling
	root := t.TempDir()
	opt := quick(&memory{})
	var log bytes.Buffer
	opt.Log = slog.New(slog.NewTextHandler(&log, nil))
	source, err := Open(root, opt)
	if err != nil {
		t.Fatal(err)
	}
	gate, got := make(chan struct{}), make(map[string]int)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	write(t, filepath.Join(root, "first"), "first")
	done := make(chan error, 1)
	go func() {
		done <- source.Run(ctx, func(ctx context.Context, f camera.Frame) error {
			<-gate // nothing is taken while the others are written
			if got[f.Path]++; len(got) == n+1 {
				cancel()
			}
			return nil
		})
	}()
	for i := range n {
		write(t, filepath.Join(root, fmt.Sprint(i)), "x")
	}
	close(gate)
	if err := <-done; err != nil {
		t.Error(err)
	}
	t.Logf("the log: %s", log.String())
	if len(got) != n+1 {
		t.Errorf("%d files, want %d", len(got), n+1)
	}
	for path, times := range got {
		if times != 1 {
			t.Errorf("%s came %d times", path, times)
		}
	}
}

func TestDirectoryEmitFails(t *testing.T) {
	t.Parallel()
	root := tree(t, "a")
	full := errors.New("disk full")
	source, err := Open(root, quick(nil))
	if err != nil {
		t.Fatal(err)
	}
	err = source.Run(t.Context(), func(context.Context, camera.Frame) error { return full })
	if !errors.Is(err, full) || !strings.Contains(err.Error(), root) {
		t.Error(err)
	}
	if state, err := source.State(); state != camera.StateFailed || !errors.Is(err, full) {
		t.Errorf("state %s, %v", state, err)
	}
}

func TestOpenUnreadableFolder(t *testing.T) {
	withoutRoot(t)
	root := tree(t, "shut/inner/a")
	os.Chmod(filepath.Join(root, "shut"), 0)
	defer os.Chmod(filepath.Join(root, "shut"), 0o755)
	if _, err := Open(filepath.Join(root, "shut", "inner"), Options{}); !errors.Is(err, decode.ErrUnreadable) {
		t.Error(err)
	}
}
