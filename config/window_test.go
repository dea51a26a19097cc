package config

import (
	"strings"
	"testing"
	"time"
)

func TestParseWindow(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"22:00-06:00", "22:00-06:00"},
		{" 9:30 - 17:00 ", "09:30-17:00"},
		{"00:00-24:00", "00:00-24:00"},
		{"12:00-00:00", "12:00-00:00"},
	} {
		w, err := ParseWindow(tc.text)
		if err != nil || w.String() != tc.want {
			t.Errorf("%q: %v, %v", tc.text, w, err)
		}
		var again Window
		text, _ := w.MarshalText()
		if err := again.UnmarshalText(text); err != nil || again != w {
			t.Errorf("%q comes back as %v, %v", text, again, err)
		}
	}
	for text, want := range map[string]string{
		"":                  "22:00-06:00",
		"22:00":             "22:00-06:00",
		"22-6":              "22:00-06:00",
		"22:00-25:00":       "22:00-06:00",
		"22:60-23:00":       "22:00-06:00",
		"24:00-06:00":       "an end only",
		"08:00-08:00":       "00:00-24:00",
		"08:00-09:00-10:00": "22:00-06:00",
	} {
		if w, err := ParseWindow(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v", text, w, err)
		}
	}
}

func TestContains(t *testing.T) {
	for _, tc := range []struct {
		window string
		inside string
		out    string
	}{
		{"22:00-06:00", "22:00:00 23:59:59 00:00:00 05:59:59", "06:00:00 12:00:00 21:59:59"},
		{"09:30-17:00", "09:30:00 16:59:59", "09:29:59 17:00:00 00:00:00"},
		{"00:00-24:00", "00:00:00 23:59:59", ""},
		{"12:00-00:00", "12:00:00 23:59:59", "00:00:00 11:59:59"},
	} {
		w, err := ParseWindow(tc.window)
		if err != nil {
			t.Fatal(err)
		}
		for _, half := range []struct {
			times string
			want  bool
		}{{tc.inside, true}, {tc.out, false}} {
			for _, text := range strings.Fields(half.times) {
				at, err := time.Parse(time.TimeOnly, text)
				if err != nil {
					t.Fatal(err)
				}
				if w.Contains(at) != half.want {
					t.Errorf("%s contains %s: %v", tc.window, text, !half.want)
				}
			}
		}
	}
}

// A window that was read can be written and read again.
func FuzzParseWindow(f *testing.F) {
	f.Add("22:00-06:00")
	f.Add("0:00-24:00")
	f.Fuzz(func(t *testing.T, text string) {
		w, err := ParseWindow(text)
		if err != nil {
			return
		}
		if again, err := ParseWindow(w.String()); err != nil || again != w {
			t.Errorf("%q: %v, then %v, %v", text, w, again, err)
		}
	})
}
