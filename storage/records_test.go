package storage

import (
	"bytes"
	"testing"
	"time"

	"edgeclr/storage/record"
)

func FuzzFrameRecord(f *testing.F) {
	f.Add(appendFrameRecord(nil, sample(1, 10).Frame))
	f.Add([]byte{frameRecordVersion})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		frame, ok := decodeFrameRecord(b)
		if !ok {
			return
		}
		again, ok := decodeFrameRecord(appendFrameRecord(nil, frame))
		if !ok || again != frame {
			t.Errorf("%+v becomes %+v", frame, again)
		}
	})
}

func FuzzFileRecord(f *testing.F) {
	f.Add(fileRecord{size: 1, modTime: time.Unix(5, 6), frame: 7}.encode())
	f.Add(fileRecord{size: 1, reason: "truncated", at: time.Unix(5, 6)}.encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		rec, ok := decodeFileRecord(b)
		if !ok {
			return
		}
		if again, ok := decodeFileRecord(rec.encode()); !ok || again != rec {
			t.Errorf("%+v becomes %+v", rec, again)
		}
	})
}

func FuzzReplayRecord(f *testing.F) {
	f.Add(replayRecord{source: "v4l2:/dev/video0", time: time.Unix(5, 6), live: true, size: 7}.append(nil))
	f.Add([]byte{replayRecordVersion})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		rec, ok := decodeReplayRecord(b)
		if !ok {
			return
		}
		if again, ok := decodeReplayRecord(rec.append(nil)); !ok || again != rec {
			t.Errorf("%+v becomes %+v", rec, again)
		}
	})
}

func FuzzSightings(f *testing.F) {
	f.Add(Sightings{Count: 3, First: time.Unix(5, 6), Last: time.Unix(7, 8)}.append(nil))
	f.Add([]byte{sightingsVersion})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		all, ok := decodeSightings(b)
		if !ok {
			return
		}
		if again, ok := decodeSightings(all.append(nil)); !ok || again != all {
			t.Errorf("%+v becomes %+v", all, again)
		}
	})
}

// A value verifies at its place and at no other.
func TestSealBindsToTheBucket(t *testing.T) {
	key := frameKey(1)
	for _, from := range allBuckets() {
		value := record.Seal(from, key, append(record.Reserve(3), "abc"...))
		for _, to := range allBuckets() {
			_, err := unseal(to, key, value)
			if same := bytes.Equal(from, to); same != (err == nil) {
				t.Errorf("a value of %s in %s: %v", from, to, err)
			}
		}
	}
}
