package main

import (
	"os"

	"golang.org/x/term"
)

// terminals are the standard streams that are a terminal.
type terminals []int

func findTerminals() (found terminals) {
	for _, file := range []*os.File{os.Stdin, os.Stdout, os.Stderr} {
		if fd := int(file.Fd()); term.IsTerminal(fd) {
			found = append(found, fd)
		}
	}
	return found
}

// gone tells whether one of them is there no more: its window was closed, or
// its connection broke.
func (t terminals) gone() bool {
	for _, fd := range t {
		if !term.IsTerminal(fd) {
			return true
		}
	}
	return false
}
