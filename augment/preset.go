package augment

import (
	"fmt"
	"slices"
	"strings"
)

// presets are starting points for what a camera sees: one line each. They differ
// from [Default] in what may change without changing what the picture shows.
func presets() map[string]func(*Config) {
	return map[string]func(*Config){
		"natural": func(*Config) {},
		// Straight down there is no up, and colour is what tells fields apart.
		"aerial": func(c *Config) {
			c.VerticalFlip = 0.5
			c.Brightness, c.Contrast, c.Saturation, c.Hue = 0.2, 0.2, 0.2, 0.05
		},
		// Cloth, grain, surfaces: no up, and a part shows what the whole does.
		"texture": func(c *Config) {
			c.VerticalFlip, c.CropScaleMin = 0.5, 0.1
			c.Hue = 0.05
		},
		// Infrared and monochrome cameras: no colour to change.
		"gray": func(c *Config) { c.Saturation, c.Hue = 0, 0 },
	}
}

// DefaultPreset is the tutorial's pipeline, as it stands in [Default].
const DefaultPreset = "natural"

// Presets lists the names.
func Presets() []string {
	var names []string
	for name := range presets() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Preset is the configuration of that name; the error matches [ErrConfig].
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
