package search

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// has reports whether a vector is stored under the id.
func (x *Index) has(id uint64) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	_, ok := x.rows[id]
	return ok
}

func TestAddRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		v    []float32
		want error
	}{
		{"nil", nil, ErrDimension},
		{"too long", []float32{1, 2, 3}, ErrDimension},
		{"zero", []float32{0, float32(math.Copysign(0, -1))}, ErrZero},
		{"not a number", []float32{float32(math.NaN()), 1}, ErrNotFinite},
		{"infinite", []float32{float32(math.Inf(1)), 1}, ErrNotFinite},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := New(2)
			if err := x.Add(7, c.v); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
			if x.Len() != 0 || x.has(7) {
				t.Error("stored all the same")
			}
		})
	}
	if err := New(0).Add(1, nil); !errors.Is(err, ErrZero) {
		t.Errorf("a vector without values: %v", err)
	}
}

func TestAddKeepsItsOwnCopy(t *testing.T) {
	x, v := New(2), []float32{0, 1}
	if err := x.Add(1, v); err != nil {
		t.Fatal(err)
	}
	v[0], v[1] = 1, 0
	hits, err := x.Search([]float32{0, 1}, 1)
	if err != nil || len(hits) != 1 || hits[0] != (Hit{1, 1}) {
		t.Errorf("%v, %v", hits, err)
	}
}

func TestNormalizedVectorsAreKeptBitForBit(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for range 100 {
		v, unit, again := gaussian(rng, 96), make([]float32, 96), make([]float32, 128)
		if err := normalize(unit, v); err != nil {
			t.Fatal(err)
		}
		if err := normalize(again, unit); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(unit, again[:96]) || slices.Max(again[96:]) != 0 {
			t.Fatal("normalising twice differs")
		}
	}
}

// TestAddAndRemove compares an index with a map during a long random history, which
// fills several blocks and empties them.
func TestAddAndRemove(t *testing.T) {
	const dim = 8
	rng := rand.New(rand.NewPCG(2, 3))
	x, vectors := New(dim), map[uint64][]float32{}
	for round := range 60 {
		target := []int{0, 1, 15, 16, 17, blockRows - 1, blockRows, blockRows + 1, 3 * blockRows}[rng.IntN(9)]
		for len(vectors) < target {
			id, v := rng.Uint64N(1<<13), gaussian(rng, dim) // ids repeat: some are replaced
			if err := x.Add(id, v); err != nil {
				t.Fatal(err)
			}
			vectors[id] = v
		}
		var gone []uint64
		for id := range vectors {
			if len(vectors)-len(gone) <= target {
				break
			}
			gone = append(gone, id)
		}
		for _, id := range gone {
			delete(vectors, id)
		}
		x.Remove(append(gone, 1<<40)...) // an id that never was
		if x.Len() != len(vectors) {
			t.Fatalf("round %d: Len %d, want %d", round, x.Len(), len(vectors))
		}
		for _, id := range gone {
			if x.has(id) {
				t.Fatalf("round %d: %d is still there", round, id)
			}
		}
		for id := range vectors {
			if !x.has(id) {
				t.Fatalf("round %d: %d is lost", round, id)
			}
		}
		compare(t, x, vectors, gaussian(rng, dim), 12)
	}
	if want := padded(x.Len(), blockRows) / blockRows; len(x.blocks) != want {
		t.Errorf("%d blocks for %d vectors", len(x.blocks), x.Len())
	}
}

func TestReplaceMovesTheVector(t *testing.T) {
	x := New(2)
	for _, v := range [][]float32{{1, 0}, {0, 1}} {
		if err := x.Add(5, v); err != nil {
			t.Fatal(err)
		}
	}
	hits, err := x.Search([]float32{1, 0}, 3)
	if err != nil || !slices.Equal(hits, []Hit{{5, 0}}) || x.Len() != 1 || x.Dim() != 2 {
		t.Errorf("%v, %v, Len %d", hits, err, x.Len())
	}
}

// Searches run beside a writer. Each result must be that of the content at some moment.
// Ids 0 to 99 stay, and the nearest are among them.
func TestSearchBesideAWriter(t *testing.T) {
	const dim = 16
	rng := rand.New(rand.NewPCG(7, 7))
	x, q := New(dim), gaussian(rng, dim)
	var want []Hit
	for id := range uint64(100) {
		v := gaussian(rng, dim)
		for i := range v {
			v[i] = q[i] + 0.01*v[i]
		}
		if err := x.Add(id, v); err != nil {
			t.Fatal(err)
		}
	}
	want, err := x.Search(q, 100)
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		far := make([]float32, dim)
		for i := range far {
			far[i] = -q[i]
		}
		for id := uint64(106); ; id++ { // 106 to 112 is the first lot of seven
			select {
			case <-stop:
				return
			default:
			}
			if err := x.Add(id, far); err != nil {
				t.Error(err)
			}
			if id%7 == 0 {
				x.Remove(id, id-1, id-2, id-3, id-4, id-5, id-6)
			}
		}
	})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for range 200 {
				if got, err := x.Search(q, 100); err != nil || !slices.Equal(got, want) {
					t.Errorf("got %v, %v", got, err)
					return
				}
			}
		})
	}
	readers.Wait()
	close(stop)
	group.Wait()
}

// FuzzIndex compares an index with a map during a history of operations, one for each
// byte.
func FuzzIndex(f *testing.F) {
	f.Add([]byte("\x00\x41\x82\xc3\x04"), uint8(3))
	f.Add([]byte("aaaaAAAA\xff\xfe\xfd"), uint8(40))
	f.Fuzz(func(t *testing.T, history []byte, width uint8) {
		dim := int(width)%70 + 1
		x, vectors := New(dim), map[uint64][]float32{}
		for step, op := range history {
			id := uint64(op % 32)
			rng := rand.New(rand.NewPCG(uint64(op/64), uint64(step%5))) // few vectors, so that many tie
			switch op / 64 {
			case 0:
				delete(vectors, id)
				x.Remove(id)
			case 1:
				compare(t, x, vectors, gaussian(rng, dim), int(id)+1)
			default:
				vectors[id] = gaussian(rng, dim)
				if err := x.Add(id, vectors[id]); err != nil {
					t.Fatal(err)
				}
			}
			if x.Len() != len(vectors) || x.has(id) != (vectors[id] != nil) {
				t.Fatalf("step %d: Len %d, want %d", step, x.Len(), len(vectors))
			}
		}
		compare(t, x, vectors, gaussian(rand.New(rand.NewPCG(2, 2)), dim), 5)
	})
}
