package mjpeg

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"testing"
)

// segment is a marker segment with its length.
func segment(marker byte, payload ...byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(payload)+2))
	return append(b, payload...)
}

// join concatenates the parts of a picture.
func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

var (
	soi = []byte{0xff, markerSOI}
	eoi = []byte{0xff, markerEOI}
)

// small is a picture of the standard library's encoder. The shade distinguishes pictures.
func small(t testing.TB, shade uint8) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 16, 16))
	for i := range m.Pix {
		m.Pix[i] = shade + uint8(i*i*37)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withThumbnail is a picture with another whole picture in a segment before its own data.
func withThumbnail(t testing.TB) []byte {
	p := small(t, 9)
	thumb := append([]byte("Exif\x00\x00"), small(t, 1)...)
	return join(soi, segment(0xe1, thumb...), p[2:])
}

// progressive has several scans, restart markers, stuffed and fill bytes. It has only the
// structure of a picture.
func progressive() []byte {
	return join(soi, segment(0xc2, 8, 0, 16, 0, 16, 1, 1, 0x11, 0),
		segment(0xda, 1, 1, 0, 0, 0, 0), []byte{1, 2, 0xff, 0, 3, 0xff, 0xd0, 4, 0xff, 0xd7, 5},
		[]byte{0xff, 0xff, 0xff}, segment(0xc4, 0, 1, 2)[1:],
		segment(0xda, 1, 1, 0, 1, 63, 0), []byte{6, 0xff, 0, 0xd9, 7}, eoi)
}
