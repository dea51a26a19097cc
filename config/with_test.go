package config

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestWith(t *testing.T) {
	base := Default()
	base.Learn.Batch, base.Augment.Hue = 16, 0.4
	got, err := base.With(map[string]string{"learn.steps": "240", "learn.size": "128", "learn.windows": `["22:00-06:00", "12:00-13:00"]`})
	if err != nil || got.Learn.Steps != 240 || got.Learn.Size != 128 || got.Learn.Batch != 16 || got.Augment.Hue != 0.4 || len(got.Learn.Windows) != 2 {
		t.Errorf("%+v %+v, %v", got.Learn, got.Augment, err)
	}
	if base.Learn.Steps != 120 || len(base.Learn.Windows) != 0 {
		t.Errorf("the base changed: %+v", base.Learn)
	}
	// A preset sets the keys of the augmentation, except those that are named.
	aerial, err := Default().With(map[string]string{"augment.preset": "aerial"})
	if err != nil || aerial.Augment == base.Augment {
		t.Fatalf("%+v, %v", aerial.Augment, err)
	}
	both, err := base.With(map[string]string{"augment.preset": "aerial", "augment.hue": "0.3"})
	if err != nil || both.Augment.Hue != 0.3 {
		t.Errorf("%+v, %v", both.Augment, err)
	}
	both.Augment.Hue = aerial.Augment.Hue
	if both.Augment != aerial.Augment {
		t.Errorf("%+v, want %+v", both.Augment, aerial.Augment)
	}
	if same, err := base.With(nil); err != nil || len(Diff(same, base)) != 0 {
		t.Errorf("%v, %v", Diff(same, base), err)
	}
}

func TestWithRefuses(t *testing.T) {
	for setting, want := range map[string]string{
		"learn.stepps=1":              `learn.stepps: no such key; did you mean "learn.steps"?`,
		"learn.steps=many":            `learn.steps: "many" must be a whole number`,
		"learn.steps=0":               "learn.steps: 0 is not allowed: give",
		"augment.crop_scale_min=7":    "augment.crop_scale_min",
		"learn.windows=[":             "is not a list",
		"learn.windows=noon to three": "learn.windows",
	} {
		key, value, _ := strings.Cut(setting, "=")
		_, err := Default().With(map[string]string{key: value})
		var bad *Error
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), want) || bad.Problems[0].Key != key {
			t.Errorf("%s: %v", setting, err)
		}
	}
}

func TestValues(t *testing.T) {
	got := Default().Values("learn.batch", "serve.blend", "learn.windows", "learn.none")
	if want := map[string]string{"learn.batch": "32", "serve.blend": Default().Serve.Blend, "learn.windows": "[]"}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if keys := slices.Sorted(maps.Keys(got)); len(keys) != 3 {
		t.Errorf("%v", keys)
	}
}
