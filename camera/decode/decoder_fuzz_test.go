package decode

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// FuzzDecode feeds arbitrary bytes to the decoder. It always returns a picture of the stated
// size or one of the errors of this package, and stays within its limits.
func FuzzDecode(f *testing.F) {
	for _, data := range encoded(f, chart(20, 10)) {
		f.Add(data)
	}
	for _, pattern := range []string{"fuzz/*", "tiny-and-extreme-aspect/*", "animated/*.webp", "exif-rotated/*.webp", "corrupt/*"} {
		paths, _ := filepath.Glob(filepath.Join("../../../shared/data/awkward", pattern))
		for _, path := range paths {
			if data, err := os.ReadFile(path); err == nil && len(data) < 16<<10 {
				f.Add(data)
			}
		}
	}
	d := Decoder{Limits: Limits{MaxPixels: 1 << 20}}
	f.Fuzz(func(t *testing.T, data []byte) {
		sniffed, sniffErr := d.Sniff(data)
		m, info, err := d.Decode(t.Context(), data)
		if err != nil {
			if Reason(err) == "" || !isReason(err) {
				t.Fatalf("an error without a reason: %v", err)
			}
			return
		}
		if sniffErr != nil || sniffed != info {
			t.Fatalf("Sniff says %+v, %v; Decode says %+v", sniffed, sniffErr, info)
		}
		if m.Width != info.Width || m.Height != info.Height || m.Width*m.Height > 1<<20 || len(m.Pix) != 3*m.Width*m.Height {
			t.Fatalf("picture of %d x %d, %d bytes, info %+v", m.Width, m.Height, len(m.Pix), info)
		}
	})
}

func isReason(err error) bool {
	for _, reason := range []error{ErrEmpty, ErrTruncated, ErrTooLarge, ErrUnsupported, ErrCorrupt} {
		if errors.Is(err, reason) {
			return true
		}
	}
	return false
}
