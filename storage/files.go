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

// fileRecord is the cursor's memory of one file: how it looked when it was
// stored or failed.
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

// Seen says whether a file of a source was stored or failed with the same size
// and modification time. It stays true when retention deletes the frame, so that
// a directory is not stored again.
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

// AddFailure counts a picture that could not be stored, by reason, and remembers
// its file's state so that it is not tried again until it changes. file may be
// nil: only counted. at is when it was met.
func (s *Store) AddFailure(ctx context.Context, source, path string, file *FileState, reason string, at time.Time) error {
	const op = "store failure"
	if file != nil {
		if err := validFile(source, file.Path); err != nil {
			return classify(op, s.path, fmt.Errorf("%.200q: %w", path, err))
		}
	}
	reason = strings.ToValidUTF8(reason, "?")
	if len(reason) > 100 {
		reason = strings.ToValidUTF8(reason[:100], "")
	}
	return s.update(ctx, op, func(t txn) error {
		t.st.Seen++
		t.st.Failed++
		// Reasons are a fixed few; a caller that puts paths into them must not
		// make the state grow without end.
		if _, known := t.st.Reasons[reason]; !known && len(t.st.Reasons) >= 100 {
			reason = "other"
		}
		t.st.Reasons[reason]++
		if file == nil {
			return nil
		}
		return t.putFile(source, file.Path, fileRecord{size: file.Size, modTime: file.ModTime, reason: reason, at: at})
	})
}

// ForgetFiles drops the memory of files of a source for which gone is true, and
// returns how many: a folder that files pass through would otherwise fill the
// store with their names. gone is called outside of any transaction.
func (s *Store) ForgetFiles(ctx context.Context, source string, gone func(path string) bool) (int, error) {
	const op = "forget files"
	prefix := fileKey(source, "")
	forgotten := 0
	for after, more := []byte(nil), true; more; {
		var keys [][]byte
		err := s.view(op, func(t txn) (err error) {
			after, err = t.scan(bucketFiles, prefix, after, pageKeys, func(key, _ []byte) error {
				keys = append(keys, bytes.Clone(key))
				return nil
			})
			return err
		})
		if err != nil {
			return forgotten, err
		}
		more = after != nil
		drop := keys[:0]
		for _, key := range keys {
			if gone(string(key[len(prefix):])) {
				drop = append(drop, key)
			}
		}
		if len(drop) == 0 {
			continue
		}
		err = s.update(ctx, op, func(t txn) error {
			for _, key := range drop {
				if err := t.del(bucketFiles, key); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return forgotten, err
		}
		forgotten += len(drop)
	}
	return forgotten, nil
}
