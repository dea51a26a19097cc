package storage

import (
	"encoding/binary"
	"time"

	"edgeclr/storage/record"
)

const replayRecordVersion = 1

// replayRecord says what a picture to learn from is of, without a look at the
// frame: a list of thousands is read when the learner starts.
type replayRecord struct {
	source string
	time   time.Time
	live   bool
	size   int64 // bytes of the picture
}

func (r replayRecord) append(b []byte) []byte {
	live := byte(0)
	if r.live {
		live = 1
	}
	b = append(b, replayRecordVersion)
	b = record.AppendString(b, r.source)
	b = record.AppendTime(b, r.time)
	b = append(b, live)
	return binary.AppendUvarint(b, uint64(r.size))
}

// decodeReplayRecord reads what append wrote; it holds no reference to b.
func decodeReplayRecord(b []byte) (replayRecord, bool) {
	if len(b) == 0 || b[0] != replayRecordVersion {
		return replayRecord{}, false
	}
	r := record.NewReader(b[1:])
	rec := replayRecord{source: r.String(), time: r.Time(), live: r.Uint() == 1, size: int64(r.Uint())}
	return rec, r.Done() && rec.size > 0 && rec.size <= MaxReplayBytes
}
