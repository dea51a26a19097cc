package decode

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"testing"

	"edgeclr/camera/rgb"
)

// exif builds an EXIF block with one field.
func exif(order binary.AppendByteOrder, kind uint16, count, value uint32) []byte {
	mark := "II"
	if order.String() == "BigEndian" {
		mark = "MM"
	}
	b := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	b = order.AppendUint16(order.AppendUint16(order.AppendUint16(b, 1), tagOrientation), kind)
	b = order.AppendUint32(b, count)
	if kind == tiffShort {
		b = order.AppendUint16(order.AppendUint16(b, uint16(value)), 0)
	} else {
		b = order.AppendUint32(b, value)
	}
	return order.AppendUint32(b, 0)
}

func TestExifOrientation(t *testing.T) {
	le, be := binary.LittleEndian, binary.BigEndian
	good := exif(le, tiffShort, 1, 6)
	for _, tc := range []struct {
		name string
		data []byte
		want int
	}{
		{"little-endian", good, 6},
		{"big-endian", exif(be, tiffShort, 1, 8), 8},
		{"as a long", exif(be, tiffLong, 1, 3), 3},
		{"with the prefix of a JPEG", append([]byte(exifPrefix), good...), 6},
		{"0", exif(le, tiffShort, 1, 0), 0},
		{"9", exif(le, tiffShort, 1, 9), 0},
		{"of another type", exif(le, 2, 1, 6), 0},
		{"many values", exif(le, tiffShort, 2, 6), 0},
		{"cut in the field", good[:18], 0},
		{"nothing", nil, 0},
		{"another byte order", append([]byte("XX"), good[2:]...), 0},
		{"a directory far away", []byte("II*\x00\xff\xff\xff\xff"), 0},
		{"more fields than bytes", append([]byte("II*\x00\x08\x00\x00\x00\xff\xff"), good[10:]...), 6},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := exifOrientation(tc.data); got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
		})
	}
}

func TestXMPOrientation(t *testing.T) {
	for packet, want := range map[string]int{
		`<rdf:Description tiff:Orientation="6"/>`:       6,
		`<tiff:Orientation>3</tiff:Orientation>`:        3,
		`<tiff:Orientation>36</tiff:Orientation>`:       0,
		`<tiff:Orientation>9</tiff:Orientation>`:        0,
		`tiff:Orientation="`:                            0,
		`tiff:OrientationOfSomethingElse="6"`:           0,
		`<rdf:Description exif:PixelXDimension="640"/>`: 0,
	} {
		if got := xmpOrientation([]byte(packet)); got != want {
			t.Errorf("%s: got %d, want %d", packet, got, want)
		}
	}
}

// TestOrientationOfEveryContainer puts the same EXIF block where each format
// keeps it.
func TestOrientationOfEveryContainer(t *testing.T) {
	files := encoded(t, chart(60, 40))
	block := exif(binary.BigEndian, tiffShort, 1, 6)
	app1 := append([]byte(exifPrefix), block...)
	jpegFile := append([]byte{0xff, jpegSOI, 0xff, jpegAPP1, 0, byte(2 + len(app1))}, app1...)
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(block)))
	chunk = append(append(chunk, "eXIf"...), block...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	ihdrEnd := len(pngSignature) + 12 + 13
	for name, data := range map[string][]byte{
		"jpeg": append(jpegFile, files["jpeg"][2:]...),
		"png":  append(append(bytes.Clone(files["png"][:ihdrEnd]), chunk...), files["png"][ihdrEnd:]...),
	} {
		m, info, err := new(Decoder).Decode(t.Context(), data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := rgb.FromImage(chart(60, 40)).Orient(6)
		if info.Orientation != 6 || info.Width != 40 || info.Height != 60 || difference(m, want) > 3 {
			t.Errorf("%s: %+v, differs by %.1f", name, info, difference(m, want))
		}
	}
}

// TestGIFFrameOnCanvas checks that a first frame smaller than the canvas lies on the
// background colour.
func TestGIFFrameOnCanvas(t *testing.T) {
	palette := color.Palette{color.RGBA{10, 20, 30, 255}, color.RGBA{200, 100, 50, 255}}
	frame := image.NewPaletted(image.Rect(2, 1, 4, 3), palette)
	for i := range frame.Pix {
		frame.Pix[i] = 1
	}
	var b bytes.Buffer
	err := gif.EncodeAll(&b, &gif.GIF{
		Image: []*image.Paletted{frame}, Delay: []int{0},
		Config: image.Config{ColorModel: palette, Width: 6, Height: 4},
	})
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := new(Decoder).Decode(t.Context(), b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		x, y int
		want [3]uint8
	}{{0, 0, [3]uint8{10, 20, 30}}, {2, 1, [3]uint8{200, 100, 50}}, {4, 3, [3]uint8{10, 20, 30}}} {
		if got := [3]uint8(m.Pix[3*(tc.y*6+tc.x):]); got != tc.want {
			t.Errorf("(%d, %d) is %v, want %v", tc.x, tc.y, got, tc.want)
		}
	}
}
