// Package directory is the source dir:PATH, a folder whose files are frames:
// those that lie in it or below it, and those that arrive. [Walk] goes
// through a folder once, for commands that need no watching.
//
// One goroutine, that of Run, owns a source: it waits for events of inotify, for
// timers of files that are still being written, and for the next rescan. What
// belongs to what:
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
// fsnotify does not tell when a writer closes its file. A file is therefore read
// when its size and modification time have rested for a while, and they are
// checked again after reading. A writer that pauses for longer is read half-way,
// counted as truncated, and read again when it goes on.
package directory
