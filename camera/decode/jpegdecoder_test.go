package decode

import (
	"bytes"
	"errors"
	"image/jpeg"
	"testing"

	"edgeclr/camera/rgb"
)

// shrinking is a JPEGDecoder like the fast one: it decodes at 1/ratio.
type shrinking struct {
	ratios []int
	fail   error
	panics bool
}

func (s *shrinking) DecodeJPEG(data []byte, ratio int) (*rgb.Image, error) {
	s.ratios = append(s.ratios, ratio)
	if s.panics {
		panic("out of range")
	}
	if s.fail != nil {
		return nil, s.fail
	}
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	full := rgb.FromImage(m)
	return full.Resize(ceilDiv(full.Width, ratio), ceilDiv(full.Height, ratio)), nil
}

func TestDecodeReduced(t *testing.T) {
	data := encoded(t, chart(403, 301))["jpeg"]
	for _, tc := range []struct{ minSide, ratio, w, h int }{
		{1, 8, 51, 38},
		{38, 8, 51, 38},
		{39, 4, 101, 76},
		{96, 2, 202, 151},
		{151, 2, 202, 151},
		{152, 1, 403, 301},
		{1000, 1, 403, 301},
	} {
		fast := &shrinking{}
		d := Decoder{JPEG: fast}
		m, info, err := d.DecodeReduced(t.Context(), data, tc.minSide)
		if err != nil {
			t.Fatal(err)
		}
		if fast.ratios[0] != tc.ratio || m.Width != tc.w || m.Height != tc.h || info.Width != 403 || info.Height != 301 {
			t.Errorf("minSide %d: ratio %v, %d x %d, info %+v", tc.minSide, fast.ratios, m.Width, m.Height, info)
		}
	}
}

func TestFastDecoderFailing(t *testing.T) {
	whole := encoded(t, chart(60, 40))["jpeg"]
	broken := bytes.Clone(whole)
	copy(broken[len(broken)/2:], bytes.Repeat([]byte{0x00}, len(broken)/4))
	for _, tc := range []struct {
		name string
		fast *shrinking
		data []byte
		want error
	}{
		{"refuses what Go reads", &shrinking{fail: errors.New("no")}, whole, nil},
		{"panics", &shrinking{panics: true}, whole, nil},
		{"both refuse", &shrinking{}, broken, ErrCorrupt},
		{"is not asked for a cut file", &shrinking{panics: true}, whole[:len(whole)-1], ErrTruncated},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := Decoder{JPEG: tc.fast}
			if _, _, err := d.Decode(t.Context(), tc.data); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
}
