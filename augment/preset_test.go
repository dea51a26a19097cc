package augment

import (
	"errors"
	"testing"
)

func TestPresets(t *testing.T) {
	for _, name := range Presets() {
		c, err := Preset(name)
		if err != nil || c.Validate() != nil || c.Preset != name {
			t.Errorf("%s: %+v, %v, %v", name, c, err, c.Validate())
		}
		if (c == Default()) != (name == DefaultPreset) {
			t.Errorf("%s: %+v", name, c)
		}
	}
	if _, err := Preset("night"); !errors.Is(err, ErrConfig) || err.Error() != ErrConfig.Error()+
		`: preset is "night", must be one of aerial, gray, natural, texture` {
		t.Errorf("%v", err)
	}
}
