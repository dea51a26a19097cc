package benchmark

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/camera/stream"
)

// pixels is a learner that compares mean colours. It ignores the blue channel until
// it has learned. It records what it was asked for.
type pixels struct {
	opening  LearnerOptions
	fed      []camera.Frame
	budgets  []Budget
	steps    int
	embedded int // pictures
	closed   bool
	fails    string // name of the method that fails
	least    int    // frames that it needs before it can learn
}

var errPixels = errors.New("out of order")

func (p *pixels) fail(method string) error {
	if p.fails == method {
		return errPixels
	}
	return nil
}

func (p *pixels) Feed(_ context.Context, frames []camera.Frame) error {
	p.fed = append(p.fed, frames...)
	return p.fail("Feed")
}

func (p *pixels) Learn(_ context.Context, b Budget) (int, error) {
	if len(p.fed) < p.least {
		return 0, p.fail("Learn")
	}
	p.budgets = append(p.budgets, b)
	steps := max(b.Steps, 1) // with a bound by time
	p.steps += steps
	return steps, p.fail("Learn")
}

func (p *pixels) Embed(_ context.Context, pictures [][]byte) ([][]float32, error) {
	var vectors [][]float32
	for _, data := range pictures {
		m, _, err := (&decode.Decoder{}).Decode(context.Background(), data)
		if err != nil {
			return nil, err
		}
		v := meanColour(m.EvalSquare(32))
		if p.steps == 0 {
			v[2] = 0
		}
		vectors = append(vectors, v)
	}
	p.embedded += len(pictures)
	return vectors, p.fail("Embed")
}

func (p *pixels) Close() error {
	p.closed = true
	return p.fail("Close")
}

func meanColour(m *rgb.Image) []float32 {
	v := make([]float32, 3)
	for i, value := range m.Pix {
		v[i%3] += float32(value) / float32(m.Width*m.Height)
	}
	return v
}

// colours are the classes of the pictures. Red and violet differ only in blue.
var colours = []struct {
	class string
	rgb   [3]uint8
}{
	{"red", [3]uint8{200, 30, 10}},
	{"green", [3]uint8{30, 200, 10}},
	{"violet", [3]uint8{200, 30, 200}},
}

// newGallery makes n pictures of each colour, each a little different.
func newGallery(t *testing.T, n int) *Gallery {
	t.Helper()
	g := NewGallery(&decode.Decoder{}, 32)
	for i := range n {
		for _, c := range colours {
			m := rgb.New(40, 36)
			for at := range m.Pix {
				m.Pix[at] = c.rgb[at%3] + uint8(i)
			}
			data, err := m.JPEG(95)
			if err != nil {
				t.Fatal(err)
			}
			if err := g.Add(t.Context(), c.class, data); err != nil {
				t.Fatal(err)
			}
		}
	}
	return g
}

// newBench makes a bench and the list of its learners. Its clock advances by a second
// whenever it is read.
func newBench(t *testing.T, kind string, fails string) (*Bench, *[]*pixels) {
	t.Helper()
	k, ok := ByName(kind)
	if kind == "once" {
		k, ok = once(), true
	}
	if !ok {
		t.Fatalf("no kind %s", kind)
	}
	var opened []*pixels
	now := time.Unix(0, 0)
	return &Bench{
		Kind: k, Gallery: newGallery(t, 9), Seed: 10, Seeds: k.Seeds, Repeats: 2, Budget: Budget{Steps: 31},
		Now: func() time.Time { now = now.Add(time.Second); return now },
		Open: func(_ context.Context, o LearnerOptions) (Learner, error) {
			p := &pixels{opening: o, fails: fails}
			opened = append(opened, p)
			return p, p.fail("Open")
		},
	}, &opened
}

// once is a benchmark that shows each picture once, unchanged and in random order.
func once() Kind {
	shuffled := recipe("shuffled", "")
	shuffled.Shuffled = true
	return Kind{
		Name: "once", Seeds: 3, variants: []Variant{pretrained(), shuffled}, evaluations: 1, perStep: 4, perPlace: 1,
		frames: func(int) stream.Options {
			return stream.Options{Repeats: 1, Change: stream.Change{Shift: -1, Light: -1, Noise: -1}, Drift: -1}
		},
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
