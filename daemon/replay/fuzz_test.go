package replay

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
)

// FuzzRestore restores a buffer from any state. The buffer either refuses the state and
// forgets everything, or keeps what the state says of its entries.
func FuzzRestore(f *testing.F) {
	meta, features := learned(f, Options{}).Snapshot()
	text, err := json.Marshal(meta)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text, len(features))
	f.Add([]byte(`{"dim":4611686018427387904,"seen":[1],"uses":[1]}`), 2)
	f.Add([]byte(`{"dim":2,"drawn":[1,2],"steps":[0]}`), 0)
	f.Add([]byte(`{"arrived":18446744073709551615}`), 0)
	f.Fuzz(func(t *testing.T, text []byte, values int) {
		var meta Meta
		if json.Unmarshal(text, &meta) != nil || values < 0 || values > 100 {
			return
		}
		rows := slices.Repeat([]float32{1, 0}, values/2)
		b := newBuffer(t, Options{Capacity: 4, Policy: "reservoir"})
		entries := []Entry{entry(1), entry(2), entry(3), entry(5), entry(8)}
		err := b.Restore(entries, meta, rows)
		got, features := b.Snapshot()
		if err != nil && len(got.Seen)+len(got.Drawn) > 0 {
			t.Errorf("refused (%v) and yet %+v", err, got)
		}
		for i, id := range got.Seen {
			if at, ok := slices.BinarySearch(meta.Seen, id); !ok || meta.Uses[at] != got.Uses[i] {
				t.Errorf("frame %d was not in the state: %+v", id, got)
			}
		}
		if err := b.Restore(entries, got, features); err != nil {
			t.Errorf("a snapshot is refused: %v", err)
		}
		if again, _ := b.Snapshot(); !reflect.DeepEqual(again, got) {
			t.Errorf("%+v becomes %+v", got, again)
		}
		b.Draw(1, 3, 2)
		if gone := b.Add(entry(9)); len(gone) != 2 {
			t.Errorf("%v leave", gone)
		}
	})
}
