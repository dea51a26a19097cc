package storage

import (
	"fmt"
	"strconv"
)

// The buckets of the file, all at the top level. Keys are numbers unless the
// comment says otherwise.
var (
	bucketMeta        = []byte("meta")        // "id", "schema", "state", "serving"
	bucketFrames      = []byte("frames")      // frame -> frame record
	bucketData        = []byte("data")        // frame, chunk -> bytes of the kept picture
	bucketVectors     = []byte("vectors")     // checkpoint, frame -> float32 values
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
)

// The schema grows when an older release would break what this one promises.
const (
	// schemaReplay added the pictures to learn from. An older release would
	// delete a frame without that picture, and Compact would drop them all.
	schemaReplay = 2

	// schemaSightings added how often a frame was seen again. An older release
	// would leave that behind in the same way.
	schemaSightings = 3

	schemaVersion = schemaSightings
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
	return list
}

// buckets returns those that the file has.
func (s *Store) buckets() [][]byte { return bucketsOf(int(s.schema.Load())) }

// hasReplay is false for a store of an older release until the first write.
func (s *Store) hasReplay() bool { return s.schema.Load() >= schemaReplay }

// hasSightings is false for a store of an older release until the first write.
func (s *Store) hasSightings() bool { return s.schema.Load() >= schemaSightings }

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
