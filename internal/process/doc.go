// Package process tells what Linux knows of the process that runs: its memory and
// its age.
package process
