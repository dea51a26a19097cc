package decode

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"testing"
	"time"
)

// withExif inserts an EXIF block that holds DateTimeOriginal into a JPEG.
func withExif(t *testing.T, order binary.AppendByteOrder, taken string) []byte {
	t.Helper()
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	block := []byte("MM")
	if order.AppendUint16(nil, 1)[0] == 1 {
		block = []byte("II")
	}
	block = order.AppendUint16(block, 42)
	block = order.AppendUint32(block, 8)
	field := func(tag, kind uint16, count, value uint32) {
		block = order.AppendUint16(block, 1) // one field in the directory
		block = order.AppendUint16(block, tag)
		block = order.AppendUint16(block, kind)
		block = order.AppendUint32(block, count)
		block = order.AppendUint32(block, value)
		block = order.AppendUint32(block, 0) // no further directory
	}
	field(tagExif, tiffLong, 1, 26)
	field(tagOriginal, tiffASCII, 20, 44)
	block = append(block, taken...)
	block = append(block, 0)
	segment := append([]byte(exifPrefix), block...)
	out := append([]byte{0xff, jpegSOI, 0xff, jpegAPP1}, binary.BigEndian.AppendUint16(nil, uint16(len(segment)+2))...)
	out = append(out, segment...)
	return append(out, picture.Bytes()[2:]...)
}

func TestTaken(t *testing.T) {
	want := time.Date(2026, 11, 30, 17, 5, 9, 0, time.UTC)
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		data := withExif(t, order, "2026:11:30 17:05:09")
		if _, err := new(Decoder).CheckWhole(data); err != nil {
			t.Fatal(err)
		}
		if got, ok := Taken(data); !ok || !got.Equal(want) {
			t.Errorf("%v: %v, %v", order, got, ok)
		}
		for n := range data { // cut anywhere
			if got, ok := Taken(data[:n]); ok && !got.Equal(want) {
				t.Errorf("%v: cut to %d bytes: %v", order, n, got)
			}
		}
		if got, ok := Taken(withExif(t, order, "0000:00:00 00:00:00")); ok {
			t.Errorf("a camera without a clock: %v", got)
		}
	}
	for _, data := range [][]byte{nil, []byte("GIF89a"), {0xff, jpegSOI}} {
		if got, ok := Taken(data); ok {
			t.Errorf("%q: %v", data, got)
		}
	}
}
