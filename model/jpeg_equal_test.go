package model

import (
	"bytes"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgeclr/camera/jfif"
)

// notAsLibjpeg explains the files for which package jfif and TensorFlow's libjpeg-turbo do
// not give the same pixels.
var notAsLibjpeg = map[string]string{
	"bad-exif/pillow__hopper_bad_exif.jpg":             "damaged Huffman data: libjpeg goes on from another place",
	"corrupt/jpeg-decoder__subtract-with-overflow.jpg": "damaged coefficients overflow in another way",
}

// Before TensorFlow is loaded, package jfif decodes; afterwards libjpeg-turbo. No vector
// depends on which of them it was: every value of every pixel is the same.
func TestJPEGSameWithoutTensorFlow(t *testing.T) {
	shared := os.Getenv("EDGECLR_SHARED")
	if shared == "" {
		shared = "../../shared"
	}
	shared = filepath.Join(shared, "data")
	d := openJPEGDecoder(t)
	for _, set := range []struct {
		pattern string
		most    int
	}{
		{"eurosat/*/*/*.jpg", 100}, {"eurosat/*/*.jpg", 100}, {"clothing/*/*/*.jpg", 40}, {"clothing/*/*.jpg", 40},
		{"trashnet/*/*/*.jpg", 60}, {"trashnet/*/*.jpg", 60}, {"awkward/*/*.jpg", 1000}, {"awkward/*/*.jpeg", 1000},
	} {
		paths, err := filepath.Glob(filepath.Join(shared, set.pattern))
		if err != nil {
			t.Fatal(err)
		}
		step := max(len(paths)/set.most, 1)
		for i := 0; i < len(paths); i += step {
			compareJPEG(t, d, paths[i])
		}
	}
	if found, err := filepath.Glob(filepath.Join(shared, "*")); err != nil || len(found) == 0 {
		t.Skipf("the shared data are not here: %v (set EDGECLR_SHARED)", err)
	}
}

func compareJPEG(t *testing.T, d *JPEGDecoder, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	header, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil || header.Width*header.Height > 20e6 {
		return // what a decoder of pictures refuses by its header
	}
	want, err := d.DecodeJPEG(data, 1)
	got, errGot := jfif.Decode(data)
	name := filepath.Join(filepath.Base(filepath.Dir(path)), filepath.Base(path))
	switch _, known := notAsLibjpeg[name]; {
	case known, strings.HasPrefix(name, "fuzz/"): // damaged by design
	case err != nil || errGot != nil:
		if (err == nil) != (errGot == nil) {
			t.Logf("%s: libjpeg says %v, jfif says %v", name, err, errGot)
		}
	case got.Width != want.Width || !bytes.Equal(got.Pix, want.Pix):
		t.Errorf("%s: other pixels", name)
	}
}
