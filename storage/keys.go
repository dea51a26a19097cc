package storage

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// The keys of bucketMeta.
var (
	keyID      = []byte("id")
	keySchema  = []byte("schema")
	keyState   = []byte("state")
	keyServing = []byte("serving")
)

// Numbers in keys are big-endian, so keys sort by number.

func key64(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func frameKey(id FrameID) []byte { return key64(uint64(id)) }

// pictureKey is the key of one chunk of a picture.
func pictureKey(id FrameID, chunk uint32) []byte {
	return binary.BigEndian.AppendUint32(frameKey(id), chunk)
}

func checkpointKey(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

func vectorKey(checkpoint uint32, id FrameID) []byte {
	return binary.BigEndian.AppendUint64(checkpointKey(checkpoint), uint64(id))
}

// contentKey is short: 16 bytes of a hash. Whoever looks it up compares the frame
// in full.
func contentKey(sha [32]byte, path string) []byte {
	h := sha256.New()
	h.Write(sha[:])
	h.Write([]byte(path))
	return h.Sum(nil)[:16]
}

func fileKey(source, path string) []byte {
	k := make([]byte, 0, len(source)+1+len(path))
	k = append(k, source...)
	k = append(k, 0)
	return append(k, path...)
}

func checkpointManifestKey(n uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte("c"), n)
}

func stateManifestKey(name string) []byte { return append([]byte("r"), name...) }

// keyUint64 reads a key that is one number of 8 bytes.
func keyUint64(bucket, key []byte) (uint64, error) {
	if len(key) != 8 {
		return 0, corrupt(bucket, key, "key of %d bytes, want 8", len(key))
	}
	return binary.BigEndian.Uint64(key), nil
}

// checkpointNumber reads a key of bucketCheckpoints.
func checkpointNumber(key []byte) (uint32, error) {
	if len(key) != 4 {
		return 0, corrupt(bucketCheckpoints, key, "key of %d bytes, want 4", len(key))
	}
	return binary.BigEndian.Uint32(key), nil
}

// vectorFrame reads the frame out of a key of bucketVectors.
func vectorFrame(key []byte) (FrameID, error) {
	if len(key) != 12 {
		return 0, corrupt(bucketVectors, key, "key of %d bytes, want 12", len(key))
	}
	return FrameID(binary.BigEndian.Uint64(key[4:])), nil
}

// keyText is the readable form of a key, for messages.
func keyText(bucket, key []byte) string {
	switch string(bucket) {
	case string(bucketMeta), string(bucketFiles), string(bucketResume):
		return fmt.Sprintf("%.200q", key)
	}
	switch len(key) {
	case 4:
		return fmt.Sprintf("%d", binary.BigEndian.Uint32(key))
	case 8:
		return fmt.Sprintf("%d", binary.BigEndian.Uint64(key))
	case 12:
		if string(bucket) == string(bucketVectors) {
			return fmt.Sprintf("c%d/%d", binary.BigEndian.Uint32(key), binary.BigEndian.Uint64(key[4:]))
		}
		return fmt.Sprintf("%d/%d", binary.BigEndian.Uint64(key), binary.BigEndian.Uint32(key[8:]))
	}
	return fmt.Sprintf("%x", key[:min(len(key), 40)])
}
