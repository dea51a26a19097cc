package rgb

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// goldenFolder holds what testdata/golden/*.py made with Pillow and torchvision.
var goldenFolder = filepath.Join("..", "..", "testdata", "golden")

type goldenPicture struct {
	Op            string
	Box           [4]int
	Size          int
	Width, Height int
	SHA256        string
}

func readGolden(t *testing.T) (scene *Image, golden struct{ Resize, Square []goldenPicture }) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(goldenFolder, "resize.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	return readScene(t), golden
}

func readScene(t testing.TB) *Image {
	t.Helper()
	f, err := os.Open(filepath.Join(goldenFolder, "scene.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return FromImage(m)
}

func (g goldenPicture) check(t *testing.T, m *Image) {
	t.Helper()
	if m.Width != g.Width || m.Height != g.Height {
		t.Fatalf("%d x %d pixels, want %d x %d", m.Width, m.Height, g.Width, g.Height)
	}
	if sum := sha256.Sum256(m.Pix); hex.EncodeToString(sum[:]) != g.SHA256 {
		t.Errorf("the bytes are not Pillow's")
	}
}

func TestResizeEqualsPillow(t *testing.T) {
	scene, golden := readGolden(t)
	var shared Resizer // one for all sizes: its scratch must not leak between calls
	for _, g := range golden.Resize {
		x, y, w, h := g.Box[0], g.Box[1], g.Box[2], g.Box[3]
		t.Run(fmt.Sprintf("%v to %dx%d", g.Box, g.Width, g.Height), func(t *testing.T) {
			g.check(t, scene.Crop(x, y, w, h).Resize(g.Width, g.Height))
			out := New(g.Width, g.Height)
			shared.Resize(out.Pix, g.Width, g.Height, scene, x, y, w, h)
			g.check(t, out)
		})
	}
}

func TestSquaresEqualTorchvision(t *testing.T) {
	scene, golden := readGolden(t)
	operations := map[string]func(*Image, int) *Image{
		"short":  (*Image).ResizeShortSide,
		"center": centerCrop,
		"eval":   (*Image).EvalSquare,
	}
	for _, g := range golden.Square {
		t.Run(fmt.Sprintf("%s %v %d", g.Op, g.Box, g.Size), func(t *testing.T) {
			g.check(t, operations[g.Op](scene.Crop(g.Box[0], g.Box[1], g.Box[2], g.Box[3]), g.Size))
		})
	}
}
