package config

import (
	"fmt"
	"strings"
)

// ExitCode is the exit code of a program on an *Error: EX_CONFIG of sysexits.
// The systemd unit takes it as "do not restart".
const ExitCode = 78

// Error is a configuration that was refused, with everything that is wrong with
// it. Find it with errors.As.
type Error struct {
	Problems []Problem // at least one, in the order of the file
}

// Problem is one thing that is wrong.
type Problem struct {
	Key   string // "learn.batch"; "" when the problem is about the whole file
	Where string // "FILE:LINE" or the name of the variable; "" for a flag or a default
	Text  string // what is wrong and what is allowed
	Err   error  // the cause, if there is one: a file that cannot be read
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

// Unwrap returns the causes, so that errors.Is finds fs.ErrNotExist.
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
func (p Problem) String() string { return located(p.Where, p.Key, p.Text) }

// located joins the parts that are not empty.
func located(where, key, text string) string {
	parts := make([]string, 0, 3)
	for _, s := range []string{where, key, text} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ": ")
}

// didYouMean ends a message with the nearest known name, if one is near.
func didYouMean(name string, known []string) string {
	// A third of the letters may be wrong. Section and prefix do not count as letters.
	own := strings.TrimPrefix(name[strings.LastIndex(name, ".")+1:], envPrefix)
	best, distance := "", len(own)/3+1
	for _, k := range known {
		// "batch" at the top level most likely means "learn.batch".
		if strings.HasSuffix(k, "."+name) {
			return fmt.Sprintf("; did you mean %q?", k)
		}
		if d := editDistance(name, k); d < distance {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// editDistance is the Levenshtein distance over bytes.
func editDistance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64 // no key is that long
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
