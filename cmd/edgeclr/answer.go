package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"edgeclr/systemd"
)

// result is a command's answer: one JSON object as the last line of standard
// output, or text for a person.
func (a *app) result(value any, human func(w io.Writer)) error {
	if !a.json {
		human(a.stdout)
		return nil
	}
	if !a.quiet {
		human(a.stderr)
	}
	return a.answer(value)
}

func (a *app) answer(value any) error {
	line, err := json.Marshal(value)
	if err != nil {
		return err
	}
	a.answered = true
	_, err = fmt.Fprintf(a.stdout, "%s\n", line)
	return err
}

// complain tells why the command failed. With --json the last line of standard
// output is an object then too, unless the command has given its answer.
func (a *app) complain(err error) {
	text := err.Error()
	if errors.Is(err, context.Canceled) {
		text = "interrupted"
	}
	level := ""
	if a.journal {
		level = systemd.PrefixError
	}
	fmt.Fprintln(a.stderr, level+"edgeclr:", text)
	if !a.json || a.answered {
		return
	}
	// If standard output fails as well, the exit code still tells.
	_ = a.answer(struct {
		Error string `json:"error"`
		Exit  int    `json:"exit"`
	}{text, exitCode(err)})
}

// say tells the person something beside the result.
func (a *app) say(format string, args ...any) {
	if !a.quiet {
		fmt.Fprintf(a.stderr, format+"\n", args...)
	}
}
