package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration is a time.Duration of 0 or more that is written with days and weeks
// as well: "90s", "1h30m", "7d", "2w". A day is 24 hours.
type Duration time.Duration

// Units beyond those of time.ParseDuration.
const (
	Day  = Duration(24 * time.Hour)
	Week = 7 * Day
)

// ParseDuration reads a duration. Weeks and days come before Go's own units:
// "1w2d12h". "0" needs no unit.
func ParseDuration(text string) (Duration, error) {
	bad := func() (Duration, error) {
		return 0, fmt.Errorf("%q is not a duration: write numbers with ms, s, m, h, d or w, like 90s, 1h30m or 7d", text)
	}
	rest, total := text, Duration(0)
	for _, unit := range []struct {
		letter string
		size   Duration
	}{{"w", Week}, {"d", Day}} {
		count, after, found := strings.Cut(rest, unit.letter)
		if !found {
			continue
		}
		n, err := strconv.ParseUint(count, 10, 31)
		if err != nil || Duration(n) > (math.MaxInt64-total)/unit.size {
			return bad()
		}
		total += Duration(n) * unit.size
		if rest = after; rest == "" {
			return total, nil
		}
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d < 0 || Duration(d) > math.MaxInt64-total {
		return bad()
	}
	return total + Duration(d), nil
}

// String is a short exact form, so that ParseDuration gives it back: "7d",
// "1h30m".
func (d Duration) String() string {
	if d == 0 {
		return "0"
	}
	if d < 0 {
		return time.Duration(d).String()
	}
	var b strings.Builder
	if d >= Day {
		fmt.Fprintf(&b, "%dd", d/Day)
	}
	if part := d % Day; part != 0 {
		text := time.Duration(part).String()
		if strings.HasSuffix(text, "m0s") {
			text = strings.TrimSuffix(text, "0s")
		}
		if strings.HasSuffix(text, "h0m") {
			text = strings.TrimSuffix(text, "0m")
		}
		b.WriteString(text)
	}
	return b.String()
}

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := ParseDuration(string(text))
	if err == nil {
		*d = v
	}
	return err
}
