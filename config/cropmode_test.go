package config

import "testing"

// A store of cameras alone embeds whole pictures and learns from views that leave things in
// their place, unless the configuration says otherwise.
func TestCropMode(t *testing.T) {
	for _, c := range []struct {
		text   string
		squash bool
		flip   float64
	}{
		{"", false, 0.5},
		{"sources: [dir:/a]\n", false, 0.5},
		{"sources: [\"v4l2:/dev/video0\"]\n", true, 0},
		{"sources: [\"synthetic:yard\", \"http://camera/\"]\n", true, 0},
		{"sources: [\"v4l2:/dev/video0\", \"dir:/a\"]\n", false, 0.5},
		{"sources: [\"v4l2:/dev/video0\"]\nserve: {crop_mode: center}\n", false, 0.5},
		{"sources: [dir:/a]\nserve: {crop_mode: squash}\n", true, 0},
		{"sources: [\"v4l2:/dev/video0\"]\naugment: {preset: natural}\n", true, 0.5},
		{"sources: [\"v4l2:/dev/video0\"]\naugment: {flip: 0.3}\n", true, 0.3},
	} {
		got, err := Load(write(t, c.text), nil)
		if err != nil || got.Squash() != c.squash || got.Views().Flip != c.flip {
			t.Errorf("%q: squash %v, flip %v, %v", c.text, got.Squash(), got.Views().Flip, err)
		}
	}
	if cfg := Default(); cfg.CropFor(SourcesOf("synthetic:conveyor")) != CropSquash || cfg.CropFor(SourcesOf("dir:/a")) != CropCenter {
		t.Error("the crop mode for sources")
	}
}
