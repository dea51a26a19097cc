package replay

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// model is a simple buffer that compares all pairs each time.
type model struct {
	capacity int
	policy   string
	ids      []uint64 // ascending
	features map[uint64][]float32
}

func (m *model) add(id uint64) (evicted []uint64) {
	m.ids = append(m.ids, id)
	slices.Sort(m.ids)
	if len(m.ids) <= m.capacity {
		return nil
	}
	gone := m.ids[0]
	if m.policy == "minred" {
		gone = m.mostRedundant()
	}
	m.remove(gone)
	return []uint64{gone}
}

func (m *model) mostRedundant() uint64 {
	var fresh []uint64
	for _, id := range m.ids {
		if m.features[id] == nil {
			fresh = append(fresh, id)
		}
	}
	if 2*len(fresh) > len(m.ids) && len(fresh) < len(m.ids) {
		return fresh[0]
	}
	gone, most := m.ids[0], float32(-3)
	for _, a := range m.ids {
		for _, b := range m.ids {
			if m.features[a] == nil || m.features[b] == nil || a == b {
				continue
			}
			if s := dot(m.features[a], m.features[b]); s > most {
				gone, most = a, s
			}
		}
	}
	return gone
}

func (m *model) remove(id uint64) {
	if at, ok := slices.BinarySearch(m.ids, id); ok {
		m.ids = slices.Delete(m.ids, at, at+1)
		delete(m.features, id)
	}
}

func (m *model) observe(ids []uint64, projections []float32) {
	dim := len(projections) / 2 / len(ids)
	for i, id := range ids {
		if !slices.Contains(m.ids, id) {
			continue
		}
		v := make([]float32, dim)
		for j := range v {
			v[j] = projections[i*dim+j] + projections[(len(ids)+i)*dim+j]
		}
		normalize(v)
		if old := m.features[id]; old != nil {
			for j := range v {
				v[j] = old[j]/2 + v[j]/2
			}
			normalize(v)
		}
		m.features[id] = v
	}
}

func dot(a, b []float32) float32 {
	var s float32
	for i := range a {
		s += float32(a[i] * b[i])
	}
	return s
}

func TestAgainstBruteForce(t *testing.T) {
	for _, tt := range []struct {
		policy        string
		capacity, dim int
	}{
		{"minred", 1, 3}, {"minred", 2, 1}, {"minred", 5, 2}, {"minred", 40, 7}, {"minred", 70, 16}, {"minred", 130, 3}, {"fifo", 1, 2}, {"fifo", 9, 2},
	} {
		t.Run(fmt.Sprintf("%s %dx%d", tt.policy, tt.capacity, tt.dim), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(uint64(tt.capacity), uint64(tt.dim)))
			b := newBuffer(t, Options{Capacity: tt.capacity, Policy: tt.policy})
			want := &model{capacity: tt.capacity, policy: tt.policy, features: map[uint64][]float32{}}
			scenes := [][]float32{direction(rng, tt.dim), direction(rng, tt.dim), direction(rng, tt.dim)}
			for next := uint64(1); next < 600; {
				switch rng.IntN(8) {
				case 0: // with repeats, and some that have left
					var list []uint64
					var vectors [][]float32
					for range 1 + rng.IntN(8) {
						list = append(list, 1+rng.Uint64N(next))
						v := direction(rng, tt.dim)
						if rng.IntN(2) == 0 {
							v = scenes[rng.IntN(3)] // ties
						}
						vectors = append(vectors, v)
					}
					rows := slices.Concat(slices.Concat(vectors...), slices.Concat(vectors...))
					observe(t, b, list, rows)
					want.observe(list, rows)
				case 1:
					id := 1 + rng.Uint64N(next)
					b.Remove(id, id)
					want.remove(id)
				default:
					got := b.Add(entry(next))
					if w := want.add(next); !slices.Equal(got, w) {
						t.Fatalf("for frame %d leave %v, want %v", next, got, w)
					}
					next++
				}
				if got := ids(b.Entries()); !slices.Equal(got, want.ids) {
					t.Fatalf("members %v, want %v", got, want.ids)
				}
			}
		})
	}
}

func TestMembers(t *testing.T) {
	for _, policy := range policyNames() {
		t.Run(policy, func(t *testing.T) {
			b := newBuffer(t, Options{Capacity: 3, Policy: policy})
			for _, id := range []uint64{5, 2, 9, 2} {
				if gone := b.Add(entry(id)); gone != nil {
					t.Errorf("%v leave with room for all", gone)
				}
			}
			if got := b.Entries(); len(got) != 3 || got[0] != entry(2) || got[1] != entry(5) || got[2] != entry(9) || b.Len() != 3 {
				t.Errorf("members %v", got)
			}
			gone := b.Add(entry(10))
			if len(gone) != 1 || b.Contains(gone[0]) || b.Len() != 3 {
				t.Errorf("%v leave, %d stay", gone, b.Len())
			}
			b.Remove(2, 5, 9, 10, 77)
			if b.Len() != 0 || b.Contains(9) || len(b.Draw(1, 5, 5)) != 0 {
				t.Errorf("%d members after all were removed", b.Len())
			}
			if b.Trim() != nil || b.Add(entry(11)) != nil {
				t.Error("an empty buffer lets frames leave")
			}
		})
	}
}

func TestOptions(t *testing.T) {
	for _, tt := range []struct {
		name string
		opt  Options
		want string // of the error
	}{
		{"zero", Options{}, ""},
		{"all", Options{Capacity: 1, Policy: "reservoir", Seed: 9}, ""},
		{"negative", Options{Capacity: -1}, "capacity of -1"},
		{"unknown", Options{Policy: "lru"}, `policy "lru"; known are fifo, minred, reservoir`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := New(tt.opt)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

// The product of a pair must not depend on the places of its rows.
func TestDotsAreSymmetric(t *testing.T) {
	const n = 24
	for _, dim := range []int{1, 3, 4, 127, 128} {
		rng := rand.New(rand.NewPCG(3, uint64(dim)))
		var f features
		f.fit(n, dim)
		for slot := range f.rows {
			copy(f.row(slot), direction(rng, dim))
		}
		all := make([][]float32, f.rows)
		for a := range all {
			all[a] = make([]float32, f.rows)
			f.dots(all[a], 0, f.row(a))
		}
		for a := range all {
			for b := range all {
				if all[a][b] != all[b][a] || all[a][b] != dot(f.row(a), f.row(b)) {
					t.Fatalf("%d values: %v and %v", dim, all[a][b], all[b][a])
				}
			}
		}
	}
}
