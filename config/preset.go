package config

import (
	"strings"

	"edgeclr/augment"
)

// applyPreset lays the preset of the augmentation under the keys that were set:
// those that were not take its values. One that does not exist is for validate.
func (l *loader) applyPreset() {
	preset, err := augment.Preset(l.config.Augment.Preset)
	if err != nil {
		return
	}
	from := Config{Augment: preset}
	values := keysOf(&from)
	for i, k := range l.keys {
		if strings.HasPrefix(k.path, "augment.") && l.origins[k.path] == "" {
			k.value.Set(values[i].value)
		}
	}
}
