// Package process measures the running process with the numbers of Linux: its memory
// and its age.
package process
