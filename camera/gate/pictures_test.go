package gate

import (
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"edgeclr/camera/rgb"
)

// TestPhotographs checks that pictures of different things are not the same, even if they
// are of one class or tiny. 2 of 300 pictures of eurosat are: open water from above,
// without any feature, which differs by less than JPEG changes it.
func TestPhotographs(t *testing.T) {
	for _, name := range []string{"eurosat", "clothing", "trashnet"} {
		t.Run(name, func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(sharedData(t, name), "*", "*.jpg"))
			if err != nil {
				t.Fatal(err)
			}
			c, seen := newCamera(Options{}), 0
			for i := 0; i < len(files); i += max(len(files)/300, 1) { // class after class
				if m := readJPEG(t, files[i]); m != nil {
					if !c.see(m, nil) {
						t.Logf("%s is the same as picture %d", files[i], c.twin)
					}
					seen++
				}
			}
			t.Logf("%d of %d gated", c.same, seen)
			if seen == 0 || c.same > seen/100 {
				t.Errorf("%d of %d different pictures are the same", c.same, seen)
			}
		})
	}
}

// sharedData returns the path of a folder of the shared data, or skips.
func sharedData(t *testing.T, name string) string {
	t.Helper()
	shared := os.Getenv("EDGECLR_SHARED")
	if shared == "" {
		shared = "../../../shared"
	}
	path := filepath.Join(shared, "data", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the shared data are not here: %v (set EDGECLR_SHARED)", err)
	}
	return path
}

// readJPEG returns nil for a file that the standard library cannot read.
func readJPEG(t *testing.T, path string) *rgb.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := jpeg.Decode(f)
	if err != nil {
		return nil
	}
	return rgb.FromImage(m)
}
