package decode

import (
	"encoding/binary"
	"errors"
	"path/filepath"
	"testing"
)

// riff builds a WebP file of chunks given as id, payload, id, payload ...
func riff(parts ...string) []byte {
	body := "WEBP"
	for i := 0; i+1 < len(parts); i += 2 {
		body += parts[i] + string(binary.LittleEndian.AppendUint32(nil, uint32(len(parts[i+1])))) + parts[i+1]
		if len(parts[i+1])%2 == 1 {
			body += "\x00"
		}
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// TestWebPClaims has small files whose parts disagree about the size.
func TestWebPClaims(t *testing.T) {
	const (
		canvas10  = "\x00\x00\x00\x00\x09\x00\x00\x09\x00\x00"
		animated  = "\x02\x00\x00\x00\x09\x00\x00\x09\x00\x00"
		lossless  = "\x2f\xff\xff\xff\x0f\x00\x00\x00" // 16384 x 16384
		lossy     = "\x10\x00\x00\x9d\x01\x2a\xff\x3f\xff\x3f"
		interlude = "\x00\x00\x00\x9d\x01\x2a\x0a\x00\x0a\x00"
		frame     = "\x00\x00\x00\x00\x00\x00\x09\x00\x00\x09\x00\x00\x00\x00\x00\x00"
		outside   = "\x09\x00\x00\x00\x00\x00\x09\x00\x00\x09\x00\x00\x00\x00\x00\x00"
	)
	for _, tc := range []struct {
		name string
		data []byte
		want error
	}{
		{"huge lossless", riff("VP8L", lossless), ErrTooLarge},
		{"huge lossy", riff("VP8 ", lossy), ErrTooLarge},
		{"huge picture on a small canvas", riff("VP8X", canvas10, "VP8L", lossless), ErrCorrupt},
		{"small canvas after a huge picture", riff("VP8L", lossless, "VP8X", canvas10), ErrCorrupt},
		{"huge frame of a small animation", riff("VP8X", animated, "ANMF", frame+string(riff("VP8L", lossless)[12:])), ErrCorrupt},
		{"frame outside of the canvas", riff("VP8X", animated, "ANMF", outside+string(riff("VP8 ", interlude)[12:])), ErrCorrupt},
		{"animation without frames", riff("VP8X", animated), ErrCorrupt},
		{"short frame", riff("VP8X", animated, "ANMF", "123"), ErrCorrupt},
		{"no key frame", riff("VP8 ", "\x01\x00\x00\x9d\x01\x2a\x0a\x00\x0a\x00"), ErrCorrupt},
		{"no signature", riff("VP8L", "\x00\x00\x00\x00\x00"), ErrCorrupt},
		{"chunk longer than the file", riff("VP8L", lossless)[:18], ErrTruncated},
	} {
		t.Run(tc.name, func(t *testing.T) {
			allocated := allocatedBytes(func() {
				if _, _, err := new(Decoder).Decode(t.Context(), tc.data); !errors.Is(err, tc.want) {
					t.Errorf("got %v, want %v", err, tc.want)
				}
			})
			if allocated > 1<<20 {
				t.Errorf("allocated %d bytes", allocated)
			}
		})
	}
}

// TestWebPTruncated cuts real files, a still and an animated one.
func TestWebPTruncated(t *testing.T) {
	awkward := sharedData(t, "awkward")
	for _, name := range []string{"exif-rotated/pillow__hopper_orientation_4.webp", "animated/sharp__rotating-squares.webp"} {
		data := readFile(t, filepath.Join(awkward, name))
		for cut := 13; cut < len(data); cut += 97 {
			_, info, err := new(Decoder).Decode(t.Context(), data[:cut])
			if err == nil && filepath.Dir(name) == "animated" && info.Width == 80 {
				continue // the first frame is whole
			}
			if !errors.Is(err, ErrTruncated) {
				t.Errorf("%s cut after %d of %d bytes: %v", name, cut, len(data), err)
			}
		}
	}
}
