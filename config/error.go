package config

import (
	"fmt"
	"strings"
)

// ExitCode is what a program ends with on an *Error: sysexits' EX_CONFIG,
// which the systemd unit takes as "do not restart".
const ExitCode = 78

// Error is a configuration that was refused, with everything that is wrong
// with it. Find it with errors.As.
type Error struct {
	Problems []Problem // at least one, in the order of the file
}

// Problem is one thing that is wrong.
type Problem struct {
	Key   string // "learn.batch"; "" when it is about the whole file
	Where string // "FILE:LINE" or the variable's name; "" for a flag or a default
	Text  string // what is wrong and what is allowed
	Err   error  // the cause, where there is one: a file that cannot be read
}

// Error puts each problem on its own line.
func (e *Error) Error() string {
	if len(e.Problems) == 1 {
		return "bad configuration: " + e.Problems[0].String()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "bad configuration, %d problems:", len(e.Problems))
	for _, p := range e.Problems {
		b.WriteString("\n  " + strings.ReplaceAll(p.String(), "\n", "\n    "))
	}
	return b.String()
}

// Unwrap gives the causes, so that errors.Is finds fs.ErrNotExist.
func (e *Error) Unwrap() []error {
	var causes []error
	for _, p := range e.Problems {
		if p.Err != nil {
			causes = append(causes, p.Err)
		}
	}
	return causes
}

// String is "FILE:LINE: key: text".
func (p Problem) String() string {
	parts := make([]string, 0, 3)
	for _, s := range []string{p.Where, p.Key, p.Text} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ": ")
}
