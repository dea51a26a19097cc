package storage

import (
	"encoding/binary"
	"fmt"
)

// The buckets of the file, all at the top level. Integers in keys are
// big-endian, so that keys sort by number.
var (
	bucketMeta        = []byte("meta")        // "id", "schema", "state", "serving"
	bucketFrames      = []byte("frames")      // frame -> frame record
	bucketData        = []byte("data")        // frame, chunk -> bytes of the kept picture
	bucketVectors     = []byte("vectors")     // checkpoint, frame -> float32 values
	bucketContent     = []byte("content")     // hash of content and path -> frame
	bucketFiles       = []byte("files")       // source 0x00 path -> file record (the cursor)
	bucketLabels      = []byte("labels")      // frame -> name
	bucketCheckpoints = []byte("checkpoints") // checkpoint -> Checkpoint
	bucketManifests   = []byte("manifests")   // "c" checkpoint, or "r" name -> manifest
	bucketChunks      = []byte("chunks")      // chunk -> bytes of a tensor
	bucketChunkIndex  = []byte("chunkindex")  // SHA-256 -> chunk
	bucketResume      = []byte("resume")      // name -> the learner's JSON
	bucketEvents      = []byte("events")      // event -> Event
	bucketReplay      = []byte("replay")      // frame -> replay record
	bucketReplayData  = []byte("replaydata")  // frame, chunk -> bytes of the picture to learn from
	bucketSightings   = []byte("sightings")   // frame -> Sightings
)

// allBuckets returns those of the present schema.
func allBuckets() [][]byte { return bucketsOf(schemaVersion) }

// bucketsOf returns the buckets that a store of an older schema has.
func bucketsOf(schema int) [][]byte {
	list := [][]byte{
		bucketMeta, bucketFrames, bucketData, bucketVectors, bucketContent, bucketFiles,
		bucketLabels, bucketCheckpoints, bucketManifests, bucketChunks, bucketChunkIndex,
		bucketResume, bucketEvents,
	}
	if schema >= schemaReplay {
		list = append(list, bucketReplay, bucketReplayData)
	}
	if schema >= schemaSightings {
		list = append(list, bucketSightings)
	}
	return list
}

var (
	keyID      = []byte("id")
	keySchema  = []byte("schema")
	keyState   = []byte("state")
	keyServing = []byte("serving")
)

func key64(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func frameKey(id FrameID) []byte { return key64(uint64(id)) }

func dataKey(id FrameID, chunk uint32) []byte {
	return binary.BigEndian.AppendUint32(frameKey(id), chunk)
}

func checkpointKey(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

func vectorKey(checkpoint uint32, id FrameID) []byte {
	return binary.BigEndian.AppendUint64(checkpointKey(checkpoint), uint64(id))
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

func resumeManifestKey(name string) []byte { return append([]byte("r"), name...) }

// keyUint64 reads a key of exactly one number.
func keyUint64(bucket, key []byte) (uint64, error) {
	if len(key) != 8 {
		return 0, corrupt(bucket, key, "key of %d bytes, want 8", len(key))
	}
	return binary.BigEndian.Uint64(key), nil
}

// vectorFrame reads the frame out of a vector's key.
func vectorFrame(key []byte) (FrameID, error) {
	if len(key) != 12 {
		return 0, corrupt(bucketVectors, key, "key of %d bytes, want 12", len(key))
	}
	return FrameID(binary.BigEndian.Uint64(key[4:])), nil
}

func corrupt(bucket, key []byte, format string, args ...any) error {
	return &CorruptError{Bucket: string(bucket), Key: keyText(bucket, key), Detail: fmt.Sprintf(format, args...)}
}

// keyText is the readable form of a key for messages.
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
