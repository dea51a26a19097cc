package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"edgeclr/systemd/vm/promises"
)

// promiseLimit is how long the proof of one promise may take. Each wait in the proof
// has a shorter deadline of its own. This one is for everything else.
const promiseLimit = 30 * time.Minute

// journalLimit is how long reading the journal of a guest may take.
const journalLimit = 30 * time.Second

// report prints which promises were kept. It is safe for concurrent use.
type report struct {
	verbose bool
	start   time.Time

	mu             sync.Mutex // also of standard output
	passed, failed int
}

func newReport(verbose bool) *report { return &report{verbose: verbose, start: time.Now()} }

// prove proves one promise and reports whether it is kept.
func (r *report) prove(ctx context.Context, bench *promises.Bench, p promises.Promise) bool {
	began := time.Now()
	limited, cancel := context.WithTimeout(ctx, promiseLimit)
	err := bench.On(limited)
	if err == nil {
		err = p.Prove(limited, bench)
	}
	cancel()
	journal := ""
	if err != nil && ctx.Err() == nil {
		asking, cancel := context.WithTimeout(ctx, journalLimit)
		journal = indent("the journal:\n"+bench.Journal(asking)) + "\n"
		cancel()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	took := int(time.Since(began).Seconds())
	if err == nil {
		r.passed++
		fmt.Printf("%-6s %4ds  %s\n", "ok", took, p.Name)
		return true
	}
	r.failed++
	fmt.Printf("%-6s %4ds  %s\n%s\n%s", "FAILED", took, p.Name, indent(err.Error()), journal)
	return false
}

// close prints how many promises passed and failed. It returns an error unless all were
// kept.
func (r *report) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	took := time.Since(r.start).Round(time.Second)
	fmt.Printf("\ntest-vm (%d s)\n%d passed, %d failed\n", int(took.Seconds()), r.passed, r.failed)
	if r.failed > 0 || r.passed == 0 {
		return fmt.Errorf("not all promises are kept (after %v)", took)
	}
	return nil
}

// logger returns a function that prints the steps of a machine.
func (r *report) logger(machine string) func(format string, args ...any) {
	return func(format string, args ...any) {
		if !r.verbose {
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		fmt.Println(indent(fmt.Sprintf("%4ds %s: %s", int(time.Since(r.start).Seconds()), machine, fmt.Sprintf(format, args...))))
	}
}

func indent(text string) string { return "       " + strings.ReplaceAll(text, "\n", "\n       ") }
