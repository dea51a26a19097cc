package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"edgeclr/systemd"
)

// Result gives the command's answer as text for a person, on standard output. With
// --json the last line of standard output is one JSON object, and the text goes to
// standard error.
func (a *App) Result(value any, human func(w io.Writer)) error {
	if !a.JSON {
		human(a.Stdout)
		return nil
	}
	if !a.Quiet {
		human(a.Stderr)
	}
	return a.Answer(value)
}

// Answer writes the JSON object that a command ends with.
func (a *App) Answer(value any) error {
	line, err := json.Marshal(value)
	if err != nil {
		return err
	}
	a.answered = true
	_, err = fmt.Fprintf(a.Stdout, "%s\n", line)
	return err
}

// reportError tells why the command failed. With --json the last line of standard
// output is an object with the error, unless the command has given its answer.
func (a *App) reportError(err error) {
	text := err.Error()
	if errors.Is(err, context.Canceled) {
		text = "interrupted"
	}
	level := ""
	if a.Journal {
		level = systemd.PrefixError
	}
	fmt.Fprintln(a.Stderr, level+"edgeclr:", text)
	if !a.JSON || a.answered {
		return
	}
	// If standard output fails as well, the exit code still tells.
	_ = a.Answer(struct {
		Error string `json:"error"`
		Exit  int    `json:"exit"`
	}{text, ExitCode(err)})
}

// Say tells the person something beside the result.
func (a *App) Say(format string, args ...any) {
	if !a.Quiet {
		fmt.Fprintf(a.Stderr, format+"\n", args...)
	}
}
