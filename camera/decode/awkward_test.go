package decode

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"edgeclr/camera/rgb"
)

var update = flag.Bool("update", false, "write testdata/awkward.tsv anew from what Decode does")

// golden lists the result for each file of the shared folder "awkward".
const golden = "testdata/awkward.tsv"

// notAsPillow explains each file that Pillow reads (or refuses) and this
// package does not, with Go's JPEG decoder alone.
var notAsPillow = map[string]string{
	"bad-exif/pillow__hopper_bad_exif.jpg":                                       "damaged Huffman data: libjpeg goes on, Go stops",
	"bomb-huge/jpeg-decoder__8e5e74dbf9b68a322fbb9512db837329.jpg":               "613 bytes cannot hold 6 million pixels; libjpeg pads with grey",
	"bomb-huge/pillow__png_decompression_dos.png":                                "the bomb is in the text, which is never inflated here",
	"cmyk/pillow__tiff_strip_cmyk_jpeg.tif":                                      "JPEG inside TIFF",
	"corrupt/jpeg-decoder__subtract-with-overflow.jpg":                           "damaged coefficients: libjpeg goes on, Go stops",
	"progressive-and-odd-jpeg/jpeg-decoder__partial_progressive.jpg":             "a scan is cut short: libjpeg goes on, Go stops",
	"tiny-and-extreme-aspect/jpeg-decoder__b55977028a3a574336966b6536640fc9.jpg": "613 bytes of damage: libjpeg goes on, Go stops",
	"unsupported-formats/sharp__pitm.avif":                                       "AVIF",
	"unsupported-formats/sharp__relax.jp2":                                       "JPEG 2000",
}

// TestAwkward decodes every awkward file. Each is decoded, or fails for the reason in the
// golden file, within limits of time and memory.
func TestAwkward(t *testing.T) {
	root := sharedData(t, "awkward")
	want := map[string]string{}
	if !*update {
		want = readTable(t, golden)
	}
	var table strings.Builder
	seen := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "MANIFEST.tsv" {
			return err
		}
		seen++
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		t.Run(name, func(t *testing.T) {
			got := outcome(t, readFile(t, path))
			fmt.Fprintf(&table, "%s\t%s\n", name, got)
			if !*update && got != want[name] {
				t.Errorf("got %q, want %q", got, want[name])
			}
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if seen < 148 {
		t.Errorf("%d files, want 148", seen)
	}
}

// outcome returns the line of the golden file: the format, size and orientation of the
// picture, or the reason for a failure.
func outcome(t *testing.T, data []byte) string {
	t.Helper()
	var m *rgb.Image
	var info Info
	var err error
	start := time.Now()
	allocated := allocatedBytes(func() { m, info, err = new(Decoder).Decode(t.Context(), data) })
	// The race detector, which runs with -short, makes decoding ten times slower.
	if took := time.Since(start); took > 2*time.Second && !testing.Short() {
		t.Errorf("took %v", took)
	}
	if allocated > 64<<20 {
		t.Errorf("allocated %d MiB", allocated>>20)
	}
	if err != nil {
		return Reason(err)
	}
	if m.Width != info.Width || m.Height != info.Height || len(m.Pix) != 3*m.Width*m.Height {
		t.Errorf("picture of %d x %d (%d bytes) with info %+v", m.Width, m.Height, len(m.Pix), info)
	}
	return fmt.Sprintf("%s %dx%d orientation %d", info.Format, info.Width, info.Height, info.Orientation)
}

// allocatedBytes returns how much f allocates in total.
func allocatedBytes(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestAwkwardAgreesWithPillow compares the golden file with Pillow's results for the same
// files: the size where both read them, a stated cause where only one does. It leaves out
// the files of fuzzers, which are damaged by design.
func TestAwkwardAgreesWithPillow(t *testing.T) {
	got := readTable(t, golden)
	for name, row := range readTable(t, filepath.Join(sharedData(t, "awkward"), "MANIFEST.tsv")) {
		if name == "file" || strings.HasPrefix(name, "fuzz/") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			fields := strings.Split(row, "\t")
			size, pillow := fields[3], fields[4] == "ok"
			_, picture, _ := strings.Cut(got[name], " ")
			switch reason := notAsPillow[name]; {
			case pillow != (picture != "" && strings.Contains(picture, "x")) && reason == "":
				t.Errorf("here %q, Pillow %q, and no reason is given", got[name], fields[4])
			case pillow && reason == "" && !strings.HasPrefix(picture, upright(t, size, picture)):
				t.Errorf("here %q, Pillow %s", got[name], size)
			}
		})
	}
}

// upright turns Pillow's size, which is that of the stored picture, as Decode does.
func upright(t *testing.T, size, picture string) string {
	t.Helper()
	var w, h int
	if _, err := fmt.Sscanf(size, "%dx%d", &w, &h); err != nil {
		t.Fatal(err)
	}
	if orientation := picture[len(picture)-1]; orientation >= '5' {
		w, h = h, w
	}
	return fmt.Sprintf("%dx%d ", w, h)
}

// readTable reads tab-separated lines by their first field.
func readTable(t *testing.T, path string) map[string]string {
	t.Helper()
	table := map[string]string{}
	for line := range strings.Lines(string(readFile(t, path))) {
		name, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		table[name] = rest
	}
	return table
}
