package synthetic

import (
	"bytes"
	"reflect"
	"testing"
)

func TestFixedDependsOnOptionsAndNumberAlone(t *testing.T) {
	for _, name := range FixedNames() {
		open := func(seed uint64) *Fixed {
			f, err := OpenFixed(name, Options{Seed: seed, Width: 96, Height: 72})
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		a, b, other := open(1), open(1), open(2)
		for _, n := range []int{900, 0, 3111, 5_000_000_000} {
			b.Frame(n + 7) // leaves scratch behind
			ma, ta := a.Frame(n)
			mb, tb := b.Frame(n)
			if !bytes.Equal(ma.Pix, mb.Pix) || !reflect.DeepEqual(ta, tb) {
				t.Errorf("%s: frame %d differs", name, n)
			}
			if mo, _ := other.Frame(n); bytes.Equal(ma.Pix, mo.Pix) {
				t.Errorf("%s: frame %d is the same with another seed", name, n)
			}
		}
	}
}
