package replay

import "time"

// Entry is a frame that may be learned from.
type Entry struct {
	ID     uint64    // of the frame; higher is newer
	Source string    // source URI
	Time   time.Time // when it was taken

	// Live says that it comes from a camera: its source and time tell moments
	// apart. A folder's files may be of any time.
	Live bool
}
