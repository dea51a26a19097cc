package augment

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Config holds the parameters of the augmentation. Start from [Default], since the
// zero value is not useful. A strength or probability of 0 switches an operation off.
type Config struct {
	// Preset names the preset that the other values start from; see [Presets].
	Preset string `yaml:"preset"`

	// CropScaleMin and CropScaleMax bound the area of a crop as a share of the
	// picture's, above 0 to 1.
	CropScaleMin float64 `yaml:"crop_scale_min"`
	CropScaleMax float64 `yaml:"crop_scale_max"`
	// CropRatioMin and CropRatioMax bound the aspect ratio (width over height) of
	// a crop before it is resized to a square. They are above 0.
	CropRatioMin float64 `yaml:"crop_ratio_min"`
	CropRatioMax float64 `yaml:"crop_ratio_max"`

	// Focus is the probability that a crop of a live source is placed where the
	// picture differs from what the camera usually sees; see [Background].
	Focus float64 `yaml:"focus"`

	// Flip and VerticalFlip are the probabilities of mirroring left to right
	// and top to bottom.
	Flip         float64 `yaml:"flip"`
	VerticalFlip float64 `yaml:"vertical_flip"`

	// Jitter is the probability that colours are changed at all. The tutorial has
	// 1, SimCLR 0.8.
	Jitter float64 `yaml:"jitter"`
	// Brightness, Contrast and Saturation are strengths. For a strength s the
	// factor is uniform in [max(0, 1-s), 1+s].
	Brightness float64 `yaml:"brightness"`
	Contrast   float64 `yaml:"contrast"`
	Saturation float64 `yaml:"saturation"`
	// Hue is the largest shift in either direction, 0 to 0.5 of the colour circle.
	Hue float64 `yaml:"hue"`

	// Grayscale is the probability that colour is dropped. SimCLR has 0.2.
	Grayscale float64 `yaml:"grayscale"`

	// Blur is the probability of a Gaussian blur. BlurKernel is its width in
	// pixels, an odd number. Sigma is uniform in [BlurSigmaMin, BlurSigmaMax].
	Blur         float64 `yaml:"blur"`
	BlurKernel   int     `yaml:"blur_kernel"`
	BlurSigmaMin float64 `yaml:"blur_sigma_min"`
	BlurSigmaMax float64 `yaml:"blur_sigma_max"`
}

// Default returns the tutorial's pipeline: RandomResizedCrop(scale=(0.2, 1)),
// RandomHorizontalFlip(), ColorJitter(0.4, 0.4, 0.4, 0.1) always, and GaussianBlur(3)
// with probability 0.5. Everything else is off.
func Default() Config {
	return Config{
		Preset:       PresetAuto,
		CropScaleMin: 0.2, CropScaleMax: 1,
		CropRatioMin: 3.0 / 4, CropRatioMax: 4.0 / 3,
		Flip:       0.5,
		Jitter:     1,
		Brightness: 0.4, Contrast: 0.4, Saturation: 0.4, Hue: 0.1,
		Blur: 0.5, BlurKernel: 3, BlurSigmaMin: 0.1, BlurSigmaMax: 2,
	}
}

// ErrConfig matches every error of [Config.Validate] and [Preset].
var ErrConfig = errors.New("augmentation cannot work with these values")

// maxBlurKernel bounds the work of a blur. SimCLR blurs with a tenth of the view.
const maxBlurKernel = 127

// Validate returns an error for each value outside its range, joined. Each names the
// key, the value and what is allowed, and matches [ErrConfig].
func (c Config) Validate() error {
	var errs []error
	if _, err := Preset(c.Preset); err != nil {
		errs = append(errs, err)
	}
	// ok is the wanted condition: NaN fails all comparisons and is refused.
	check := func(ok bool, key string, value any, want string) {
		if !ok {
			errs = append(errs, fmt.Errorf("%w: %s is %v, must be %s", ErrConfig, key, value, want))
		}
	}
	between := func(key string, v, low, high float64) {
		check(v >= low && v <= high, key, v, fmt.Sprintf("from %v to %v", low, high))
	}
	check(c.CropScaleMin > 0 && c.CropScaleMin <= 1, "crop_scale_min", c.CropScaleMin, "above 0, at most 1")
	check(c.CropScaleMax >= c.CropScaleMin && c.CropScaleMax <= 1, "crop_scale_max", c.CropScaleMax, "from crop_scale_min to 1")
	between("crop_ratio_min", c.CropRatioMin, 0.01, 100)
	check(c.CropRatioMax >= c.CropRatioMin && c.CropRatioMax <= 100, "crop_ratio_max", c.CropRatioMax, "from crop_ratio_min to 100")
	between("focus", c.Focus, 0, 1)
	between("flip", c.Flip, 0, 1)
	between("vertical_flip", c.VerticalFlip, 0, 1)
	between("jitter", c.Jitter, 0, 1)
	between("brightness", c.Brightness, 0, 10)
	between("contrast", c.Contrast, 0, 10)
	between("saturation", c.Saturation, 0, 10)
	between("hue", c.Hue, 0, 0.5)
	between("grayscale", c.Grayscale, 0, 1)
	between("blur", c.Blur, 0, 1)
	check(c.BlurKernel >= 1 && c.BlurKernel <= maxBlurKernel && c.BlurKernel%2 == 1, "blur_kernel", c.BlurKernel,
		fmt.Sprintf("an odd number from 1 to %d", maxBlurKernel))
	between("blur_sigma_min", c.BlurSigmaMin, 0.01, 100)
	check(c.BlurSigmaMax >= c.BlurSigmaMin && c.BlurSigmaMax <= 100, "blur_sigma_max", c.BlurSigmaMax, "from blur_sigma_min to 100")
	return errors.Join(errs...)
}

// presets returns starting points for what a camera sees. They differ from [Default]
// in which changes leave a picture's meaning as it is.
func presets() map[string]func(*Config) {
	return map[string]func(*Config){
		"natural":  func(*Config) {},
		PresetAuto: func(*Config) {},
		// To a camera that stays where it is, a place in the picture means something. Crops
		// of all sizes and mirror images would teach that it does not.
		PresetCamera: func(c *Config) { c.CropScaleMin, c.Flip = 0.6, 0 },
		// A view from above has no upper side, and colour tells fields apart.
		"aerial": func(c *Config) {
			c.VerticalFlip = 0.5
			c.Brightness, c.Contrast, c.Saturation, c.Hue = 0.2, 0.2, 0.2, 0.05
		},
		// Cloth, grain and surfaces have no upper side, and a part looks like the whole.
		"texture": func(c *Config) {
			c.VerticalFlip, c.CropScaleMin = 0.5, 0.1
			c.Hue = 0.05
		},
		// Infrared and monochrome cameras have no colour to change.
		"gray": func(c *Config) { c.Saturation, c.Hue = 0, 0 },
	}
}

// Names of presets. [Default], the tutorial's pipeline, is PresetAuto and "natural".
const (
	// PresetAuto is PresetCamera for a store that watches cameras: see [Config.Resolve].
	PresetAuto   = "auto"
	PresetCamera = "camera"
)

// Resolve replaces PresetAuto: by PresetCamera for cameras, else by the tutorial's pipeline.
// Keys that have another value than the tutorial's stay. A valid configuration stays valid.
func (c Config) Resolve(cameras bool) Config {
	if c.Preset != PresetAuto || !cameras {
		return c
	}
	was, to := Default(), Default()
	presets()[PresetCamera](&to)
	if c.CropScaleMin == was.CropScaleMin {
		c.CropScaleMin = min(to.CropScaleMin, c.CropScaleMax)
	}
	if c.Flip == was.Flip {
		c.Flip = to.Flip
	}
	return c
}

// Presets lists the names of the presets, sorted.
func Presets() []string {
	var names []string
	for name := range presets() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Preset returns the configuration of that name. The error matches [ErrConfig].
func Preset(name string) (Config, error) {
	change, ok := presets()[name]
	if !ok {
		return Config{}, fmt.Errorf("%w: preset is %q, must be one of %s", ErrConfig, name, strings.Join(Presets(), ", "))
	}
	c := Default()
	c.Preset = name
	change(&c)
	return c, nil
}
