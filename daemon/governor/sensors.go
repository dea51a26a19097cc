package governor

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// brake is a limit with hysteresis. It holds when a reading is above the limit, and
// until a reading is below resume.
type brake struct {
	limit  float64 // 0: it never holds
	resume float64
	on     bool
}

// holds takes a reading, if it is known, and tells whether to hold the learner.
func (b *brake) holds(reading float64, known bool) bool {
	switch {
	case !known || b.limit == 0:
		b.on = false
	case reading > b.limit:
		b.on = true
	case reading < b.resume:
		b.on = false
	}
	return b.on
}

// Temperatures that a board can survive, in degrees Celsius. Zones without a sensor
// read numbers like -274000 or 0x7fffffff.
const (
	coldest = -60
	hottest = 150
)

// temperature returns that of the hottest thermal zone, in degrees Celsius. Known is
// false when no zone can be read.
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

// parseTemperature parses thousandths of a degree and returns degrees Celsius.
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

// escape quotes the characters that have a meaning in a glob pattern.
func escape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// maxLoad bounds the limit on the load per core. No board has as much.
const maxLoad = 1000

// loadAverage is the kernel's, of one minute and all cores. It is not known when it
// cannot be read.
func loadAverage(root string) (load float64, known bool) {
	data, err := readSmall(filepath.Join(root, "proc/loadavg"))
	if err != nil {
		return 0, false
	}
	load, err = parseLoad(data)
	return load, err == nil
}

// parseLoad parses the first number of "0.52 0.48 0.40 2/345 6789".
func parseLoad(data []byte) (float64, error) {
	fields := strings.Fields(string(data))
	if len(fields) == 0 {
		return 0, fmt.Errorf("%q is not a load average: it is empty", clip(data))
	}
	load, err := strconv.ParseFloat(fields[0], 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a load average: %w", clip(data), err)
	}
	if !(load >= 0 && load <= math.MaxUint32) {
		return 0, fmt.Errorf("%q is not a load average: it cannot be %v", clip(data), load)
	}
	return load, nil
}

// ownLoad is the learner's part of the load average. It is averaged as the kernel
// does (kernel/sched/loadavg.c): after a minute the past counts 1/e.
type ownLoad struct {
	value float64
	at    time.Time // when it had the value
}

// worked adds a step that kept that many threads busy and ended now.
func (o *ownLoad) worked(threads float64, step time.Duration, now time.Time) {
	before := o.current(now.Add(-step))
	o.value = threads + (before-threads)*fade(step)
	o.at = now
}

// current is the part at that time, which is not before the end of the last step.
func (o *ownLoad) current(now time.Time) float64 { return o.value * fade(now.Sub(o.at)) }

// fade is the weight of the past after that time, 0 to 1.
func fade(d time.Duration) float64 { return math.Exp(-max(d, 0).Minutes()) }

// smallFile is the most bytes that are read of a file of the kernel. The real files are
// smaller.
const smallFile = 64 << 10

// readSmall reads the beginning of a file.
func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, smallFile))
}

// clip shortens what a message quotes.
func clip(data []byte) []byte { return data[:min(len(data), 40)] }
