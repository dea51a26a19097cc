package storage

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
)

// The buckets of the file, all at the top level. Keys are numbers unless the
// comment says otherwise.
var (
	bucketMeta        = []byte("meta")        // "id", "schema", "state", "serving", "roots"
	bucketFrames      = []byte("frames")      // frame -> frame record
	bucketData        = []byte("data")        // frame, chunk -> bytes of the kept picture
	bucketVectors     = []byte("vectors")     // checkpoint, frame -> float32 values; written before schema 4
	bucketContent     = []byte("content")     // hash of content and path -> frame
	bucketFiles       = []byte("files")       // source 0x00 path -> file record
	bucketLabels      = []byte("labels")      // frame -> label
	bucketCheckpoints = []byte("checkpoints") // checkpoint -> Checkpoint
	bucketManifests   = []byte("manifests")   // "c" checkpoint, or "r" name of a saved state -> manifest
	bucketChunks      = []byte("chunks")      // chunk -> bytes of a tensor
	bucketChunkIndex  = []byte("chunkindex")  // SHA-256 -> chunk
	bucketResume      = []byte("resume")      // name of a saved state -> its JSON
	bucketEvents      = []byte("events")      // event -> Event
	bucketReplay      = []byte("replay")      // frame -> replay record
	bucketReplayData  = []byte("replaydata")  // frame, chunk -> bytes of the picture to learn from
	bucketSightings   = []byte("sightings")   // frame -> Sightings
	bucketEncoders    = []byte("encoders")    // encoder -> Encoder
	bucketEmbeddings  = []byte("embeddings")  // encoder, frame -> float32 values
	bucketLinks       = []byte("links")       // checkpoint -> encoders of its rows in vectors
)

// The keys of bucketMeta.
var (
	keyID      = []byte("id")
	keySchema  = []byte("schema")
	keyState   = []byte("state")
	keyServing = []byte("serving")
	keyRoots   = []byte("roots")
)

// The schema grows when an older release would break what this one promises.
const (
	// schemaReplay added the pictures to learn from. An older release would
	// delete a frame without that picture, and Compact would drop them all.
	schemaReplay = 2

	// schemaSightings added how often a frame was seen again. An older release
	// would leave that behind in the same way.
	schemaSightings = 3

	// schemaEncoders keyed vectors by encoder instead of checkpoint. An older
	// release would find no vectors, and embed all frames again.
	schemaEncoders = 4

	schemaVersion = schemaEncoders
)

// allBuckets returns the buckets of the present schema.
func allBuckets() [][]byte { return bucketsOf(schemaVersion) }

// bucketsOf returns the buckets of a schema. A newer one only appends.
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
	if schema >= schemaEncoders {
		list = append(list, bucketEncoders, bucketEmbeddings, bucketLinks)
	}
	return list
}

// buckets returns those that the file has.
func (s *Store) buckets() [][]byte { return bucketsOf(int(s.schema.Load())) }

// hasReplay is false for a store of an older release until the first write.
func (s *Store) hasReplay() bool { return s.schema.Load() >= schemaReplay }

// hasSightings is false for a store of an older release until the first write.
func (s *Store) hasSightings() bool { return s.schema.Load() >= schemaSightings }

// hasEncoders is false for a store of an older release until the first write.
func (s *Store) hasEncoders() bool { return s.schema.Load() >= schemaEncoders }

// loadSchema reads the schema of the file and refuses one of a newer release.
func (s *Store) loadSchema(t txn) error {
	text, err := t.get(bucketMeta, keySchema)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 1 {
		return corrupt(bucketMeta, keySchema, "schema %.20q", text)
	}
	if n > schemaVersion {
		return &Error{Op: "open store", Path: s.path, Err: fmt.Errorf("%w: schema %d, this release knows %d", ErrNewerSchema, n, schemaVersion),
			Hint: "install the newer release again, or use another folder with --data DIR"}
	}
	s.schema.Store(int32(n))
	return nil
}

// migrate brings an older store to the present schema. It is part of the first
// write transaction: a store that is only read stays as it is.
func (t txn) migrate(from int) error {
	for _, name := range allBuckets()[len(bucketsOf(from)):] {
		if _, err := t.tx.CreateBucketIfNotExists(name); err != nil {
			return fmt.Errorf("schema %d to %d: bucket %s: %w", from, schemaVersion, name, err)
		}
	}
	return t.putSchema()
}

func (t txn) putSchema() error {
	return t.put(bucketMeta, keySchema, []byte(strconv.Itoa(schemaVersion)))
}

// Numbers in keys are big-endian, so keys sort by number.

func key64(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func frameKey(id FrameID) []byte { return key64(uint64(id)) }

// pictureKey is the key of one chunk of a picture.
func pictureKey(id FrameID, chunk uint32) []byte {
	return binary.BigEndian.AppendUint32(frameKey(id), chunk)
}

func key32(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

func checkpointKey(n uint32) []byte { return key32(n) }

const vectorKeyBytes = 12

// vectorKey is the key of a frame's vector by an encoder, or by a checkpoint in
// bucketVectors.
func vectorKey(n uint32, id FrameID) []byte {
	return binary.BigEndian.AppendUint64(key32(n), uint64(id))
}

// contentKey is short: 16 bytes of a hash. A caller that finds an entry compares
// the content and the path of the frame in full.
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

// splitVectorKey reads the encoder or checkpoint, and the frame, out of a key of a
// bucket of vectors.
func splitVectorKey(bucket, key []byte) (n uint32, id FrameID, err error) {
	if len(key) != vectorKeyBytes {
		return 0, 0, corrupt(bucket, key, "key of %d bytes, want %d", len(key), vectorKeyBytes)
	}
	return binary.BigEndian.Uint32(key), FrameID(binary.BigEndian.Uint64(key[4:])), nil
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
		switch string(bucket) {
		case string(bucketVectors):
			return fmt.Sprintf("c%d/%d", binary.BigEndian.Uint32(key), binary.BigEndian.Uint64(key[4:]))
		case string(bucketEmbeddings):
			return fmt.Sprintf("e%d/%d", binary.BigEndian.Uint32(key), binary.BigEndian.Uint64(key[4:]))
		}
		return fmt.Sprintf("%d/%d", binary.BigEndian.Uint64(key), binary.BigEndian.Uint32(key[8:]))
	}
	return fmt.Sprintf("%x", key[:min(len(key), 40)])
}
