package cli

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// echo is a command that answers with its flag and arguments.
type echo struct{ loud bool }

func (e *echo) Flags(fs *pflag.FlagSet) { fs.BoolVar(&e.loud, "loud", false, "shout") }

func (e *echo) Run(_ context.Context, a *App, args []string) error {
	text := strings.Join(args, " ")
	if e.loud {
		text = strings.ToUpper(text)
	}
	return a.Answer(text)
}

func testApp(t *testing.T) (a *App, stdout, stderr *bytes.Buffer) {
	t.Helper()
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	return &App{
		Stdout: stdout, Stderr: stderr, Environ: []string{"HOME=" + t.TempDir(), "EDGECLR_DATA=" + t.TempDir()}, Version: "1.2",
		Commands: []Entry{{"echo", "WORD...", "say it again", func() Command { return &echo{} }}},
	}, stdout, stderr
}

// Flags that every command has may come before or after its name. Its own flags must
// come after it.
func TestCommandLine(t *testing.T) {
	for _, tt := range []struct {
		line  string
		code  int
		out   string // standard output contains it
		err   string // standard error contains it
		knows bool
	}{
		{"echo a b", ExitDone, `"a b"`, "", true},
		{"echo --loud a", ExitDone, `"A"`, "", true},
		{"--quiet --log-level warn echo a --loud", ExitDone, `"A"`, "", true},
		{"-- echo a", ExitDone, `"a"`, "", true},
		{"echo -- --loud", ExitDone, `"--loud"`, "", true},
		{"echo --help", ExitDone, "Say it again.", "", true},
		{"echo --version", ExitDone, "edgeclr 1.2\n", "", true},
		{"echo --lod --json", ExitUsage, `"exit":2`, "unknown flag: --lod", true},
		{"echo --log-level loud", ExitUsage, "", "--log-level", true},
		{"--loud echo a", ExitUsage, "", "own flags come after its name", false},
		{"--version echo", ExitDone, "edgeclr 1.2\n", "", false},
		{"--help", ExitDone, "echo WORD...", "", false},
		{"help", ExitDone, "Exit codes:", "", false},
		{"help echo", ExitDone, "Say it again.", "", false},
		{"version --json", ExitDone, "edgeclr 1.2", "", false},
		{"shout", ExitUsage, "", `no command "shout"`, false},
		{"", ExitUsage, "", "name a command", false},
	} {
		t.Run(tt.line, func(t *testing.T) {
			a, stdout, stderr := testApp(t)
			args := strings.Fields(tt.line)
			if knows := a.Knows(slices.Clone(args)); knows != tt.knows {
				t.Errorf("knows it: %v", knows)
			}
			if a.JSON || a.Quiet || stdout.Len()+stderr.Len() > 0 {
				t.Error("asking whether it knows a command changes something")
			}
			if code := a.Main(t.Context(), args); code != tt.code || !strings.Contains(stdout.String(), tt.out) || !strings.Contains(stderr.String(), tt.err) {
				t.Errorf("code %d\n%s\n%s", code, stdout, stderr)
			}
		})
	}
}

// Nothing is written and no command runs before Prepare's result is called.
func TestPrepare(t *testing.T) {
	a, stdout, stderr := testApp(t)
	run, err := a.Prepare([]string{"echo", "a", "--json"})
	if err != nil || run == nil || stdout.Len()+stderr.Len() > 0 || a.Config.Data == "" || !a.JSON {
		t.Fatalf("%v, %q, %q, %+v", err, stdout, stderr, a.Config.Data)
	}
	if err := run(t.Context()); err != nil || stdout.String() != "\"a\"\n" {
		t.Errorf("%v, %q", err, stdout)
	}
	if _, err := a.Prepare([]string{"echo", "--config", "none.yaml"}); ExitCode(err) != ExitConfig {
		t.Errorf("%v", err)
	}
}

// With --json, standard output ends with one object, whatever happens.
func TestEnd(t *testing.T) {
	a, stdout, stderr := testApp(t)
	a.JSON = true
	if code := a.End(context.Canceled); code != ExitFailed || stdout.String() != `{"error":"interrupted","exit":1}`+"\n" || stderr.String() != "edgeclr: interrupted\n" {
		t.Errorf("%d, %q, %q", code, stdout, stderr)
	}
	a, stdout, stderr = testApp(t)
	a.JSON, a.Journal = true, true
	if err := a.Answer(42); err != nil {
		t.Fatal(err)
	}
	if code := a.End(errors.New("late")); code != ExitFailed || stdout.String() != "42\n" || !strings.HasPrefix(stderr.String(), "<3>edgeclr: late") {
		t.Errorf("%d, %q, %q", code, stdout, stderr)
	}
}
