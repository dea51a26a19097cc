package storage

import (
	"context"
	"time"
)

// Failure is a file that could not be stored.
type Failure struct {
	File   FileState
	Reason string
	Time   time.Time
}

// Failures calls fn for each file of a source that failed and was not stored
// since, ordered by path, outside of any transaction.
func (s *Store) Failures(ctx context.Context, source string, fn func(Failure) error) error {
	const op = "read failures"
	prefix := fileKey(source, "")
	var harm harm
	for after, more := []byte(nil), true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		var page []Failure
		err := s.view(op, func(t txn) (err error) {
			after, err = t.scan(bucketFiles, prefix, after, pageKeys, func(key, raw []byte) error {
				payload, err := unseal(bucketFiles, key, raw)
				if err != nil {
					return harm.note(err)
				}
				rec, ok := decodeFileRecord(payload)
				if !ok {
					return harm.note(corrupt(bucketFiles, key, "the record cannot be read"))
				}
				if rec.frame == 0 {
					file := FileState{Path: string(key[len(prefix):]), Size: rec.size, ModTime: rec.modTime}
					page = append(page, Failure{File: file, Reason: rec.reason, Time: rec.at})
				}
				return nil
			})
			return err
		})
		if err != nil {
			return err
		}
		for _, f := range page {
			if err := fn(f); err != nil {
				return err
			}
		}
		more = after != nil
	}
	return classify(op, s.path, harm.err())
}
