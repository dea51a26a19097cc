package rgb

import (
	"slices"
	"testing"
)

func TestSquare(t *testing.T) {
	m := New(60, 20)
	for i := range m.Pix {
		m.Pix[i] = uint8(i * 7)
	}
	if got := (Square{Size: 16}).Of(m); !slices.Equal(got.Pix, m.EvalSquare(16).Pix) {
		t.Error("the central square is another one")
	}
	if got := (Square{Size: 16, Squash: true}).Of(m); got.Width != 16 || got.Height != 16 || !slices.Equal(got.Pix, m.Resize(16, 16).Pix) {
		t.Error("the whole picture is not scaled to the square")
	}
	for _, size := range [][2]int{{30, 20}, {20, 30}, {40, 30}} {
		part := m.Crop(0, 0, size[0], size[1])
		if got := (Square{Size: 16, Squash: true}).Of(part); !slices.Equal(got.Pix, part.EvalSquare(16).Pix) {
			t.Errorf("a picture of %v is not cut", size)
		}
	}
	for _, size := range [][2]int{{2048, 1365}, {1280, 853}, {3000, 2000}, {1920, 1080}, {1280, 800}, {640, 480}} {
		large := New(size[0], size[1])
		if wide := size[0]*10 > size[1]*15+10; large.Wide() != wide || large.Shrink(256).Wide() != wide || large.Shrink(448).Wide() != wide {
			t.Errorf("a picture of %v and its smaller copies do not count alike", size)
		}
	}
	whole := m.Crop(0, 0, 20, 20)
	for _, squash := range []bool{false, true} {
		if got := (Square{Size: 20, Squash: squash}).Of(whole); !slices.Equal(got.Pix, whole.Pix) {
			t.Errorf("squash %v changes a square", squash)
		}
	}
}
