package replay

import (
	"math"
	"testing"
)

func TestObserve(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	half := float32(math.Sqrt(0.5))
	for _, tt := range []struct {
		name        string
		ids         []uint64
		projections []float32
		fails       bool
		uses        int       // of frame 1
		feature     []float32 // of frame 1; nil: not seen
	}{
		{"two views", []uint64{1}, []float32{1, 0, 0, 1}, false, 1, []float32{half, half}},
		{"the other frame", []uint64{2}, []float32{1, 0, 1, 0}, false, 0, nil},
		{"rows of views", []uint64{2, 1}, []float32{1, 0, 0, 1, 1, 0, 0, 1}, false, 1, []float32{0, 1}},
		{"repeated", []uint64{1, 1}, []float32{1, 0, 0, 1, 1, 0, 0, 1}, false, 2, []float32{half, half}},
		{"reversed", []uint64{1, 1}, []float32{1, 0, -1, 0, 1, 0, -1, 0}, false, 2, []float32{-1, 0}},
		{"left", []uint64{7}, []float32{1, 0, 1, 0}, false, 0, nil},
		{"no common direction", []uint64{1}, []float32{1, 0, -1, 0}, false, 0, nil},
		{"infinite", []uint64{1}, []float32{inf, 0, 1, 0}, false, 0, nil},
		{"not a number", []uint64{1}, []float32{nan, 0, 1, 0}, false, 0, nil},
		{"nothing", nil, nil, false, 0, nil},
		{"odd", []uint64{1, 2}, []float32{1, 0, 1, 0, 1}, true, 0, nil},
		{"no ids", nil, []float32{1, 0}, true, 0, nil},
		{"no values", []uint64{1}, nil, true, 0, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBuffer(t, Options{Capacity: 5})
			b.Add(entry(1))
			b.Add(entry(2))
			if err := b.Observe(tt.ids, tt.projections); (err != nil) != tt.fails {
				t.Errorf("error %v", err)
			}
			slot, _ := b.memory.slot(1)
			if got := b.memory.members[slot].uses; got != tt.uses {
				t.Errorf("used %d times, want %d", got, tt.uses)
			}
			for i, want := range tt.feature {
				if got := b.memory.features.row(slot)[i]; math.Abs(float64(got-want)) > 1e-6 {
					t.Errorf("feature %v, want %v", b.memory.features.row(slot), tt.feature)
				}
			}
		})
	}
}

func TestObserveAnotherLength(t *testing.T) {
	b := newBuffer(t, Options{})
	b.Add(entry(1))
	observe(t, b, []uint64{1}, []float32{1, 0, 1, 0})
	if err := b.Observe([]uint64{1}, []float32{1, 0, 0, 1, 0, 0}); err == nil {
		t.Error("projections of 3 values after some of 2")
	}
	if err := b.Restore(b.Entries(), Meta{}, nil); err != nil { // forget
		t.Fatal(err)
	}
	observe(t, b, []uint64{1}, []float32{1, 0, 0, 1, 0, 0})
}
