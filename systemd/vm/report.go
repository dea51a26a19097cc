package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"edgeclr/systemd/vm/promises"
)

// promiseLimit is how long one promise may take. Each wait in it has a deadline
// of its own; this one is for what no wait is about.
const promiseLimit = 20 * time.Minute

// journalLimit is for asking a guest why it failed.
const journalLimit = 30 * time.Second

// report prints what became of the promises.
type report struct {
	verbose        bool
	start          time.Time
	passed, failed int
}

// prove proves the promises whose names match, after the first one. When that one
// is not kept, there is no service to prove the others of.
func (r *report) prove(ctx context.Context, bench *promises.Bench, chosen *regexp.Regexp, installed bool) {
	for i, p := range promises.All() {
		if i == 0 && installed || i > 0 && !chosen.MatchString(p.Name) {
			continue
		}
		began := time.Now()
		limited, cancel := context.WithTimeout(ctx, promiseLimit)
		err := bench.On(limited)
		if err == nil {
			err = p.Prove(limited, bench)
		}
		cancel()
		took := time.Since(began).Round(time.Second)
		if err == nil {
			r.passed++
			fmt.Printf("%-6s %4ds  %s\n", "ok", int(took.Seconds()), p.Name)
			continue
		}
		r.failed++
		fmt.Printf("%-6s %4ds  %s\n%s\n", "FAILED", int(took.Seconds()), p.Name, indent(err.Error()))
		if ctx.Err() != nil {
			return
		}
		asking, cancel := context.WithTimeout(ctx, journalLimit)
		fmt.Printf("%s\n", indent("the journal:\n"+bench.Journal(asking)))
		cancel()
		if i == 0 {
			return
		}
	}
}

// close prints the sum.
func (r *report) close() error {
	fmt.Printf("%d passed, %d failed\n", r.passed, r.failed)
	if r.failed > 0 || r.passed == 0 {
		return fmt.Errorf("not all promises are kept (after %v)", time.Since(r.start).Round(time.Second))
	}
	return nil
}

// detail prints what is done meanwhile.
func (r *report) detail(format string, args ...any) {
	if r.verbose {
		fmt.Println(indent(fmt.Sprintf("%4ds: "+format, append([]any{int(time.Since(r.start).Seconds())}, args...)...)))
	}
}

func indent(text string) string { return "       " + strings.ReplaceAll(text, "\n", "\n       ") }
