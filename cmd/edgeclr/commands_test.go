package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"edgeclr/cmd/internal/cli"
)

// echoCommand is what the file of a new command holds.
type echoCommand struct{ times int }

func (c *echoCommand) Flags(fs *pflag.FlagSet) {
	fs.IntVar(&c.times, "times", 1, "how often")
}

func (c *echoCommand) Run(_ context.Context, a *cli.App, args []string) error {
	if len(args) != 1 {
		return cli.Usagef("echo takes one word: edgeclr echo WORD")
	}
	report := struct {
		Text string `json:"text"`
	}{strings.Repeat(args[0], c.times)}
	return a.Result(report, func(w io.Writer) { fmt.Fprintln(w, report.Text) })
}

// A command is a struct and a line of the registry: help, flags, JSON and exit
// codes follow from them.
func TestANewCommandIsOneFileAndOneLine(t *testing.T) {
	list := append(commands(),
		cli.Entry{Name: "echo", Args: "WORD", Short: "say a word again", Make: func() cli.Command { return &echoCommand{} }})
	for _, tt := range []struct {
		args   string
		code   int
		stdout string
		stderr string
	}{
		{"help", 0, "  echo WORD                              say a word again\n", ""},
		{"help echo", 0, "edgeclr echo WORD\n\nSay a word again.\n\nFlags:\n      --times int", ""},
		{"echo a --times 3", 0, "aaa\n", ""},
		{"--json echo a", 0, "{\"text\":\"a\"}\n", "a\n"},
		{"echo", 2, "", "edgeclr: echo takes one word"},
		{"echo a --times many", 2, "", "edgeclr: --times \"many\" is not a whole number; `edgeclr echo --help` lists the flags"},
	} {
		t.Run(tt.args, func(t *testing.T) {
			var out, errs bytes.Buffer
			a := &cli.App{Stdout: &out, Stderr: &errs, Environ: []string{"HOME=" + t.TempDir()}, Version: "test", Commands: list}
			if code := a.Main(t.Context(), strings.Fields(tt.args)); code != tt.code {
				t.Errorf("code %d, want %d", code, tt.code)
			}
			if !strings.Contains(out.String(), tt.stdout) || !strings.Contains(errs.String(), tt.stderr) {
				t.Errorf("stdout %q, want %q\nstderr %q, want %q", out.String(), tt.stdout, errs.String(), tt.stderr)
			}
		})
	}
}

// Each command is in the file of its name.
func TestACommandsFileHasItsName(t *testing.T) {
	for _, e := range commands() {
		if made := fmt.Sprintf("%T", e.Make()); !strings.HasPrefix(made, "*main.") {
			continue // of package cli, which the launcher shares
		}
		text, err := os.ReadFile(filepath.Join(".", e.Name+".go"))
		if err != nil {
			t.Error(err)
		} else if !bytes.Contains(text, []byte("type "+e.Name+"Command struct")) {
			t.Errorf("%s.go does not hold the type %sCommand", e.Name, e.Name)
		}
	}
}
