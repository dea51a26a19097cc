package storage

import (
	"encoding/binary"
	"hash/crc32"
)

// pictureChunk is small on purpose. bbolt rewrites a leaf page when a key is
// added beside its others, up to four values of any size: with whole pictures a
// new one would cost the writing of three old ones. Two such values and their
// keys fill two pages of pageBytes to the last byte.
const pictureChunk = pageBytes - 16/2 - 16 - 12 - sumSize

const (
	sumSize  = 4         // CRC-32C before every payload
	maxValue = 1<<20 - 1 // bytes of a value, checksum included
	maxChunk = 128 << 10 // bytes of a chunk of a tensor
	pageRows = 100       // records read in one transaction
	pageKeys = 2000      // keys read in one transaction
	txBytes  = 4 << 20   // payload written in one transaction where work is sliced
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum binds a payload to its place: a value that was moved to another key
// or bucket by damage to the tree does not verify.
func checksum(bucket, key, payload []byte) uint32 {
	var n [4]byte
	binary.LittleEndian.PutUint32(n[:], uint32(len(key)))
	c := crc32.Update(0, castagnoli, bucket)
	c = crc32.Update(c, castagnoli, n[:])
	c = crc32.Update(c, castagnoli, key)
	return crc32.Update(c, castagnoli, payload)
}

// reserve returns a buffer with room for the checksum and n bytes of payload.
func reserve(n int) []byte { return make([]byte, sumSize, sumSize+n) }

// seal writes the checksum into the room left by reserve.
func seal(bucket, key, value []byte) []byte {
	binary.LittleEndian.PutUint32(value, checksum(bucket, key, value[sumSize:]))
	return value
}

// unseal verifies a value and returns its payload, which aliases value.
func unseal(bucket, key, value []byte) ([]byte, error) {
	if len(value) < sumSize || len(value) > maxValue {
		return nil, corrupt(bucket, key, "value of %d bytes", len(value))
	}
	payload := value[sumSize:]
	if binary.LittleEndian.Uint32(value) != checksum(bucket, key, payload) {
		return nil, corrupt(bucket, key, "checksum differs")
	}
	return payload, nil
}
