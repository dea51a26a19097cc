package v4l2

import (
	"fmt"
	"slices"
	"strings"
)

// FourCC is a pixel format: four characters, the first in the lowest byte.
type FourCC uint32

// The formats that this package reads.
const (
	YUYV  FourCC = 'Y' | 'U'<<8 | 'Y'<<16 | 'V'<<24 // packed 4:2:2
	UYVY  FourCC = 'U' | 'Y'<<8 | 'V'<<16 | 'Y'<<24 // packed 4:2:2, chroma first
	NV12  FourCC = 'N' | 'V'<<8 | '1'<<16 | '2'<<24 // 4:2:0, luma and then chroma
	NV12M FourCC = 'N' | 'M'<<8 | '1'<<16 | '2'<<24 // the same in two planes
	RGB24 FourCC = 'R' | 'G'<<8 | 'B'<<16 | '3'<<24
	GREY  FourCC = 'G' | 'R'<<8 | 'E'<<16 | 'Y'<<24 // luma alone
	MJPEG FourCC = 'M' | 'J'<<8 | 'P'<<16 | 'G'<<24
	JPEG  FourCC = 'J' | 'P'<<8 | 'E'<<16 | 'G'<<24
)

// formatNames lists the formats that this package reads, the preferred ones first: colour
// before grey, uncompressed before JPEG.
var formatNames = []struct {
	format FourCC
	name   string
}{
	{YUYV, "YUYV"}, {UYVY, "UYVY"}, {NV12, "NV12"}, {NV12M, "NV12M"}, {RGB24, "RGB24"},
	{MJPEG, "MJPEG"}, {JPEG, "JPEG"}, {GREY, "GREY"},
}

// ParseFormat parses the name of a supported format, or its four characters, in upper
// or lower case. The error matches [ErrSetting] and lists the names.
func ParseFormat(s string) (FourCC, error) {
	var known []string
	for _, n := range formatNames {
		if strings.EqualFold(s, n.name) || strings.EqualFold(s, n.format.characters()) {
			return n.format, nil
		}
		known = append(known, n.name)
	}
	return 0, fmt.Errorf("%w: the format %q is not read; those that are: %s", ErrSetting, s, strings.Join(known, ", "))
}

// String returns the name, such as "YUYV", or the four characters of an unsupported
// format.
func (f FourCC) String() string {
	if i := f.rank(); i >= 0 {
		return formatNames[i].name
	}
	return f.characters()
}

func (f FourCC) characters() string {
	b := []byte{byte(f), byte(f >> 8), byte(f >> 16), byte(f >> 24 & 0x7f)}
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = '?'
		}
	}
	s := strings.TrimRight(string(b), " ")
	if f>>31 != 0 {
		s += "-BE"
	}
	return s
}

// rank returns the place in the list of supported formats, -1 for others.
func (f FourCC) rank() int {
	return slices.IndexFunc(formatNames, func(n struct {
		format FourCC
		name   string
	}) bool {
		return n.format == f
	})
}

// Supported reports whether this package reads the format.
func (f FourCC) Supported() bool { return f.rank() >= 0 }

// compressed reports whether buffers hold JPEG.
func (f FourCC) compressed() bool { return f == MJPEG || f == JPEG }
