package mjpeg

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// shared is the folder with pictures of other programs, unless EDGECLR_SHARED names another.
const shared = "../../../shared"

// coloured is a JPEG of Go's encoder, which uses the standard tables.
func coloured(tb testing.TB, w, h int) []byte {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.RGBA{uint8(5 * x), uint8(3 * y), uint8(x * y), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 85}); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func grey(tb testing.TB) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 20, 10)), nil); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// withoutTables removes the segments with Huffman tables.
func withoutTables(data []byte) []byte {
	out := bytes.Clone(data[:2])
	for w := (walker{data, 2}); ; {
		marker, start, ok := w.next()
		if !ok {
			return out
		}
		if marker == markerSOS {
			return append(out, data[start:]...)
		}
		w.segment()
		if marker != markerDHT {
			out = append(out, data[start:w.pos]...)
		}
	}
}

func TestRepair(t *testing.T) {
	whole := coloured(t, 64, 48)
	bare := withoutTables(whole)
	segment := func(marker byte, content string) []byte {
		return append([]byte{0xff, marker, 0, byte(2 + len(content))}, content...)
	}
	insert := func(data []byte, what []byte) []byte {
		return append(append(bytes.Clone(data[:2]), what...), data[2:]...)
	}
	for _, tc := range []struct {
		name string
		data []byte
		want string // part of the error
	}{
		{"whole", whole, ""},
		{"without tables", bare, ""},
		{"grey without tables", withoutTables(grey(t)), ""},
		{"padded with zeros", append(bytes.Clone(bare), make([]byte, 1000)...), ""},
		{"rest of an older picture behind", append(bytes.Clone(bare), whole[300:]...), ""},
		{"AVI1 segment first", insert(bare, segment(0xe0, "AVI1\x00\x00\x00\x00\x00\x00")), ""},
		{"end marker and scan inside a comment", insert(bare, segment(0xfe, "\xff\xd9\xff\xda\xff\xd8 thumbnail")), ""},
		{"fill bytes before a marker", insert(bare, []byte{0xff, 0xff, 0xff}), ""},
		{"only one table defined", insert(bare, huffmanSegment(0x11)), ""},
		{"empty", nil, "do not start"},
		{"something else", []byte(strings.Repeat("RIFF", 100)), "do not start"},
		{"cut in the coded data", whole[:len(whole)-20], "have no end"},
		{"cut in a segment", whole[:40], "inside a segment"},
		{"cut before the length", whole[:4], "inside a segment"},
		{"no end marker", whole[:len(whole)-2], "have no end"},
		{"next picture inside", append(bytes.Clone(whole[:len(whole)-20]), whole...), "starts inside"},
		{"no scan", []byte("\xff\xd8\xff\xfe\x00\x02\xff\xd9"), "without pixels"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := bytes.Clone(tc.data)
			got, err := Repair(tc.data)
			if !bytes.Equal(before, tc.data) {
				t.Error("the buffer was changed")
			}
			if tc.want != "" {
				if !aboutOnePicture(err) || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("got %v, want %q", err, tc.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			reference := whole
			if strings.HasPrefix(tc.name, "grey") {
				reference = grey(t)
			}
			if !samePixels(t, got, reference) {
				t.Error("other pixels")
			}
		})
	}
	if got, _ := Repair(whole); !bytes.Equal(got, whole) {
		t.Error("a whole picture was changed")
	}
}

// TestRepairShared removes the tables from every shared JPEG that has the standard ones, and
// repairs it.
func TestRepairShared(t *testing.T) {
	folder := cmp.Or(os.Getenv("EDGECLR_SHARED"), shared)
	files, _ := filepath.Glob(folder + "/data/awkward/*/*.jp*g")
	if len(files) == 0 {
		t.Skip("no pictures in " + folder + " (set EDGECLR_SHARED)")
	}
	repaired := 0
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Repair(data)
		if _, decode := jpeg.Decode(bytes.NewReader(data)); decode == nil && (err != nil || !samePixels(t, got, data)) {
			t.Errorf("%s: decodes, and repair changes it or says %v", name, err)
		}
		if err != nil || !bytes.Contains(data, huffmanSegment(0x10)[4:]) || !bytes.Contains(data, huffmanSegment(0x00)[4:]) {
			continue
		}
		if got, err := Repair(withoutTables(data)); err != nil || !samePixels(t, got, data) {
			t.Errorf("%s without tables: %v", name, err)
		}
		repaired++
	}
	t.Logf("%d files, %d with the standard tables", len(files), repaired)
}

// samePixels decodes and compares both. Two pictures that Go does not decode are equal.
func samePixels(tb testing.TB, a, b []byte) bool {
	tb.Helper()
	x, errX := jpeg.Decode(bytes.NewReader(a))
	y, errY := jpeg.Decode(bytes.NewReader(b))
	if errX != nil || errY != nil {
		return (errX == nil) == (errY == nil)
	}
	return reflect.DeepEqual(x, y)
}

func FuzzRepair(f *testing.F) {
	whole := coloured(f, 20, 10)
	for _, seed := range [][]byte{whole, withoutTables(whole), withoutTables(grey(f)), whole[:100], append(bytes.Clone(whole[:300]), whole...)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Repair(data)
		if err != nil {
			if !aboutOnePicture(err) {
				t.Errorf("%v is not about one picture", err)
			}
			return
		}
		if !bytes.HasPrefix(got, []byte{0xff, markerSOI}) || !bytes.HasSuffix(got, []byte{0xff, markerEOI}) {
			t.Error("no whole JPEG")
		}
		again, err := Repair(got)
		if err != nil || !bytes.Equal(again, got) {
			t.Errorf("repairing what is repaired changes it: %v", err)
		}
		if c, err := jpeg.DecodeConfig(bytes.NewReader(data)); err != nil || c.Width*c.Height > 1<<16 {
			return
		}
		if _, err := jpeg.Decode(bytes.NewReader(data)); err == nil && !samePixels(t, got, data) {
			t.Error("a picture that decoded does not any more")
		}
	})
}
