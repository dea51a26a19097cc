package bench

import (
	"bytes"
	"flag"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// look names a folder to which TestLook writes pictures for a person to look at.
var look = flag.String("look", "", "write pictures to this folder")

func TestLook(t *testing.T) {
	if *look == "" {
		t.Skip("no -look")
	}
	y := New(1, 640, 480)
	for k := range 16 {
		at := 2 + 11.3*float64(k)
		m, truth := y.At(at, uint64(at*5), false)
		t.Log(at, lightAt(1, at), truth.Counts, truth.Area)
		var b bytes.Buffer
		if err := png.Encode(&b, m.ToImage()); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(*look, fmt.Sprintf("bench-%02d.png", k)), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
