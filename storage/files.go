package storage

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"edgeclr/storage/record"
)

// FileState is the size and the modification time of a file when it was read. The
// store remembers it for each file of a folder, so that a file that did not change
// is not stored again.
type FileState struct {
	Path    string
	Size    int64
	ModTime time.Time
}

// Limits of failures.
const (
	maxReason  = 100 // bytes
	maxReasons = 100 // different ones; further ones are counted as "other"
)

// Seen reports whether a file of a source was stored, or failed, with the same
// size and modification time. It stays true when retention deletes the frame, so
// that the file is not stored again.
func (s *Store) Seen(source, path string, size int64, modTime time.Time) (seen bool, err error) {
	err = s.view("look for file", func(t txn) error {
		key := fileKey(source, path)
		payload, err := t.get(bucketFiles, key)
		if payload == nil || err != nil {
			return err
		}
		rec, ok := decodeFileRecord(payload)
		if !ok {
			return corrupt(bucketFiles, key, "the record cannot be read")
		}
		seen = rec.size == size && rec.modTime.Equal(modTime)
		return nil
	})
	return seen, err
}

// MarkSeen remembers the present state of a file whose content is stored already
// as that frame: the file was touched, or written again with the same bytes.
// Nothing is counted.
func (s *Store) MarkSeen(ctx context.Context, source string, file FileState, frame FrameID) error {
	const op = "remember file"
	if err := validFile(source, file.Path); err != nil {
		return classify(op, s.path, fmt.Errorf("%.200q: %w", file.Path, err))
	}
	if frame == 0 { // a file record with frame 0 is a failure
		return classify(op, s.path, fmt.Errorf("%w: frame 0", ErrInvalid))
	}
	return s.update(ctx, op, func(t txn) error {
		return t.putFile(source, file.Path, fileRecord{size: file.Size, modTime: file.ModTime, frame: frame})
	})
}

// AddFailure counts a picture that could not be stored, by reason. It also
// remembers the file's state, so that the file is not tried again until it
// changes. file may be nil: the failure is only counted. at is when it happened.
func (s *Store) AddFailure(ctx context.Context, source string, file *FileState, reason string, at time.Time) error {
	const op = "store failure"
	if file != nil {
		if err := validFile(source, file.Path); err != nil {
			return classify(op, s.path, fmt.Errorf("%.200q: %w", file.Path, err))
		}
	}
	reason = strings.ToValidUTF8(reason, "?")
	if len(reason) > maxReason {
		reason = strings.ToValidUTF8(reason[:maxReason], "")
	}
	return s.update(ctx, op, func(t txn) error {
		t.st.Seen++
		t.st.Failed++
		// Reasons are a fixed few. A caller that puts paths into them must not make
		// the state grow without end.
		if _, known := t.st.Reasons[reason]; !known && len(t.st.Reasons) >= maxReasons {
			reason = "other"
		}
		t.st.Reasons[reason]++
		if file == nil {
			return nil
		}
		return t.putFile(source, file.Path, fileRecord{size: file.Size, modTime: file.ModTime, reason: reason, at: at})
	})
}

// Failure is a file that could not be stored.
type Failure struct {
	File   FileState
	Reason string
	Time   time.Time
}

// Failures calls fn for each file of a source that failed and was not stored
// since, ordered by path. fn runs outside of any transaction. Damaged records are
// left out: with ErrCorrupt fn saw all others.
func (s *Store) Failures(ctx context.Context, source string, fn func(Failure) error) error {
	prefix := fileKey(source, "")
	failures := pages[Failure]{bucket: bucketFiles, prefix: prefix, size: pageKeys,
		decode: func(_ txn, key, raw []byte) (Failure, bool, error) {
			payload, err := unseal(bucketFiles, key, raw)
			if err != nil {
				return Failure{}, false, err
			}
			rec, ok := decodeFileRecord(payload)
			if !ok {
				return Failure{}, false, corrupt(bucketFiles, key, "the record cannot be read")
			}
			file := FileState{Path: string(key[len(prefix):]), Size: rec.size, ModTime: rec.modTime}
			return Failure{File: file, Reason: rec.reason, Time: rec.at}, rec.frame == 0, nil
		}}
	return failures.each(ctx, s, "read failures", fn)
}

// ForgetFiles forgets the files of a source for which gone returns true, and
// returns how many. Without it, a folder whose files come and go would fill the
// store with their names. gone runs outside of any transaction.
func (s *Store) ForgetFiles(ctx context.Context, source string, gone func(path string) bool) (int, error) {
	const op = "forget files"
	prefix := fileKey(source, "")
	forgotten := 0
	files := pages[[]byte]{bucket: bucketFiles, prefix: prefix, size: pageKeys,
		decode: func(_ txn, key, _ []byte) ([]byte, bool, error) { return bytes.Clone(key), true, nil }}
	err := files.eachPage(ctx, s, op, func(keys [][]byte) error {
		var drop [][]byte
		for _, key := range keys {
			if gone(string(key[len(prefix):])) {
				drop = append(drop, key)
			}
		}
		if len(drop) == 0 {
			return nil
		}
		err := s.update(ctx, op, func(t txn) error { return t.del(bucketFiles, drop...) })
		if err == nil {
			forgotten += len(drop)
		}
		return err
	})
	return forgotten, err
}

// fileRecord is what the store remembers of one file.
type fileRecord struct {
	size    int64
	modTime time.Time
	frame   FrameID // 0: it failed
	reason  string  // why it failed
	at      time.Time
}

func (r fileRecord) encode() []byte {
	b := binary.AppendVarint(nil, r.size)
	b = record.AppendTime(b, r.modTime)
	b = binary.AppendUvarint(b, uint64(r.frame))
	if r.frame == 0 {
		b = record.AppendTime(record.AppendString(b, r.reason), r.at)
	}
	return b
}

func decodeFileRecord(b []byte) (fileRecord, bool) {
	r := record.NewReader(b)
	rec := fileRecord{size: r.Int(), modTime: r.Time(), frame: FrameID(r.Uint())}
	if rec.frame == 0 {
		rec.reason, rec.at = r.String(), r.Time()
	}
	return rec, r.Done()
}

func (t txn) putFile(source, path string, rec fileRecord) error {
	return t.put(bucketFiles, fileKey(source, path), rec.encode())
}

// validFile refuses names that would make keys ambiguous or too long.
func validFile(source, path string) error {
	if len(source) > maxName || len(path) > maxName || strings.Contains(source, "\x00") {
		return fmt.Errorf("%w: source or path longer than %d bytes, or a NUL in the source", ErrInvalid, maxName)
	}
	return nil
}
