package governor

import (
	"fmt"
	"strings"
	"time"
)

// Window is a daily time from From until before To, both since midnight on the
// clock on the wall. With To before From it ends on the next day.
type Window struct{ From, To time.Duration }

const day = 24 * time.Hour

// ParseWindow reads "22:00-06:00", hours and minutes of 24 hours. "24:00" is the
// end of the day.
func ParseWindow(text string) (Window, error) {
	from, to, found := strings.Cut(text, "-")
	w := Window{}
	var err error
	if w.From, err = parseTime(from); err == nil {
		w.To, err = parseTime(to)
	}
	if !found || err != nil {
		return Window{}, fmt.Errorf("%q is not a daily time: write hours and minutes like 22:00-06:00", text)
	}
	return w, w.check()
}

// parseTime reads "6:00" or "06:00", up to "24:00".
func parseTime(text string) (time.Duration, error) {
	text = strings.TrimSpace(text)
	if text == "24:00" {
		return day, nil
	}
	t, err := time.Parse("15:04", text)
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, err
}

func (w Window) check() error {
	switch {
	case w.From < 0 || w.From >= day || w.To < 0 || w.To > day:
		return fmt.Errorf("%v is not a daily time: hours go from 00:00 to 24:00, which is an end only", w)
	case w.From == w.To:
		return fmt.Errorf("%v is empty: write 00:00-24:00, or no window at all, for the whole day", w)
	}
	return nil
}

// Contains tells whether the clock on the wall is inside.
func (w Window) Contains(t time.Time) bool {
	hour, minute, second := t.Clock()
	at := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
	if w.From <= w.To {
		return w.From <= at && at < w.To
	}
	return w.From <= at || at < w.To
}

// String gives what ParseWindow reads.
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
