package governor

import (
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// maxLoad per core is more than any board has, and finite.
const maxLoad = 1000

// loadAverage is the kernel's, of one minute and all cores; false when it cannot
// be read.
func loadAverage(root string) (load float64, known bool) {
	data, err := readSmall(filepath.Join(root, "proc/loadavg"))
	if err != nil {
		return 0, false
	}
	load, err = parseLoad(data)
	return load, err == nil
}

// parseLoad reads the first number of "0.52 0.48 0.40 2/345 6789".
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

// ownLoad is the learner's part of the load average, averaged as the kernel
// does (kernel/sched/loadavg.c): what is past counts 1/e after a minute.
type ownLoad struct {
	value float64
	at    time.Time // when it had the value
}

// worked adds a step that kept so many threads busy and ended now.
func (o *ownLoad) worked(threads float64, step time.Duration, now time.Time) {
	before := o.current(now.Add(-step))
	o.value = threads + (before-threads)*fade(step)
	o.at = now
}

// current is the part at that time, not before the last step ended.
func (o *ownLoad) current(now time.Time) float64 { return o.value * fade(now.Sub(o.at)) }

// fade is what is left of the past after that time, 0 to 1.
func fade(d time.Duration) float64 { return math.Exp(-max(d, 0).Minutes()) }
