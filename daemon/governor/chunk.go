package governor

import (
	"errors"
	"fmt"
)

// leastChunk is the smallest number of pairs in a chunk: a single pair has no
// negatives.
const leastChunk = 2

// ErrMemory is returned when learning does not fit into the memory limit.
var ErrMemory = errors.New("not enough memory to learn")

// ChunkFor returns how many of the batch's pairs fit into memory at a time: 0 when the
// whole batch fits, otherwise the largest number that fits, from 2 to batch-1. All
// sizes are in bytes. A step needs fixed bytes for any chunk, and perPair bytes for
// each pair of it. A limit of 0 means none. When not even 2 pairs fit, the error
// matches ErrMemory.
func ChunkFor(limit, fixed, perPair int64, batch int) (chunk int, err error) {
	if limit < 0 || fixed < 0 || perPair < 0 || batch < leastChunk {
		return 0, fmt.Errorf("a batch of %d pairs of %d bytes each and %d more within %d: nothing can be negative, and a batch has %d pairs or more",
			batch, perPair, fixed, limit, leastChunk)
	}
	if limit == 0 {
		return 0, nil
	}
	room := limit - fixed
	if room >= 0 && (perPair == 0 || room/perPair >= int64(batch)) {
		return 0, nil
	}
	if room < 0 || room/perPair < leastChunk {
		return 0, fmt.Errorf("%w: %d MiB and %d MiB for each of at least %d pairs are more than learn.max_memory %d MiB; "+
			"raise it, or make learn.size or learn.stages smaller", ErrMemory, mebibytes(fixed), mebibytes(perPair), leastChunk, limit>>20)
	}
	return int(room / perPair), nil
}

// mebibytes converts bytes to MiB and rounds up.
func mebibytes(bytes int64) int64 { return bytes>>20 + min(bytes&(1<<20-1), 1) }
