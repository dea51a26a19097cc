package main

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"edgeclr/cmd/internal/cli"
)

// A training that is interrupted ends at once, says so, and leaves the store
// unchanged.
func TestInterruptTrain(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			root := t.TempDir()
			folder, data := filepath.Join(root, "images"), filepath.Join(root, "data")
			if err := renderPictures(folder, 0, 16); err != nil {
				t.Fatal(err)
			}
			p, err := startProcess(root, environment(root), false, "train", folder, "--data", data, "--json",
				"--batch", "4", "--steps", "100000", "--log-level", "debug")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _, _, _ = p.end(syscall.SIGKILL) })
			if err := p.await("step=10", time.Minute); err != nil {
				t.Fatal(err)
			}
			code, took, err := p.end(signal)
			if err != nil {
				t.Fatal(err)
			}
			if code != cli.ExitFailed || took > ending {
				t.Errorf("code %d after %v, want %d within %v", code, took, cli.ExitFailed, ending)
			}
			if want := `{"error":"`; !strings.HasPrefix(p.out.String(), want) || !strings.Contains(p.stderr(), "interrupted") {
				t.Errorf("standard output %q, standard error %q", p.out.String(), p.stderr())
			}
			p, err = startProcess(root, environment(root), false, "checkpoints", "--data", data, "--json", "--quiet")
			if err != nil {
				t.Fatal(err)
			}
			<-p.ended
			if text := p.out.String(); !strings.Contains(text, `"serving":"c1"`) || strings.Contains(text, `"c2"`) {
				t.Errorf("checkpoints afterwards: %s", text)
			}
		})
	}
}
