package config

import (
	"fmt"
	"math/big"
	"strings"
)

// Bytes is a number of bytes, written "4GB", "1.5GiB" or "65536".
type Bytes int64

// Decimal and binary units. Memory and files are usually given in binary
// units, disks in decimal ones; both are understood everywhere.
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
// any case is understood; a bare number is bytes. Fractions are cut to whole
// bytes.
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
	// big.Rat takes signs, fractions of two numbers and exponents too, the
	// last of which could ask for a number of a million digits.
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

// String is the shortest exact form, so that ParseBytes gives it back.
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
