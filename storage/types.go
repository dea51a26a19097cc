package storage

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// FrameID numbers the frames of a store: 1, 2, ... in the order they were
// stored. A number is never used again.
type FrameID uint64

func (id FrameID) String() string { return strconv.FormatUint(uint64(id), 10) }

// CheckpointID names a checkpoint: "c1", "c2", ... in the order they were
// stored. A name is never used again.
type CheckpointID string

func (id CheckpointID) number() (uint32, error) {
	digits, ok := strings.CutPrefix(string(id), "c")
	n, err := strconv.ParseUint(digits, 10, 32)
	if !ok || err != nil || n == 0 || checkpointID(uint32(n)) != id {
		return 0, fmt.Errorf("checkpoint %q: %w", string(id), ErrNotFound)
	}
	return uint32(n), nil
}

func checkpointID(n uint32) CheckpointID {
	return CheckpointID("c" + strconv.FormatUint(uint64(n), 10))
}

// Kept says what the store keeps of a frame's picture.
type Kept string

// What can be kept of a picture.
const (
	KeptFull      Kept = "full"      // the original bytes, or a re-encoded picture of full size
	KeptThumbnail Kept = "thumbnail" // a small JPEG
	KeptNone      Kept = "none"      // nothing: the frame cannot be embedded again
)

// Frame is one stored picture, without its bytes and vectors.
type Frame struct {
	ID            FrameID
	Source        string    // source URI
	Path          string    // file path, or the name a source gave; may be empty, need not be UTF-8
	Time          time.Time // when it was taken, as far as the source knows
	Stored        time.Time // when it was stored, by the board's clock
	Width, Height int       // pixels of the original, upright
	Format        string    // of the original: "jpeg", "png", ...
	SHA256        [32]byte  // of the original bytes
	Kept          Kept
	KeptBytes     int64  // size of what is kept
	Label         string // empty: none
}

// NewFrame is a frame to store.
type NewFrame struct {
	// Frame describes it. ID, Stored and KeptBytes are set by the store.
	Frame

	// Data is what is kept of the picture, at most MaxFrameBytes.
	Data []byte

	// Vector is its embedding by the checkpoint given to AddFrames; nil: none yet.
	Vector []float32

	// Replay is what is to be learned from it, whatever is kept of the picture;
	// nil: nothing.
	Replay *ReplayPicture

	// File is the state of the file it came from, remembered in the same
	// transaction so that Store.Seen knows it. nil: not from a file.
	File *FileState
}

// FileState is how a file looked when it was read.
type FileState struct {
	Path    string
	Size    int64
	ModTime time.Time
}

// Vector is the embedding of a frame.
type Vector struct {
	ID     FrameID
	Values []float32
}

// Checkpoint describes a version of the encoder. Its tensors are apart: see
// Store.Tensors.
type Checkpoint struct {
	ID      CheckpointID       `json:"id"`   // set by the store
	Kind    string             `json:"kind"` // KindPretrained, KindTrained or KindImported
	Arch    string             `json:"arch"`
	Size    int                `json:"size"`            // input side, pixels
	Blend   string             `json:"blend,omitempty"` // how its vectors are joined with the pretrained ones
	Dim     int                `json:"dim"`             // length of its vectors; 0: not checked
	Parent  CheckpointID       `json:"parent,omitempty"`
	Root    CheckpointID       `json:"root,omitempty"` // of a trained one: where the line of its parents began; protected while this one is there
	Step    int                `json:"step,omitempty"`
	Loss    float64            `json:"loss,omitempty"`
	Created time.Time          `json:"created"` // set by the store when zero
	Seed    uint64             `json:"seed,omitempty"`
	Note    string             `json:"note,omitempty"`
	Metrics map[string]float64 `json:"metrics,omitempty"`
}

// Kinds of checkpoints.
const (
	KindPretrained = "pretrained"
	KindTrained    = "trained"
	KindImported   = "imported"
)

// Limits of what can be stored.
const (
	MaxFrameBytes  = 64 << 20 // of a picture
	MaxReplayBytes = 1 << 20  // of a picture to learn from
	MaxVector      = 1 << 16  // values of an embedding
	maxName        = 4096     // bytes of a source, path or label
)
