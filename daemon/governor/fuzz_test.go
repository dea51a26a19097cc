package governor

import (
	"math"
	"path"
	"testing"
)

// FuzzKernelFiles holds what is read of the kernel's files to the range in which
// the rest of the package computes.
func FuzzKernelFiles(f *testing.F) {
	for _, text := range []string{
		"", "45000\n", "-274000", "0.52 0.48 0.40 2/345 6789\n", "NaN", "1e400", "0x1p-2 ",
		"MemTotal:        8000000 kB\nMemAvailable:    6000000 kB\n", "MemTotal: 9223372036854775807 kB",
		"0::/system.slice/edgeclr.service\n", "0::../..\n", "4:memory:/\n0::", "max\n", "9223372036854775807", "-1",
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
		if m, err := parseMeminfo(data); err == nil && (m.Total <= 0 || m.Available < 0 || m.Default() < 0) {
			t.Errorf("%+v", m)
		}
		if group, found := parseGroup(data); found && (!path.IsAbs(group) || group != path.Clean(group)) {
			t.Errorf("group %q", group)
		}
		if v, ok := parseLimit(data); ok && v <= 0 {
			t.Errorf("limit %d", v)
		}
	})
}
