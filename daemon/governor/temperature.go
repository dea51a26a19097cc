package governor

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// What a board can survive, in degrees Celsius. Zones without a sensor read
// numbers like -274000 or 0x7fffffff.
const (
	coldest = -60
	hottest = 150
)

// temperature is that of the hottest thermal zone, in degrees Celsius; false
// when no zone can be read.
func temperature(root string) (degrees float64, known bool) {
	zones, err := filepath.Glob(filepath.Join(escape(root), "sys/class/thermal/thermal_zone*/temp"))
	if err != nil {
		return 0, false
	}
	for _, zone := range zones {
		data, err := readSmall(zone)
		if err != nil {
			continue
		}
		if t, err := parseTemperature(data); err == nil && (!known || t > degrees) {
			degrees, known = t, true
		}
	}
	return degrees, known
}

// parseTemperature reads thousandths of a degree.
func parseTemperature(data []byte) (float64, error) {
	milli, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a temperature: %w", clip(data), err)
	}
	if milli < coldest*1000 || milli > hottest*1000 {
		return 0, fmt.Errorf("%d thousandths of a degree is no temperature of a board", milli)
	}
	return float64(milli) / 1000, nil
}

// escape quotes what has a meaning in a pattern.
func escape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
