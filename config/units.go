package config

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// Bytes is a number of bytes, written "4GB", "1.5GiB" or "65536".
type Bytes int64

// Decimal and binary units. Sizes of memory and files are usually given in
// binary units, sizes of disks in decimal ones. Every key takes both.
const (
	KB Bytes = 1000
	MB       = 1000 * KB
	GB       = 1000 * MB
	TB       = 1000 * GB

	KiB Bytes = 1024
	MiB       = 1024 * KiB
	GiB       = 1024 * MiB
	TiB       = 1024 * GiB
)

type byteUnit struct {
	name string
	size Bytes
}

// byteUnits are in the order in which String prefers them.
func byteUnits() []byteUnit {
	return []byteUnit{
		{"TB", TB}, {"TiB", TiB}, {"GB", GB}, {"GiB", GiB},
		{"MB", MB}, {"MiB", MiB}, {"KB", KB}, {"KiB", KiB}, {"B", 1},
	}
}

// ParseBytes reads a size. Units are exact (GB is 1000^3, GiB is 1024^3) and
// may be in upper or lower case. A bare number is bytes. A fraction of a byte is
// dropped.
func ParseBytes(text string) (Bytes, error) {
	number := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	unit := text[len(number):]
	size := Bytes(0)
	for _, u := range byteUnits() {
		if strings.EqualFold(unit, u.name) || unit == "" {
			size = u.size
		}
	}
	number = strings.TrimSpace(number)
	// big.Rat also reads signs, fractions and exponents. An exponent could ask
	// for a number of a million digits.
	if size == 0 || number == "" || len(number) > 24 || strings.Trim(number, "0123456789.") != "" {
		return 0, fmt.Errorf("%q is not a size: write a number with B, KB, MB, GB, TB, KiB, MiB, GiB or TiB, like 4GB", text)
	}
	exact, ok := new(big.Rat).SetString(number)
	if !ok {
		return 0, fmt.Errorf("%q is not a size: %q is not a number", text, number)
	}
	exact.Mul(exact, new(big.Rat).SetInt64(int64(size)))
	whole := new(big.Int).Quo(exact.Num(), exact.Denom())
	if !whole.IsInt64() {
		return 0, fmt.Errorf("%q is too large: the most is 8388607TiB", text)
	}
	return Bytes(whole.Int64()), nil
}

// String is the shortest exact form. ParseBytes reads it back.
func (b Bytes) String() string {
	for _, u := range byteUnits() {
		if b != 0 && b%u.size == 0 && u.size > 1 {
			return fmt.Sprintf("%d%s", b/u.size, u.name)
		}
	}
	return fmt.Sprint(int64(b))
}

// MarshalText implements encoding.TextMarshaler.
func (b Bytes) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (b *Bytes) UnmarshalText(text []byte) error {
	v, err := ParseBytes(string(text))
	if err == nil {
		*b = v
	}
	return err
}

// Duration is a time.Duration of 0 or more. It is written with days and weeks
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

// String is a short exact form, like "7d" or "1h30m". ParseDuration reads it
// back.
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
