package storage

import (
	"bytes"
	"fmt"

	"edgeclr/storage/record"
)

// pictureChunk is the size in bytes of the values that a picture is cut into. It
// is small on purpose. bbolt rewrites a whole leaf page when a key is added to it,
// and the page has up to four values of any size. With whole pictures as values, a
// new one would rewrite up to three old ones. Two values of pictureChunk bytes and
// their keys fill two pages of pageBytes to the last byte.
const pictureChunk = pageBytes - 16/2 - 16 - 12 - record.SumSize

// FrameData returns what is kept of a frame's picture. Errors: ErrNotFound, also
// if the picture was not kept, and ErrCorrupt.
func (s *Store) FrameData(id FrameID) (data []byte, err error) {
	err = s.view("read picture", func(t txn) error {
		f, err := t.requireFrame(id)
		switch {
		case err != nil:
			return err
		case f.KeptBytes == 0:
			return fmt.Errorf("frame %d: its picture was not kept: %w", id, ErrNotFound)
		}
		data, err = t.picture(bucketData, id, f.KeptBytes)
		return err
	})
	if err != nil {
		return nil, err
	}
	return data, nil
}

// putPicture stores the bytes of a picture in chunks.
func (t txn) putPicture(bucket []byte, id FrameID, data []byte) error {
	for i := uint32(0); len(data) > 0; i++ {
		size := min(len(data), pictureChunk)
		if err := t.put(bucket, pictureKey(id, i), data[:size]); err != nil {
			return err
		}
		data = data[size:]
	}
	return nil
}

// picture reads what putPicture stored.
func (t txn) picture(bucket []byte, id FrameID, size int64) ([]byte, error) {
	data := make([]byte, 0, size)
	for i := uint32(0); int64(len(data)) < size; i++ {
		chunk, err := t.get(bucket, pictureKey(id, i))
		if err != nil {
			return nil, err
		}
		if len(chunk) == 0 || int64(len(data)+len(chunk)) > size {
			return nil, corrupt(bucket, pictureKey(id, i), "missing or of the wrong size")
		}
		data = append(data, chunk...)
	}
	return data, nil
}

// checkPicture compares the bytes of a picture in bucket with want, the size that
// its record says. The record is in the bucket owner, under the frame's key.
func (t txn) checkPicture(owner, bucket, frame []byte, want int64) error {
	var size int64
	_, err := t.scan(bucket, frame, nil, -1, func(_, raw []byte) error {
		size += int64(len(raw) - record.SumSize)
		return nil
	})
	if err == nil && size != want {
		err = corrupt(owner, frame, "%d of %d bytes of its picture are there", size, want)
	}
	return err
}

// dropPicture deletes the picture of a frame, which is given by its key.
func (t txn) dropPicture(bucket, frame []byte) error {
	var keys [][]byte
	_, err := t.scan(bucket, frame, nil, -1, func(key, _ []byte) error {
		keys = append(keys, bytes.Clone(key))
		return nil
	})
	if err != nil {
		return err
	}
	return t.del(bucket, keys...)
}
