package benchmark

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
)

func TestGalleryKeepsWhatTheEncoderSees(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const size = 48
	for _, tt := range []struct {
		name          string
		width, height int
		smaller       bool
	}{
		{"small", 40, 30, false},
		{"as large as streams need", 300, 256, false},
		{"large", 700, 600, true},
		{"large in a small file", 700, 600, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := rgb.New(tt.width, tt.height)
			for i := range m.Pix {
				m.Pix[i] = uint8(i/7) + uint8(rng.IntN(40))
			}
			data, err := m.JPEG(90)
			if err != nil {
				t.Fatal(err)
			}
			var decoder decode.Decoder
			whole, _, err := decoder.Decode(t.Context(), data)
			if err != nil {
				t.Fatal(err)
			}
			g := NewGallery(&decoder, 32, size)
			g.largest = 0
			if tt.name == "large in a small file" {
				g.largest = len(data)
			}
			if err := g.Add(t.Context(), "a", data); err != nil {
				t.Fatal(err)
			}
			square, err := g.Square(t.Context(), 0, rgb.Square{Size: size})
			if err != nil {
				t.Fatal(err)
			}
			// The encoder cuts a square out of a picture. The square of a square is itself.
			sent, _, err := decoder.Decode(t.Context(), g.evaluated(0, size))
			if err != nil {
				t.Fatal(err)
			}
			want := whole.EvalSquare(size)
			if !slices.Equal(square.Pix, want.Pix) || !slices.Equal(sent.EvalSquare(size).Pix, want.Pix) {
				t.Error("the evaluation would not be on the picture's own square")
			}
			if got := g.File(0); bytes.Equal(got, data) == tt.smaller {
				t.Errorf("%d of %d bytes are kept", len(got), len(data))
			}
			streamed, err := g.load(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			if !tt.smaller && !slices.Equal(streamed.Pix, whole.Pix) {
				t.Error("the streamed picture is another one")
			}
			if tt.smaller && min(streamed.Width, streamed.Height) != 256 {
				t.Errorf("streamed in %d x %d pixels", streamed.Width, streamed.Height)
			}
		})
	}
}

func TestGalleryRefusesWhatIsNoPicture(t *testing.T) {
	g := NewGallery(&decode.Decoder{}, 48)
	err := g.Add(t.Context(), "a", []byte("<html></html>"))
	if decode.Reason(err) != "unsupported" || g.Len() != 0 {
		t.Errorf("%v; %d pictures", err, g.Len())
	}
}
