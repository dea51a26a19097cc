package recipes

import (
	"maps"
	"strings"
	"testing"

	"edgeclr/config"
)

func TestParseVariant(t *testing.T) {
	base := config.Default()
	base.Learn.Batch = 16
	for text, want := range map[string]map[string]string{
		"recipe":                                                       {},
		"crop4:augment.crop_scale_min=0.4":                             {"augment.crop_scale_min": "0.4"},
		"a:learn.size=128 learn.steps=240":                             {"learn.size": "128", "learn.steps": "240"},
		"a:learn.size=128,learn.steps=240":                             {"learn.size": "128", "learn.steps": "240"},
		"a:learn.size=128, learn.steps=240":                            {"learn.size": "128", "learn.steps": "240"},
		`a:learn.windows=["22:00-06:00", "12:00-13:00"] learn.lr=0.01`: {"learn.windows": `["22:00-06:00", "12:00-13:00"]`, "learn.lr": "0.01"},
	} {
		v, err := ParseVariant(text, base)
		if err != nil || !maps.Equal(v.Settings, want) {
			t.Errorf("%s: %v, %v, want %v", text, v.Settings, err, want)
			continue
		}
		if v.Config.Learn.Batch != 16 {
			t.Errorf("%s: the base is lost: %+v", text, v.Config.Learn)
		}
	}
	v, err := ParseVariant("a:learn.steps=240 learn.size=128", base)
	if err != nil || v.Config.Learn.Size != 128 || v.Config.Learn.Steps != 240 || v.String() != "learn.size=128 learn.steps=240" {
		t.Errorf("%+v, %s, %v", v.Config.Learn, v, err)
	}
}

func TestParseVariantRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "cannot be the name of a variant",
		"frozen":                        "cannot be the name of a variant",
		"frozen.1":                      "cannot be the name of a variant",
		"a/b:learn.lr=1":                "cannot be the name of a variant",
		"learn.lr=1":                    "cannot be the name of a variant",
		"a:":                            "has no settings",
		"a:learn.lr":                    "has no settings",
		"a:now learn.lr=0.1":            "has no settings",
		"a:learn.lr=0.1 learn.lr=0.2":   "sets learn.lr twice",
		"a:learn.rate=1":                "variant a: learn.rate: no such key",
		"a:learn.lr=fast":               `variant a: learn.lr: "fast" must be a number`,
		"a:learn.batch=1 learn.steps=0": "learn.batch: 1 is not allowed",
		"a:encoder.file=x.tflite":       "nothing is learned",
		"a:data=/x":                     "data changes nothing that is learned",
		"a:learn.lr=0.1 model.seed=7":   "model.seed changes nothing that is learned",
	} {
		if _, err := ParseVariant(text, config.Default()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestBaseSettings(t *testing.T) {
	base := config.Default()
	if got := BaseSettings(base); len(got) > 0 {
		t.Errorf("of the defaults: %v", got)
	}
	base.Data, base.Log.Level, base.Model.Seed, base.Learn.Batch = "/x", "warn", 7, 8
	if got := BaseSettings(base); !maps.Equal(got, map[string]string{"learn.batch": "8"}) {
		t.Errorf("%v", got)
	}
}
