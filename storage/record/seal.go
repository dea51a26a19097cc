package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

const (
	SumSize  = 4         // bytes of the checksum, which begins every value
	MaxValue = 1<<20 - 1 // bytes of a value, checksum included
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Reserve returns a buffer with room for the checksum and a payload of n bytes.
// Append the payload to it.
func Reserve(n int) []byte { return make([]byte, SumSize, SumSize+n) }

// Seal writes the checksum into the room that Reserve left, and returns value.
func Seal(bucket, key, value []byte) []byte {
	binary.LittleEndian.PutUint32(value, checksum(bucket, key, value[SumSize:]))
	return value
}

// Unseal verifies a value and returns its payload, which aliases value.
func Unseal(bucket, key, value []byte) ([]byte, error) {
	if len(value) < SumSize || len(value) > MaxValue {
		return nil, fmt.Errorf("value of %d bytes", len(value))
	}
	payload := value[SumSize:]
	if binary.LittleEndian.Uint32(value) != checksum(bucket, key, payload) {
		return nil, errors.New("checksum differs")
	}
	return payload, nil
}

func checksum(bucket, key, payload []byte) uint32 {
	var n [4]byte
	binary.LittleEndian.PutUint32(n[:], uint32(len(key)))
	c := crc32.Update(0, castagnoli, bucket)
	c = crc32.Update(c, castagnoli, n[:]) // so that bucket and key cannot trade bytes
	c = crc32.Update(c, castagnoli, key)
	return crc32.Update(c, castagnoli, payload)
}
