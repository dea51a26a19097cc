package storage

import (
	"encoding/binary"

	"edgeclr/storage/record"
)

const frameRecordVersion = 1

// appendFrameRecord encodes a frame: compact, and exact for paths that are not
// UTF-8, which JSON is not. The id is the key, the label has its own bucket.
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

// decodeFrameRecord reads what appendFrameRecord wrote; the frame holds no
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

// frame reads one frame with its label; ok is false when there is none.
func (t txn) frame(id FrameID) (f Frame, ok bool, err error) {
	key := frameKey(id)
	payload, err := t.get(bucketFrames, key)
	if payload == nil || err != nil {
		return Frame{}, false, err
	}
	f, err = t.decodeFrame(key, id, payload)
	return f, err == nil, err
}

// decodeFrame completes a verified record with its id and label.
func (t txn) decodeFrame(key []byte, id FrameID, payload []byte) (Frame, error) {
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
