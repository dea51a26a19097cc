package command

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const longTime = 30 * time.Second

func start(t *testing.T, line string) *Process {
	t.Helper()
	p, err := Start(line, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func shut(t *testing.T, p *Process) {
	t.Helper()
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

// alive reports whether a process runs; a zombie does not.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, behind, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(behind, "Z")
}

// pid waits for a number in a file.
func pid(t *testing.T, path string) int {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < longTime; time.Sleep(10 * time.Millisecond) {
		text, err := os.ReadFile(path)
		if n, bad := strconv.Atoi(strings.TrimSpace(string(text))); err == nil && bad == nil {
			return n
		}
	}
	t.Fatalf("%s: no number came", path)
	return 0
}

// gone waits for the end of a process.
func gone(t *testing.T, what string, pid int) {
	t.Helper()
	for begin := time.Now(); alive(pid); time.Sleep(10 * time.Millisecond) {
		if time.Since(begin) > longTime {
			t.Fatalf("%s, process %d, still runs", what, pid)
		}
	}
}

// Read returns the whole output. The error after it says how the command ended.
func TestEnd(t *testing.T) {
	for _, tc := range []struct{ line, output, want string }{
		{"printf abc", "abc", "the command ended (exit status 0): EOF"},
		{"printf 'a b' | tr a-z A-Z", "A B", "exit status 0"},
		{"echo no camera >&2; echo 'rtsp://me:pw@cam is busy' >&2; exit 3", "", "the command ended (exit status 3): EOF; it said: no camera / rtsp://cam is busy"},
		{"exec /no/such/program", "", "not found"},
		{"printf x; kill -9 $$", "x", "signal: killed"},
		{"cat; printf 'stdin is empty'", "stdin is empty", "exit status 0"},
		{"exec >&-; exec sleep 100", "", "closed its standard output"},
	} {
		t.Run(tc.line, func(t *testing.T) {
			p := start(t, tc.line)
			defer shut(t, p)
			output, err := readAll(p)
			if string(output) != tc.output || !errors.Is(err, io.EOF) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%q, %v; want %q, %q", output, err, tc.output, tc.want)
			}
		})
	}
}

// readAll is io.ReadAll with the error at the end.
func readAll(r io.Reader) (all []byte, err error) {
	for buf := make([]byte, 4096); ; {
		n, err := r.Read(buf)
		all = append(all, buf[:n]...)
		if err != nil {
			return all, err
		}
	}
}

// Close ends everything in the group, also processes that ignore SIGTERM and those in the
// background.
func TestClose(t *testing.T) {
	for name, line := range map[string]string{
		"one":               "echo $$ > $DIR/a; exec sleep 1000",
		"a pipeline":        "sh -c 'echo $$ > $DIR/a; exec sleep 1000' | cat",
		"in the background": "sleep 1000 & echo $! > $DIR/a; wait",
		"deaf to SIGTERM":   "trap '' TERM; echo $$ > $DIR/a; while :; do sleep 1; done",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("DIR", dir)
			p := start(t, line)
			n := pid(t, filepath.Join(dir, "a"))
			shut(t, p)
			gone(t, "the command", n)
		})
	}
}

// Children of a command end when the command ends by itself.
func TestLeftBehind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("DIR", dir)
	p := start(t, "sleep 1000 & echo $! > $DIR/a; exit 0")
	defer shut(t, p)
	if _, err := readAll(p); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	gone(t, "the child", pid(t, filepath.Join(dir, "a")))
}

// Interrupt ends a read that waits.
func TestInterrupt(t *testing.T) {
	p := start(t, "exec sleep 1000")
	defer shut(t, p)
	time.AfterFunc(20*time.Millisecond, p.Interrupt)
	if _, err := p.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
}

// A command does not outlive the program that started it, however that program ends.
func TestDiesWithParent(t *testing.T) {
	if dir := os.Getenv("EDGECLR_TEST_PARENT"); dir != "" {
		t.Setenv("DIR", dir)
		start(t, "echo $$ > $DIR/child; exec sleep 1000")
		time.Sleep(longTime) // until it is killed
		return
	}
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestDiesWithParent$")
	cmd.Env = append(os.Environ(), "EDGECLR_TEST_PARENT="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	child := pid(t, filepath.Join(dir, "child"))
	if !alive(child) {
		t.Error("the child does not run")
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Error(err)
	}
	_ = cmd.Wait()
	gone(t, "the child", child)
}

// The log has the first lines of a minute; the error has the last.
func TestLog(t *testing.T) {
	var log bytes.Buffer
	p, err := Start("for i in $(seq 100); do printf \"line $i\\r\" >&2; done; printf 'no end' >&2; exit 1",
		slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	_, end := readAll(p)
	shut(t, p)
	if n := strings.Count(log.String(), "\n"); n != logLines || !strings.Contains(log.String(), `line="line 1"`) {
		t.Errorf("%d lines: %s", n, log.String())
	}
	if !strings.HasSuffix(end.Error(), "it said: line 97 / line 98 / line 99 / line 100 / no end") {
		t.Error(end)
	}
}

// A line without a line break takes no more memory than a long one.
func TestLongLine(t *testing.T) {
	p := start(t, "head -c 3000000 /dev/zero | tr '\\0' x >&2")
	_, end := readAll(p)
	shut(t, p)
	if len(end.Error()) > 700 {
		t.Errorf("%d bytes", len(end.Error()))
	}
}

// Many commands leave no open descriptor (goleak checks the goroutines).
func TestNoLeak(t *testing.T) {
	count := func() int {
		all, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	shut(t, start(t, "exit 0"))
	before := count()
	for i := range 50 {
		p := start(t, []string{"exit 0", "exec sleep 1000", "printf x", "exec no-such-program"}[i%4])
		if i%2 == 0 {
			_, _ = p.Read(make([]byte, 0))
		}
		shut(t, p)
	}
	if after := count(); after > before {
		t.Errorf("%d descriptors, then %d", before, after)
	}
}
