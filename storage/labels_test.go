package storage

import (
	"reflect"
	"testing"
)

func TestLabels(t *testing.T) {
	s := openNew(t)
	addSamples(t, s, "", 6, 10)
	set := func(name string, ids ...FrameID) error { return s.SetLabel(t.Context(), ids, name) }
	want := func(want map[string]int) {
		t.Helper()
		if got, err := s.LabelCounts(t.Context()); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("labels %v, %v; want %v", got, err, want)
		}
	}
	want(map[string]int{})
	if err := set("Schraube ø8", 1, 2, 3); err != nil {
		t.Fatal(err)
	}
	if err := set("nut", 3, 4); err != nil {
		t.Fatal(err)
	}
	want(map[string]int{"Schraube ø8": 2, "nut": 2})
	wantErr(t, set("x", 5, 77), ErrNotFound)
	wantErr(t, set("tab\t", 5), ErrInvalid)
	want(map[string]int{"Schraube ø8": 2, "nut": 2})
	if err := set("", 1, 5); err != nil {
		t.Fatal(err)
	}
	want(map[string]int{"Schraube ø8": 1, "nut": 2})
	if f, err := s.Frame(3); err != nil || f.Label != "nut" {
		t.Errorf("frame 3 is %q, %v", f.Label, err)
	}
	if err := set("nothing"); err != nil {
		t.Error(err)
	}
}
