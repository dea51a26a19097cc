package storage

import (
	"context"
	"fmt"

	"edgeclr/storage/record"
)

// NewFrame is a frame to store.
type NewFrame struct {
	// Frame describes it. The store sets ID, Stored and KeptBytes. An empty Kept
	// means full if there is Data, and none otherwise.
	Frame

	// Data is what is kept of the picture, at most MaxFrameBytes.
	Data []byte

	// Vectors are those by the encoders given to AddFrames, one of each. nil: none yet.
	Vectors [][]float32

	// Replay is the picture to learn from. It does not depend on Data.
	// nil: nothing is learned from this frame.
	Replay *ReplayPicture

	// File is the state of the file it came from. It is remembered in the same
	// transaction, so that Store.Seen knows it. nil: not from a file.
	File *FileState
}

// AddFrames stores frames and returns their numbers, in order. It is one
// transaction: it stores all frames with their pictures, vectors, labels, file
// states and counts, or nothing. The encoders computed the vectors: nil if no frame has
// one. Errors: ErrInvalid, ErrFull.
//
// A transaction costs two syncs and some twenty rewritten pages whatever its
// size. On an SD card, store several frames together: with pictures of 15 kB and
// vectors of 5 kB in a store of 20,000, a frame stored alone wrote 117 kB, and
// one of eight stored together 41 kB.
func (s *Store) AddFrames(ctx context.Context, encoders []Encoder, fs []NewFrame) ([]FrameID, error) {
	const op = "store frames"
	if len(fs) == 0 {
		return nil, nil
	}
	for i := range fs {
		if err := fs[i].validate(); err != nil {
			return nil, classify(op, s.path, fmt.Errorf("frame %d of %d (%.200q): %w", i+1, len(fs), fs[i].Path, err))
		}
	}
	ids := make([]FrameID, len(fs))
	now := s.opt.Now().UTC()
	err := s.update(ctx, op, func(t txn) error {
		numbers, err := t.encoderNumbers(encoders)
		if err != nil {
			return err
		}
		for i := range fs {
			f := fs[i].Frame
			t.st.LastFrame++
			f.ID, f.Stored, f.KeptBytes = t.st.LastFrame, now, int64(len(fs[i].Data))
			if f.Kept == "" {
				f.Kept = defaultKept(fs[i].Data)
			}
			if err := t.addFrame(f, &fs[i]); err != nil {
				return err
			}
			if err := t.addVectors(encoders, numbers, f.ID, fs[i].Vectors); err != nil {
				return err
			}
			ids[i] = f.ID
		}
		t.st.Frames += len(fs)
		t.st.Stored += uint64(len(fs))
		t.st.Seen += uint64(len(fs))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

func (t txn) addFrame(f Frame, n *NewFrame) error {
	key := frameKey(f.ID)
	if err := t.putReserved(bucketFrames, key, appendFrameRecord(record.Reserve(256), f)); err != nil {
		return err
	}
	if err := t.put(bucketContent, contentKey(f.SHA256, f.Path), key); err != nil {
		return err
	}
	if err := t.putPicture(bucketData, f.ID, n.Data); err != nil {
		return err
	}
	if n.Replay != nil {
		if err := t.putReplay(f, n.Replay); err != nil {
			return err
		}
	}
	if f.Label != "" {
		if err := t.put(bucketLabels, key, []byte(f.Label)); err != nil {
			return err
		}
	}
	if n.File == nil {
		return nil
	}
	return t.putFile(f.Source, n.File.Path, fileRecord{size: n.File.Size, modTime: n.File.ModTime, frame: f.ID})
}

// addVectors stores the vectors of a frame, one by each encoder, or none.
func (t txn) addVectors(encoders []Encoder, numbers []uint32, id FrameID, vectors [][]float32) error {
	if vectors != nil && len(vectors) != len(encoders) {
		return fmt.Errorf("%w: %d vectors for frame %d by %d encoders", ErrInvalid, len(vectors), id, len(encoders))
	}
	for i, values := range vectors {
		if err := t.putVector(encoders[i], numbers[i], Vector{id, values}); err != nil {
			return err
		}
	}
	return nil
}

func (n *NewFrame) validate() error {
	switch n.Kept {
	case "":
	case KeptNone:
		if len(n.Data) > 0 {
			return fmt.Errorf("%w: %d bytes for a picture that is not kept", ErrInvalid, len(n.Data))
		}
	case KeptFull, KeptThumbnail:
		if len(n.Data) == 0 {
			return fmt.Errorf("%w: no bytes for a picture kept as %s", ErrInvalid, n.Kept)
		}
	default:
		return fmt.Errorf("%w: kept %q, want full, thumbnail or none", ErrInvalid, n.Kept)
	}
	switch {
	case len(n.Data) > MaxFrameBytes:
		return fmt.Errorf("%w: picture of %d bytes, at most %d", ErrInvalid, len(n.Data), MaxFrameBytes)
	case n.Width < 0 || n.Height < 0:
		return fmt.Errorf("%w: size %d x %d", ErrInvalid, n.Width, n.Height)
	case len(n.Source) > maxName || len(n.Path) > maxName || len(n.Format) > maxName:
		return fmt.Errorf("%w: source, path or format longer than %d bytes", ErrInvalid, maxName)
	}
	if n.File != nil {
		if err := validFile(n.Source, n.File.Path); err != nil {
			return err
		}
	}
	if p := n.Replay; p != nil && (len(p.JPEG) == 0 || len(p.JPEG) > MaxReplayBytes) {
		return fmt.Errorf("%w: picture to learn from of %d bytes, from 1 to %d", ErrInvalid, len(p.JPEG), MaxReplayBytes)
	}
	return validLabel(n.Label)
}

func defaultKept(data []byte) Kept {
	if len(data) > 0 {
		return KeptFull
	}
	return KeptNone
}
