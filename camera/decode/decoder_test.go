package decode

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"edgeclr/camera/rgb"
)

// TestUpright compares a photograph that is stored in different orientations with the
// upright one.
func TestUpright(t *testing.T) {
	folder := sharedData(t, "awkward", "exif-rotated")
	for _, tc := range []struct{ reference, pattern string }{
		{"exif-orientation-examples__Landscape_0.jpg", "exif-orientation-examples__Landscape_*.jpg"},
		{"exif-orientation-examples__Portrait_0.jpg", "exif-orientation-examples__Portrait_*.jpg"},
		{"sharp__Landscape_2.jpg", "sharp__Landscape_*.jpg"},
		{"pillow__hopper_orientation_4.webp", "pillow__hopper_orientation_*.webp"},
	} {
		want := small(t, filepath.Join(folder, tc.reference))
		paths, _ := filepath.Glob(filepath.Join(folder, tc.pattern))
		for _, path := range paths {
			t.Run(filepath.Base(path), func(t *testing.T) {
				if d := difference(small(t, path), want); d > 6 {
					t.Errorf("differs from %s by %.1f grey levels", tc.reference, d)
				}
			})
		}
	}
}

// small decodes a file and shrinks it to 16 x 16.
func small(t *testing.T, path string) *rgb.Image {
	t.Helper()
	m, _, err := new(Decoder).Decode(t.Context(), readFile(t, path))
	if err != nil {
		t.Fatal(err)
	}
	return m.Resize(16, 16)
}

// difference is the mean absolute difference of two pictures of one size.
func difference(a, b *rgb.Image) float64 {
	sum := 0
	for i := range a.Pix {
		sum += max(int(a.Pix[i])-int(b.Pix[i]), int(b.Pix[i])-int(a.Pix[i]))
	}
	return float64(sum) / float64(len(a.Pix))
}

// chart is a small picture with a gradient in each channel.
func chart(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, color.NRGBA{uint8(255 * x / w), uint8(255 * y / h), uint8(x ^ y), 255})
		}
	}
	return m
}

// encoded returns a picture in every format that Go writes.
func encoded(t testing.TB, m image.Image) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for name, encode := range map[string]func(b *bytes.Buffer) error{
		"jpeg": func(b *bytes.Buffer) error { return jpeg.Encode(b, m, &jpeg.Options{Quality: 95}) },
		"png":  func(b *bytes.Buffer) error { return png.Encode(b, m) },
		"gif":  func(b *bytes.Buffer) error { return gif.Encode(b, m, nil) },
		"bmp":  func(b *bytes.Buffer) error { return bmp.Encode(b, m) },
		"tiff": func(b *bytes.Buffer) error { return tiff.Encode(b, m, &tiff.Options{Compression: tiff.Deflate}) },
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		files[name] = b.Bytes()
	}
	return files
}

func TestDecodeEveryFormat(t *testing.T) {
	want := rgb.FromImage(chart(60, 40))
	for name, data := range encoded(t, chart(60, 40)) {
		t.Run(name, func(t *testing.T) {
			m, info, err := new(Decoder).Decode(t.Context(), data)
			if err != nil {
				t.Fatal(err)
			}
			if info != (Info{Format: name, Width: 60, Height: 40, Orientation: 1}) {
				t.Errorf("info %+v", info)
			}
			limit := map[string]float64{"jpeg": 3, "gif": 20}[name]
			if d := difference(m, want); d > limit {
				t.Errorf("differs by %.2f grey levels", d)
			}
			if sniffed, err := new(Decoder).Sniff(data); err != nil || sniffed != info {
				t.Errorf("Sniff: %+v, %v", sniffed, err)
			}
		})
	}
}

// TestTruncated cuts each format at many places. The result is never a picture of another
// size, and never another reason.
func TestTruncated(t *testing.T) {
	for name, data := range encoded(t, chart(60, 40)) {
		t.Run(name, func(t *testing.T) {
			for cut := 1; cut < len(data)-16; cut += 1 + len(data)/200 {
				_, _, err := new(Decoder).Decode(t.Context(), data[:cut])
				if !errors.Is(err, ErrTruncated) {
					t.Fatalf("cut after %d of %d bytes: %v", cut, len(data), err)
				}
			}
		})
	}
}

func TestLimits(t *testing.T) {
	for name, data := range encoded(t, chart(60, 40)) {
		for _, tc := range []struct {
			name   string
			limits Limits
			want   error
		}{
			{"exactly enough pixels", Limits{MaxPixels: 2400}, nil},
			{"one pixel too many", Limits{MaxPixels: 2399}, ErrTooLarge},
			{"exactly enough bytes", Limits{MaxBytes: int64(len(data))}, nil},
			{"one byte too many", Limits{MaxBytes: int64(len(data)) - 1}, ErrTooLarge},
		} {
			t.Run(name+"/"+tc.name, func(t *testing.T) {
				d := Decoder{Limits: tc.limits}
				if _, _, err := d.Decode(t.Context(), data); !errors.Is(err, tc.want) {
					t.Errorf("Decode: %v", err)
				}
				if _, err := d.Sniff(data); !errors.Is(err, tc.want) {
					t.Errorf("Sniff: %v", err)
				}
			})
		}
	}
}

// TestClaims changes the size in the header of small files. Claims within the limits must
// not cost memory either.
func TestClaims(t *testing.T) {
	files := encoded(t, chart(60, 40))
	patch := func(name string, at int, value []byte) []byte {
		data := bytes.Clone(files[name])
		copy(data[at:], value)
		return data
	}
	sof := bytes.Index(files["jpeg"], []byte{0xff, jpegSOF0}) + 5
	size16 := binary.BigEndian.AppendUint16(nil, 7000)
	for name, data := range map[string][]byte{
		"jpeg": patch("jpeg", sof, append(size16, size16...)),
		"bmp":  patch("bmp", 18, []byte{0x58, 0x1b, 0, 0, 0x58, 0x1b, 0, 0}),
	} {
		t.Run(name, func(t *testing.T) {
			allocated := allocatedBytes(func() {
				if _, _, err := new(Decoder).Decode(t.Context(), data); !errors.Is(err, ErrTruncated) {
					t.Error(err)
				}
			})
			if allocated > 1<<20 {
				t.Errorf("allocated %d bytes", allocated)
			}
		})
	}
}

// TestWork has small files that require much work.
func TestWork(t *testing.T) {
	manyScans := bytes.Clone(encoded(t, chart(60, 40))["jpeg"])
	sos := bytes.Index(manyScans, []byte{0xff, jpegSOS})
	scan := manyScans[sos : sos+14]
	manyScans = append(manyScans[:sos:sos], bytes.Repeat(scan, maxScans+1)...)
	manyScans = append(manyScans, 0xff, jpegEOI)
	tiffOf := func(fields ...[2]uint32) []byte {
		b := binary.LittleEndian.AppendUint16([]byte("II*\x00\x08\x00\x00\x00"), uint16(len(fields)))
		for _, f := range fields {
			b = binary.LittleEndian.AppendUint16(b, uint16(f[0]))
			b = binary.LittleEndian.AppendUint16(b, tiffLong)
			b = binary.LittleEndian.AppendUint32(b, 1)
			b = binary.LittleEndian.AppendUint32(b, f[1])
		}
		return append(b, 0, 0, 0, 0)
	}
	for name, data := range map[string][]byte{
		"scans of a jpeg":        manyScans,
		"strips of one row":      tiffOf([2]uint32{0x100, 10}, [2]uint32{0x101, 4_000_000}, [2]uint32{0x102, 8}, [2]uint32{0x106, 1}, [2]uint32{tagRowsPerStrip, 1}),
		"tiles beyond the image": tiffOf([2]uint32{0x100, 10}, [2]uint32{0x101, 10}, [2]uint32{0x102, 8}, [2]uint32{0x106, 1}, [2]uint32{tagTileWidth, 60_000}, [2]uint32{tagTileLength, 60_000}),
		"tiny tiles":             tiffOf([2]uint32{0x100, 7000}, [2]uint32{0x101, 7000}, [2]uint32{0x102, 8}, [2]uint32{0x106, 1}, [2]uint32{tagTileWidth, 8}, [2]uint32{tagTileLength, 8}),
	} {
		if _, _, err := new(Decoder).Decode(t.Context(), data); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNotAPicture(t *testing.T) {
	for _, tc := range []struct {
		name, data, says string
		want             error
	}{
		{"nothing", "", "no bytes", ErrEmpty},
		{"zeros", strings.Repeat("\x00", 5000), "zeros", ErrUnsupported},
		{"html", "\n <!DOCTYPE html><p>404", "HTML", ErrUnsupported},
		{"text", "hello", `"hello"`, ErrUnsupported},
		{"heic", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "heic", ErrUnsupported},
		{"jpeg xl", "\xff\x0a\xff\xff", "JPEG XL", ErrUnsupported},
		{"pdf", "%PDF-1.7", "PDF", ErrUnsupported},
		{"first byte of a jpeg", "\xff", "", ErrTruncated},
		{"signature of a png", pngSignature, "", ErrTruncated},
		{"jpeg that ends at once", "\xff\xd8\xff\xd9", "no frame header", ErrCorrupt},
		{"12-bit jpeg", "\xff\xd8\xff\xc1\x00\x0b\x0c\x00\x08\x00\x08\x01\x01\x11\x00\xff\xd9", "12-bit", ErrUnsupported},
		{"lossless jpeg", "\xff\xd8\xff\xc3\x00\x0b\x08\x00\x08\x00\x08\x01\x01\x11\x00\xff\xd9", "SOF3", ErrUnsupported},
		{"jpeg without height", "\xff\xd8\xff\xc0\x00\x0b\x08\x00\x00\x00\x08\x01\x01\x11\x00\xff\xd9", "8 x 0", ErrCorrupt},
		{"gif of nothing", "GIF89a\x00\x00\x00\x00\x00\x00\x00;", "0 x 0", ErrCorrupt},
		{"webp without picture", "RIFF\x04\x00\x00\x00WEBP", "no picture", ErrCorrupt},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, _, err := new(Decoder).Decode(t.Context(), []byte(tc.data))
			if !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v, want %v with %q", err, tc.want, tc.says)
			}
		})
	}
}

func TestDecodeCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := new(Decoder).Decode(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
