package main

import (
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"edgeclr/cmd/internal/cli"
)

// terminals are the file descriptors of those standard streams that are terminals.
type terminals []int

func findTerminals() (found terminals) {
	for _, file := range []*os.File{os.Stdin, os.Stdout, os.Stderr} {
		if fd := int(file.Fd()); term.IsTerminal(fd) {
			found = append(found, fd)
		}
	}
	return found
}

// gone reports whether one of them no longer exists: its window was closed, or its
// connection broke.
func (t terminals) gone() bool {
	for _, fd := range t {
		if !term.IsTerminal(fd) {
			return true
		}
	}
	return false
}

// bar shows the progress of long work on a terminal. It shows nothing elsewhere.
type bar struct{ bar *progressbar.ProgressBar }

// newBar begins a bar. A total below 1 is unknown.
func newBar(a *cli.App, total int, what string) *bar {
	file, ok := a.Stderr.(*os.File)
	if a.Quiet || !ok || !term.IsTerminal(int(file.Fd())) {
		return &bar{}
	}
	if total < 1 {
		total = -1
	}
	return &bar{progressbar.NewOptions(total, progressbar.OptionSetWriter(a.Stderr), progressbar.OptionSetDescription(what),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionShowCount(), progressbar.OptionSetWidth(30),
		progressbar.OptionClearOnFinish())}
}

func (b *bar) set(n int) {
	if b.bar != nil {
		_ = b.bar.Set(n)
	}
}

func (b *bar) describe(text string) {
	if b.bar != nil {
		b.bar.Describe(text)
	}
}

func (b *bar) done() {
	if b.bar != nil {
		_ = b.bar.Finish()
	}
}
