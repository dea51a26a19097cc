package augment

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestDefaultIsTheTutorial(t *testing.T) {
	c := Default()
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	want := Config{
		Preset: "auto", CropScaleMin: 0.2, CropScaleMax: 1, CropRatioMin: 0.75, CropRatioMax: 4.0 / 3,
		Flip: 0.5, Jitter: 1, Brightness: 0.4, Contrast: 0.4, Saturation: 0.4, Hue: 0.1,
		Blur: 0.5, BlurKernel: 3, BlurSigmaMin: 0.1, BlurSigmaMax: 2,
	}
	if c != want {
		t.Errorf("got %+v, want %+v", c, want)
	}
}

func TestValidateNamesTheKey(t *testing.T) {
	for _, c := range []struct {
		key   string
		spoil func(*Config)
	}{
		{"crop_scale_min", func(c *Config) { c.CropScaleMin = 0 }},
		{"crop_scale_min", func(c *Config) { c.CropScaleMin = math.NaN() }},
		{"crop_scale_max", func(c *Config) { c.CropScaleMax = 0.1 }},
		{"crop_scale_max", func(c *Config) { c.CropScaleMax = 1.1 }},
		{"crop_ratio_min", func(c *Config) { c.CropRatioMin = 0 }},
		{"crop_ratio_max", func(c *Config) { c.CropRatioMax = 0.5 }},
		{"crop_ratio_max", func(c *Config) { c.CropRatioMax = math.Inf(1) }},
		{"flip", func(c *Config) { c.Flip = 1.5 }},
		{"vertical_flip", func(c *Config) { c.VerticalFlip = -0.5 }},
		{"jitter", func(c *Config) { c.Jitter = 2 }},
		{"brightness", func(c *Config) { c.Brightness = -1 }},
		{"contrast", func(c *Config) { c.Contrast = math.NaN() }},
		{"saturation", func(c *Config) { c.Saturation = 11 }},
		{"hue", func(c *Config) { c.Hue = 0.6 }},
		{"grayscale", func(c *Config) { c.Grayscale = -1 }},
		{"blur", func(c *Config) { c.Blur = 50 }},
		{"blur_kernel", func(c *Config) { c.BlurKernel = 4 }},
		{"blur_kernel", func(c *Config) { c.BlurKernel = -3 }},
		{"blur_sigma_min", func(c *Config) { c.BlurSigmaMin = 0 }},
		{"blur_sigma_max", func(c *Config) { c.BlurSigmaMax = 0.05 }},
	} {
		config := Default()
		c.spoil(&config)
		err := config.Validate()
		if !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), c.key+" is ") {
			t.Errorf("%s: got %v", c.key, err)
		}
	}
}

func TestValidateReportsEverything(t *testing.T) {
	err := Config{CropScaleMax: 1}.Validate()
	for _, key := range []string{"crop_scale_min", "crop_ratio_min", "blur_kernel", "blur_sigma_min"} {
		if !strings.Contains(err.Error(), key) {
			t.Errorf("%s is missing in: %v", key, err)
		}
	}
}

func TestPresets(t *testing.T) {
	for _, name := range Presets() {
		c, err := Preset(name)
		if err != nil || c.Validate() != nil || c.Preset != name {
			t.Errorf("%s: %+v, %v, %v", name, c, err, c.Validate())
		}
		if natural := c.Preset == "natural"; (c == Default()) != (name == PresetAuto) || natural && !sameButName(c, Default()) {
			t.Errorf("%s: %+v", name, c)
		}
	}
	if _, err := Preset("night"); !errors.Is(err, ErrConfig) || err.Error() != ErrConfig.Error()+
		`: preset is "night", must be one of aerial, auto, camera, gray, natural, texture` {
		t.Errorf("%v", err)
	}
}

func sameButName(a, b Config) bool {
	a.Preset = b.Preset
	return a == b
}

// Only the preset auto depends on what the store watches. A key with a value of its own
// keeps it.
func TestResolve(t *testing.T) {
	camera, err := Preset(PresetCamera)
	if err != nil {
		t.Fatal(err)
	}
	if got := Default().Resolve(true); !sameButName(got, camera) {
		t.Errorf("of cameras: %+v", got)
	}
	natural, _ := Preset("natural")
	for _, c := range []Config{natural, camera} {
		if got := c.Resolve(true); got != c {
			t.Errorf("%s becomes %+v", c.Preset, got)
		}
	}
	if got := Default().Resolve(false); got != Default() {
		t.Errorf("of photographs: %+v", got)
	}
	own := Default()
	own.CropScaleMin = 0.4
	if got := own.Resolve(true); got.CropScaleMin != 0.4 || got.Flip != 0 {
		t.Errorf("with a value of its own: %+v", got)
	}
	own = Default()
	own.CropScaleMax = 0.5
	if got := own.Resolve(true); got.Validate() != nil || got.CropScaleMin != 0.5 {
		t.Errorf("with small crops: %+v, %v", got, got.Validate())
	}
}
