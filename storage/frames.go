package storage

import (
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	"edgeclr/storage/record"
)

// FrameID numbers the frames of a store: 1, 2, ... in the order they were stored.
// A number is never used again.
type FrameID uint64

func (id FrameID) String() string { return strconv.FormatUint(uint64(id), 10) }

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

// Limits of a frame.
const (
	MaxFrameBytes = 64 << 20 // of a picture
	maxName       = 4096     // bytes of a source, a path and other names
)

// Frame returns one frame. Errors: ErrNotFound, ErrCorrupt.
func (s *Store) Frame(id FrameID) (f Frame, err error) {
	err = s.view("read frame", func(t txn) error {
		f, err = t.requireFrame(id)
		return err
	})
	return f, err
}

// Frames calls fn for each frame with a number above after, in order. fn runs
// outside of any transaction: it may take its time and call the store. Frames
// that are added meanwhile are included. An error of fn ends the walk and is
// returned as it is. Damaged frames are left out: when the walk is done,
// ErrCorrupt says that fn saw all others.
func (s *Store) Frames(ctx context.Context, after FrameID, fn func(Frame) error) error {
	frames := pages[Frame]{bucket: bucketFrames, after: frameKey(after), size: pageRows,
		decode: func(t txn, key, raw []byte) (Frame, bool, error) {
			id, err := keyUint64(bucketFrames, key)
			if err != nil {
				return Frame{}, false, err
			}
			payload, err := unseal(bucketFrames, key, raw)
			if err != nil {
				return Frame{}, false, err
			}
			f, err := t.decodeFrame(FrameID(id), payload)
			return f, true, err
		}}
	return frames.each(ctx, s, "read frames", fn)
}

// FindContent returns the frame that was stored from the same bytes at the same
// path, the newest one if there are several.
func (s *Store) FindContent(sha [32]byte, path string) (id FrameID, ok bool, err error) {
	err = s.view("look for content", func(t txn) error {
		key, err := t.get(bucketContent, contentKey(sha, path))
		if err != nil || len(key) != 8 {
			return err
		}
		f, found, err := t.frame(FrameID(binary.BigEndian.Uint64(key)))
		if found && f.SHA256 == sha && f.Path == path {
			id, ok = f.ID, true
		}
		return err
	})
	return id, ok, err
}

// frame reads one frame. ok is false if there is none.
func (t txn) frame(id FrameID) (f Frame, ok bool, err error) {
	payload, err := t.get(bucketFrames, frameKey(id))
	if payload == nil || err != nil {
		return Frame{}, false, err
	}
	f, err = t.decodeFrame(id, payload)
	return f, err == nil, err
}

// requireFrame is frame with ErrNotFound for a missing one.
func (t txn) requireFrame(id FrameID) (Frame, error) {
	f, ok, err := t.frame(id)
	if err == nil && !ok {
		err = fmt.Errorf("frame %d: %w", id, ErrNotFound)
	}
	return f, err
}

// decodeFrame completes a verified record with its id and label.
func (t txn) decodeFrame(id FrameID, payload []byte) (Frame, error) {
	key := frameKey(id)
	f, ok := decodeFrameRecord(payload)
	if !ok {
		return Frame{}, corrupt(bucketFrames, key, "the record cannot be read")
	}
	label, err := t.get(bucketLabels, key)
	if err != nil {
		return Frame{}, err
	}
	f.ID, f.Label = id, string(label)
	return f, nil
}

const frameRecordVersion = 1

// appendFrameRecord encodes a frame without its id, which is the key, and its
// label, which has a bucket of its own. Unlike JSON, the encoding is exact for
// paths that are not UTF-8.
func appendFrameRecord(b []byte, f Frame) []byte {
	b = append(b, frameRecordVersion)
	b = record.AppendString(b, f.Source)
	b = record.AppendString(b, f.Path)
	b = record.AppendTime(b, f.Time)
	b = record.AppendTime(b, f.Stored)
	b = binary.AppendUvarint(b, uint64(f.Width))
	b = binary.AppendUvarint(b, uint64(f.Height))
	b = record.AppendString(b, f.Format)
	b = append(b, f.SHA256[:]...)
	b = record.AppendString(b, string(f.Kept))
	return binary.AppendUvarint(b, uint64(f.KeptBytes))
}

// decodeFrameRecord reads what appendFrameRecord wrote. The frame holds no
// reference to b.
func decodeFrameRecord(b []byte) (Frame, bool) {
	if len(b) == 0 || b[0] != frameRecordVersion {
		return Frame{}, false
	}
	r := record.NewReader(b[1:])
	f := Frame{Source: r.String(), Path: r.String(), Time: r.Time(), Stored: r.Time(),
		Width: int(r.Uint()), Height: int(r.Uint()), Format: r.String()}
	copy(f.SHA256[:], r.Bytes(uint64(len(f.SHA256))))
	f.Kept = Kept(r.String())
	f.KeptBytes = int64(r.Uint())
	if f.Width < 0 || f.Height < 0 || f.KeptBytes < 0 || f.KeptBytes > MaxFrameBytes {
		return Frame{}, false
	}
	return f, r.Done()
}
