package fixedcamera

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestBlocks(t *testing.T) {
	times := []time.Duration{0, 1, 9, 10, 11, 35, 39}
	block, count := Blocks(times, 10)
	if count != 3 || block[2] != 0 || block[3] != 1 || block[4] != 1 || block[5] != 2 || block[6] != 2 {
		t.Errorf("%v, %d", block, count)
	}
}

func TestBlockLength(t *testing.T) {
	for _, tt := range []struct{ span, apart, want time.Duration }{
		{40 * time.Second, 2 * time.Second, 2 * time.Second},
		{400 * time.Second, 2 * time.Second, 10*time.Second + 1},
		{0, 0, 1},
	} {
		if got := blockLength(tt.span, tt.apart); got != tt.want {
			t.Errorf("%v of %v: %v, want %v", tt.apart, tt.span, got, tt.want)
		}
	}
}

// The standard error of independent frames is the known one. Frames that come in blocks of
// ten equal ones have an error that is the square root of ten larger; the bootstrap finds
// it only with blocks.
func TestChange(t *testing.T) {
	const n, run = 4000, 10
	random := rand.New(rand.NewPCG(5, 6))
	values, base := make([]float64, n), make([]float64, n)
	v := 0.0
	for i := range values {
		if i%run == 0 {
			v = random.NormFloat64()
		}
		values[i], base[i] = 0.9+0.1*v, 1
	}
	block := func(length int) (list []int, count int) {
		for i := range values {
			list = append(list, i/length)
		}
		return list, (n + length - 1) / length
	}
	single, count := block(1)
	c := change(values, base, single, count)
	if want := 0.1 / math.Sqrt(n); math.Abs(c.Deviation/want-1) > 0.1 {
		t.Errorf("single frames: %v, want %v", c.Deviation, want)
	}
	tens, count := block(run)
	c = change(values, base, tens, count)
	if want := 0.1 / math.Sqrt(n/run); math.Abs(c.Deviation/want-1) > 0.1 {
		t.Errorf("blocks: %v, want %v", c.Deviation, want)
	}
	if math.Abs(c.Difference+0.1) > 4*c.Deviation || math.Abs(c.Relative-c.Difference) > 1e-9 || math.Abs(c.RelativeDeviation-c.Deviation) > 1e-9 {
		t.Errorf("%+v", c)
	}
	if again := change(values, base, tens, count); again != c {
		t.Errorf("%+v, then %+v", c, again)
	}
}

func TestChangeOfNothing(t *testing.T) {
	zero := make([]float64, 10)
	block, count := Blocks(seconds(10, 1), time.Minute)
	if c := change(zero, zero, block, count); c != (Change{}) {
		t.Errorf("%+v", c)
	}
}
