// Package directory is the source dir:PATH. It delivers the files that lie in a
// folder or below it, and then the files that arrive there. [Walk] goes
// through a folder once, for commands that need no watching.
//
// The goroutine that calls Run owns a source. It waits for events of inotify, for
// timers of files that are still being written, and for the next rescan. The files
// of this package:
//
//	source.go    opening a folder; which names count
//	watch.go     the loop, and what an event means
//	scan.go      the walk at the start and at each rescan
//	settling.go  files that are still being written
//	delivery.go  reading a file and delivering it
//	cursor.go    which files are done, and which are on their way to the store
//
// A directory delivers each state of a file at least once, across restarts too.
// A frame counts as delivered when the [Cursor] of the caller knows it.
//
// fsnotify does not tell when a writer closes its file. So a file is read when its
// size and modification time have not changed for a while (Options.Settle). Both are
// checked again after reading. If a writer pauses for longer, its unfinished file is
// read, counted as truncated, and read again when the writer goes on.
package directory
