package v4l2

import (
	"errors"
	"strings"
	"testing"
)

func TestNormalized(t *testing.T) {
	for name, want := range map[string]string{
		"Brightness": "brightness", "Power Line Frequency": "power_line_frequency", "White Balance, Automatic": "white_balance_automatic",
		"Focus (absolute)": "focus_absolute", "  50 Hz": "50_hz", "": "", "---": "", "Größe": "gr_e", "already_normal_1": "already_normal_1",
	} {
		if got := normalized(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// A configuration from before Linux 5.16 finds its controls after an upgrade, and the other way round.
func TestFindOldNames(t *testing.T) {
	for _, kernel := range [][]Control{
		{{ID: cidExposureAuto, Name: "exposure_auto"}, {ID: cidFocusAuto, Name: "focus_auto"}, {ID: cidAutoWhiteBalance, Name: "white_balance_temperature_auto"}},
		{{ID: cidExposureAuto, Name: "auto_exposure"}, {ID: cidFocusAuto, Name: "focus_automatic_continuous"}, {ID: cidAutoWhiteBalance, Name: "white_balance_automatic"}},
	} {
		for name, id := range map[string]uint32{
			"exposure_auto": cidExposureAuto, "auto_exposure": cidExposureAuto, "Focus, Auto": cidFocusAuto, "white_balance_automatic": cidAutoWhiteBalance,
		} {
			if c, err := findControl(kernel, name); err != nil || c.ID != id {
				t.Errorf("%s: %+v, %v", name, c, err)
			}
		}
		if _, err := findControl(kernel, "exposure_absolute"); !errors.Is(err, ErrSetting) {
			t.Error(err)
		}
	}
	if _, err := findControl(nil, "gain"); err == nil || !strings.HasSuffix(err.Error(), "it has none") {
		t.Error(err)
	}
}

func TestParseValue(t *testing.T) {
	exposure := Control{Name: "exposure", Type: "int", Min: 5, Max: 2500, Step: 5}
	frequency := Control{Name: "power_line_frequency", Type: "menu", Max: 2, Items: []Item{{0, "Disabled"}, {1, "50 Hz"}, {2, "60 Hz"}}}
	for _, tc := range []struct {
		control Control
		value   string
		want    int64
		says    string // part of the error
	}{
		{exposure, "250", 250, ""},
		{exposure, "0xfa", 250, ""},
		{exposure, "251", 0, "5 to 2500 in steps of 5"},
		{exposure, "0", 0, "5 to 2500"},
		{exposure, "", 0, "5 to 2500"},
		{exposure, "auto", 0, "5 to 2500"},
		{frequency, "50 Hz", 1, ""},
		{frequency, "60_hz", 2, ""},
		{frequency, "disabled", 0, ""},
		{frequency, "1", 1, ""},
		{frequency, "3", 0, "0 or disabled, 1 or 50_hz, 2 or 60_hz"},
		{Control{Type: "bool", Max: 1}, "true", 1, ""},
		{Control{Type: "bool", Max: 1}, "off", 0, ""},
		{Control{Type: "bool", Max: 1}, "2", 0, "true or false"},
		{Control{Type: "bitmask", Max: 0x12}, "0x10", 0x10, ""},
		{Control{Type: "bitmask", Max: 0x12}, "0x1", 0, "any bits of 0x12"},
		{Control{Type: "string"}, "abc", 0, "not set"},
		{Control{Type: "int", ReadOnly: true}, "0", 0, "only be read"},
	} {
		got, err := tc.control.parse(tc.value)
		switch {
		case tc.says == "" && (err != nil || got != tc.want):
			t.Errorf("%s=%q: %d, %v", tc.control.Name, tc.value, got, err)
		case tc.says != "" && (!errors.Is(err, ErrSetting) || !strings.Contains(err.Error(), tc.says)):
			t.Errorf("%s=%q: %v, want %q", tc.control.Name, tc.value, err, tc.says)
		}
	}
}
