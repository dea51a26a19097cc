package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"edgeclr/cmd/internal/cli"
	"edgeclr/daemon/client"
)

// answer is what a command wrote and how it ended.
type answer struct {
	code        int
	out, errors string
}

// volatile are the parts of an answer that change from one moment to the next.
var volatile = regexp.MustCompile(`up [0-9hms.]+,|"(uptime_s|written_bytes|bytes|file_bytes)":[0-9.e+]+`)

func ask(t *testing.T, b *testDaemon, program, dir string, args ...string) answer {
	t.Helper()
	var out, log bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, append(b.environ, "EDGECLR_DATA="+b.data), &out, &log
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return answer{cmd.ProcessState.ExitCode(), volatile.ReplaceAllString(out.String(), "…"), volatile.ReplaceAllString(log.String(), "…")}
}

// buildLauncher builds the launcher in a folder of its own. There is no engine in it.
func buildLauncher(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "edgeclr")
	cmd := exec.Command("go", "build", "-trimpath", "-o", program, "../launcher") // as the Makefile does, whose build is cached
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return program
}

// What the launcher answers is a command of the engine too.
func TestLauncherCommands(t *testing.T) {
	for _, e := range cli.Answered() {
		if !slices.ContainsFunc(commands(), func(c cli.Entry) bool { return c.Name == e.Name && c.Usage() == e.Usage() && c.Short == e.Short }) {
			t.Errorf("the engine does not have %q", e.Usage())
		}
	}
}

// The launcher answers in the words of the engine while a daemon runs, and needs
// no engine for that.
func TestLauncherAnswers(t *testing.T) {
	launcher := buildLauncher(t)
	engine, err := exec.LookPath("edgeclr")
	if err != nil {
		t.Fatal(err)
	}
	b := newTestDaemon(t, "EDGECLR_LEARN_MIN_FRAMES=1000")
	b.render(0, 6)
	b.start()
	b.until("six frames", time.Minute, func(st client.Status) bool { return st.Embeddings == 6 })
	picture := b.files()[0]
	// Both start in the same folder, so that relative names read alike.
	dir := t.TempDir()
	for _, tt := range []struct {
		line string
		code int
	}{
		{"status", cli.ExitDone},
		{"status --json", cli.ExitDone},
		{"--json --quiet status", cli.ExitDone},
		{"status --help", cli.ExitDone},
		{"status --jsn --json", cli.ExitUsage},
		{"status --log-level loud", cli.ExitUsage},
		{"status --config none.yaml", cli.ExitConfig},
		{"status more", cli.ExitUsage},
		{"query 1", cli.ExitDone},
		{"-q query -k 2 1 --json", cli.ExitDone},
		{"query " + picture + " --json", cli.ExitDone},
		{"query 1 --html sheet.html --json", cli.ExitDone},
		{"query 1 --html none/sheet.html", cli.ExitFailed},
		{"query", cli.ExitUsage},
		{"query 1 -k 0 --json", cli.ExitUsage},
		{"query 1 --threads many", cli.ExitUsage},
		{"query 1 --size 64", cli.ExitUsage},
		{"query 99 --json", cli.ExitNothing},
		{"query 1 --checkpoint c9", cli.ExitNothing},
		{"label 1 2 nut", cli.ExitDone},
		{"label 1", cli.ExitUsage},
		{"label one nut", cli.ExitUsage},
		{"label 99 nut", cli.ExitNothing},
		{"labels --json", cli.ExitDone},
		{"labels", cli.ExitDone},
		{"checkpoints --json", cli.ExitDone},
		{"checkpoints promote c1", cli.ExitDone},
		{"checkpoints promote c9 --json", cli.ExitNothing},
		{"checkpoints rollback", cli.ExitNothing},
		{"checkpoints forget", cli.ExitUsage},
		{"pause", cli.ExitDone},
		{"resume --json", cli.ExitDone},
	} {
		t.Run(tt.line, func(t *testing.T) {
			args := strings.Fields(tt.line)
			want := ask(t, b, engine, dir, args...)
			got := ask(t, b, launcher, dir, args...)
			if want.code != tt.code {
				t.Errorf("the engine ends with %d, want %d: %s", want.code, tt.code, want.errors)
			}
			if got != want {
				t.Errorf("the launcher gives\n%+v\nand the engine\n%+v", got, want)
			}
		})
	}
	for _, line := range []string{"version", "help", "help status", "", "--version status", "backup copy.db", "no-such-command"} {
		if got := ask(t, b, launcher, dir, strings.Fields(line)...); got.code != 127 || got.out != "" || !strings.Contains(got.errors, "edgeclr-engine") {
			t.Errorf("%q, without the engine: %+v", line, got)
		}
	}
	b.terminate()

	if got := ask(t, b, launcher, dir, "status"); got.code != 127 || got.out != "" {
		t.Errorf("without a daemon and the engine: %+v", got)
	}
	if err := os.Symlink(engine, filepath.Join(filepath.Dir(launcher), "edgeclr-engine")); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, b, launcher, dir, "status", "--json"); got.code != cli.ExitDone || !strings.Contains(got.out, `"frames":6`) {
		t.Errorf("without a daemon: %+v", got)
	}
}
