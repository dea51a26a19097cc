package augment

import (
	"encoding/json"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"edgeclr/camera/rgb"
)

// goldenFolder holds the results of testdata/golden/*.py, made with torchvision.
var goldenFolder = filepath.Join("..", "testdata", "golden")

func readGolden(t testing.TB, name string, v any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(goldenFolder, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
}

func readPicture(t testing.TB, name string) *rgb.Image {
	t.Helper()
	f, err := os.Open(filepath.Join(goldenFolder, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return rgb.FromImage(m)
}

// goldenStep is one operation of torchvision with its parameter.
type goldenStep struct {
	Op     string
	Value  float64
	Kernel int
}

// add appends the step to those of p.
func (s goldenStep) add(t *testing.T, p *Params) {
	t.Helper()
	next := 0
	for next < len(p.Order) && p.Order[next] != None {
		next++
	}
	switch s.Op {
	case "flip":
		p.Flip = true
	case "vertical_flip":
		p.VerticalFlip = true
	case "grayscale":
		p.Grayscale = true
	case "blur":
		p.BlurKernel, p.BlurSigma = s.Kernel, s.Value
	case "brightness":
		p.Order[next], p.Brightness = Brightness, s.Value
	case "contrast":
		p.Order[next], p.Contrast = Contrast, s.Value
	case "saturation":
		p.Order[next], p.Saturation = Saturation, s.Value
	case "hue":
		p.Order[next], p.Hue = Hue, s.Value
	default:
		t.Fatalf("operations.json has an operation %q that this test does not know", s.Op)
	}
}

// difference describes how far two pictures are apart, in grey levels.
type difference struct {
	mean   float64
	max    int
	equal  float64 // share of values
	beyond float64 // share of values more than 1 apart
}

func compare(a, b []uint8) (d difference) {
	for i := range a {
		e := max(int(a[i])-int(b[i]), int(b[i])-int(a[i]))
		d.mean += float64(e) / float64(len(a))
		d.max = max(d.max, e)
		if e == 0 {
			d.equal += 1 / float64(len(a))
		}
		if e > 1 {
			d.beyond += 1 / float64(len(a))
		}
	}
	return d
}

func TestOperationsEqualTorchvision(t *testing.T) {
	var golden struct {
		Size, Left, Top int
		Cases           [][]goldenStep
	}
	readGolden(t, "operations.json", &golden)
	part := readPicture(t, "scene.png").Crop(golden.Left, golden.Top, golden.Size, golden.Size)
	strip := readPicture(t, "operations.png")
	if strip.Height != golden.Size*len(golden.Cases) {
		t.Fatalf("operations.png has %d rows for %d cases", strip.Height, len(golden.Cases))
	}
	a := NewAugmenter() // one for all: scratch must not leak between calls
	for i, steps := range golden.Cases {
		t.Run(fmt.Sprintf("%v", steps), func(t *testing.T) {
			var p Params
			for _, s := range steps {
				s.add(t, &p)
			}
			got := make([]uint8, 3*golden.Size*golden.Size)
			a.Apply(got, golden.Size, part, p)
			d := compare(got, strip.Pix[i*len(got):(i+1)*len(got)])
			t.Logf("mean error %.5f, largest %d, equal %.4f", d.mean, d.max, d.equal)
			// The goal is a mean below 1 with 99.9 % within 4. The code does better,
			// and the test holds it to that: one level at most, which rounding
			// explains, and rarely.
			if d.max > 1 || d.mean > 0.002 {
				t.Errorf("mean error %.5f, largest %d; want at most 0.002 and 1", d.mean, d.max)
			}
		})
	}
}
