package config

import (
	"math"
	"testing"
	"time"
)

func TestBytes(t *testing.T) {
	for text, want := range map[string]struct {
		value  Bytes
		string string
	}{
		"0":          {0, "0"},
		"17":         {17, "17"},
		"17B":        {17, "17"},
		"65536":      {64 * KiB, "64KiB"},
		"4GB":        {4_000_000_000, "4GB"},
		"4gb":        {4_000_000_000, "4GB"},
		"4 GB":       {4_000_000_000, "4GB"},
		"64MiB":      {67_108_864, "64MiB"},
		"1.5GiB":     {1_610_612_736, "1536MiB"},
		"0.1KB":      {100, "100"},
		"1.9B":       {1, "1"},
		"8388607TiB": {8388607 * TiB, "8388607TiB"},
	} {
		got, err := ParseBytes(text)
		if err != nil || got != want.value || got.String() != want.string {
			t.Errorf("ParseBytes(%q) = %d (%v), %v; want %d (%s)", text, got, got, err, want.value, want.string)
		}
	}
	for _, text := range []string{"", "GB", "4G", "4 gigs", "-1GB", "1e9", "1/2GB", "0x10", "1..2", "8388608TiB", "9999999999999999999999999", "4GBGB", "∞", "NaN"} {
		if got, err := ParseBytes(text); err == nil {
			t.Errorf("ParseBytes(%q) = %d, want an error", text, got)
		}
	}
}

func TestDuration(t *testing.T) {
	for text, want := range map[string]struct {
		value  Duration
		string string
	}{
		"0":       {0, "0"},
		"90s":     {Duration(90 * time.Second), "1m30s"},
		"60s":     {Duration(time.Minute), "1m"},
		"500ms":   {Duration(time.Second / 2), "500ms"},
		"1h30m":   {Duration(90 * time.Minute), "1h30m"},
		"24h":     {Day, "1d"},
		"7d":      {Week, "7d"},
		"2w":      {2 * Week, "14d"},
		"1w2d12h": {9*Day + Duration(12*time.Hour), "9d12h"},
		"1d1ms":   {Day + Duration(time.Millisecond), "1d1ms"},
	} {
		got, err := ParseDuration(text)
		if err != nil || got != want.value || got.String() != want.string {
			t.Errorf("ParseDuration(%q) = %d (%v), %v; want %d (%s)", text, got, got, err, want.value, want.string)
		}
	}
	for _, text := range []string{"", "7", "d", "-1h", "1d-1h", "1.5d", "1d2w", "7 days", "99999999999d", "2147483647w", "106751d48h", "1h2d"} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("ParseDuration(%q) = %v, want an error", text, got)
		}
	}
}

func FuzzUnits(f *testing.F) {
	f.Add("4GB", int64(1))
	f.Add("1w2d3h", int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, text string, n int64) {
		if b, err := ParseBytes(text); err == nil && b < 0 {
			t.Errorf("ParseBytes(%q) = %d", text, b)
		}
		if d, err := ParseDuration(text); err == nil && d < 0 {
			t.Errorf("ParseDuration(%q) = %d", text, d)
		}
		if n < 0 {
			return
		}
		if b, err := ParseBytes(Bytes(n).String()); err != nil || b != Bytes(n) {
			t.Errorf("%v came back as %v, %v", Bytes(n), b, err)
		}
		if d, err := ParseDuration(Duration(n).String()); err != nil || d != Duration(n) {
			t.Errorf("%v came back as %v, %v", Duration(n), d, err)
		}
	})
}
