package camera

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

// Frames of a video that rely on the standard Huffman tables arrive with them.
func TestLiveWithoutTables(t *testing.T) {
	whole := still(t)
	at := bytes.Index(whole, []byte{0xff, jpegDHT})
	length := 2 + int(binary.BigEndian.Uint16(whole[at+2:]))
	bare := append(bytes.Clone(whole[:at]), whole[at+length:]...)
	var d Decoder
	if _, _, err := d.Decode(t.Context(), bare); err == nil {
		t.Fatal("the tables are still there")
	}
	file := filepath.Join(t.TempDir(), "bare.jpg")
	if err := os.WriteFile(file, bare, 0o600); err != nil {
		t.Fatal(err)
	}
	runUntil(t, openLive(t, "exec:cat "+file, OpenOptions{}), func(f Frame) bool {
		got, _, err := d.Decode(t.Context(), f.Data)
		if err != nil {
			t.Fatal(err)
		}
		want, _, err := d.Decode(t.Context(), whole)
		if err != nil || !bytes.Equal(got.Pix, want.Pix) {
			t.Errorf("other pixels, %v", err)
		}
		return true
	})
}
