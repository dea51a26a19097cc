package config

import (
	"fmt"
	"strings"
	"time"
)

// Window is a daily period: a value of learn.windows. It includes From and excludes
// To, both counted from midnight on the wall clock. A window whose To is before its
// From ends on the next day.
type Window struct{ From, To time.Duration }

const dayLength = time.Duration(Day)

// ParseWindow reads a window like "22:00-06:00": hours and minutes of a 24-hour
// clock. "24:00" is the end of the day.
func ParseWindow(text string) (Window, error) {
	from, to, found := strings.Cut(text, "-")
	w := Window{}
	var err error
	if w.From, err = parseTimeOfDay(from); err == nil {
		w.To, err = parseTimeOfDay(to)
	}
	if !found || err != nil {
		return Window{}, fmt.Errorf("%q is not a daily time: write hours and minutes like 22:00-06:00", text)
	}
	return w, w.Check()
}

// parseTimeOfDay reads "6:00" or "06:00", up to "24:00".
func parseTimeOfDay(text string) (time.Duration, error) {
	text = strings.TrimSpace(text)
	if text == "24:00" {
		return dayLength, nil
	}
	t, err := time.Parse("15:04", text)
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, err
}

// Check refuses a window that is empty or reaches outside the day.
func (w Window) Check() error {
	switch {
	case w.From < 0 || w.From >= dayLength || w.To < 0 || w.To > dayLength:
		return fmt.Errorf("%v is not a daily time: hours go from 00:00 to 24:00, which is an end only", w)
	case w.From == w.To:
		return fmt.Errorf("%v is empty: write 00:00-24:00, or no window at all, for the whole day", w)
	}
	return nil
}

// Contains reports whether the wall-clock time of t lies in the window.
func (w Window) Contains(t time.Time) bool {
	hour, minute, second := t.Clock()
	at := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
	if w.From <= w.To {
		return w.From <= at && at < w.To
	}
	return w.From <= at || at < w.To
}

// String is the form that ParseWindow reads.
func (w Window) String() string {
	clock := func(d time.Duration) string {
		return fmt.Sprintf("%02d:%02d", d/time.Hour, d%time.Hour/time.Minute)
	}
	return clock(w.From) + "-" + clock(w.To)
}

// MarshalText implements encoding.TextMarshaler.
func (w Window) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (w *Window) UnmarshalText(text []byte) error {
	v, err := ParseWindow(string(text))
	if err == nil {
		*w = v
	}
	return err
}
