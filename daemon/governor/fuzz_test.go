package governor

import (
	"math"
	"testing"
)

// FuzzKernelFiles checks that what is read of the kernel's files is in the range in
// which the rest of the package computes.
func FuzzKernelFiles(f *testing.F) {
	for _, text := range []string{
		"", "45000\n", "-274000", "0.52 0.48 0.40 2/345 6789\n", "NaN", "1e400", "0x1p-2 ",
		"max\n", "9223372036854775807", "-1",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if v, err := parseTemperature(data); err == nil && !(v >= coldest && v <= hottest) {
			t.Errorf("temperature %v", v)
		}
		if v, err := parseLoad(data); err == nil && !(v >= 0 && v <= math.MaxUint32) {
			t.Errorf("load %v", v)
		}
	})
}
