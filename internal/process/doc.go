// Package process measures the running process with the numbers of Linux: its memory, its
// processor time and its age.
package process
