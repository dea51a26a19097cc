package storage

import (
	"bytes"

	"edgeclr/storage/record"
)

// pictureChunk is small on purpose. bbolt rewrites a leaf page when a key is
// added beside its others, up to four values of any size: with whole pictures a
// new one would cost the writing of three old ones. Two such values and their
// keys fill two pages of pageBytes to the last byte.
const pictureChunk = pageBytes - 16/2 - 16 - 12 - record.SumSize

// putPicture stores the bytes of a picture in small values; see pictureChunk.
func (t txn) putPicture(bucket []byte, id FrameID, data []byte) error {
	for i := uint32(0); len(data) > 0; i++ {
		size := min(len(data), pictureChunk)
		if err := t.put(bucket, dataKey(id, i), data[:size]); err != nil {
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
		chunk, err := t.get(bucket, dataKey(id, i))
		if err != nil {
			return nil, err
		}
		if len(chunk) == 0 || int64(len(data)+len(chunk)) > size {
			return nil, corrupt(bucket, dataKey(id, i), "missing or of the wrong size")
		}
		data = append(data, chunk...)
	}
	return data, nil
}

// checkPicture compares the bytes that are there with what the record of owner,
// which has the frame's key, says.
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

func (t txn) dropPicture(bucket, frame []byte) error {
	var keys [][]byte
	_, err := t.scan(bucket, frame, nil, -1, func(key, _ []byte) error {
		keys = append(keys, bytes.Clone(key))
		return nil
	})
	for _, key := range keys {
		if err := t.del(bucket, key); err != nil {
			return err
		}
	}
	return err
}
