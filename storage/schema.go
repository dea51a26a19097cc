package storage

import (
	"fmt"
	"strconv"
)

// The schema counts up when an older release would break what this one
// promises.
const (
	// schemaReplay brought the pictures to learn from. An older release would
	// delete a frame and leave that picture behind, and Compact would drop them.
	schemaReplay = 2

	// schemaSightings brought how often a frame was seen again. An older release
	// would leave that behind in the same way.
	schemaSightings = 3

	schemaVersion = schemaSightings
)

// buckets returns those that the file has.
func (s *Store) buckets() [][]byte { return bucketsOf(int(s.schema.Load())) }

// hasReplay is false for a store of an older release that nothing was written to
// since.
func (s *Store) hasReplay() bool { return s.schema.Load() >= schemaReplay }

// hasSightings is likewise.
func (s *Store) hasSightings() bool { return s.schema.Load() >= schemaSightings }

// migrate makes an older store one of the present schema. It is part of the
// first write transaction: a store that is only read stays as it is.
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
