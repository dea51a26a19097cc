package config

import (
	"os"
	"path/filepath"
	"testing"
)

// A preset gives the keys that are not set, wherever the others are.
func TestPreset(t *testing.T) {
	path := filepath.Join(t.TempDir(), "edgeclr.yaml")
	if err := os.WriteFile(path, []byte("augment:\n  hue: 0.3\n  preset: aerial\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := load(path, "", []string{"EDGECLR_AUGMENT_CONTRAST=0.7"})
	if err != nil {
		t.Fatal(err)
	}
	if a := c.Augment; a.Preset != "aerial" || a.VerticalFlip != 0.5 || a.Brightness != 0.2 || a.Hue != 0.3 || a.Contrast != 0.7 || a.Blur != 0.5 {
		t.Errorf("%+v", a)
	}
	if _, err := load("", "", []string{"EDGECLR_AUGMENT_PRESET=night"}); err == nil {
		t.Error("a preset that does not exist is taken")
	}
}
