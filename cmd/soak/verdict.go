package main

import (
	"fmt"
	"slices"
	"strings"
)

// verdict is the result for one promise.
type verdict struct {
	What   string `json:"what"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

func (v verdict) String() string {
	word := "pass"
	if !v.OK {
		word = "FAIL"
	}
	return fmt.Sprintf("%s  %s: %s", word, v.What, v.Detail)
}

const (
	// frameBytes is the memory that one more frame may cost in the index: a vector
	// of 2,560 numbers (blend join), each as 4 bytes and as a code of 1 byte. The
	// factor 2 is there because Go's heap grows to double its live size.
	frameBytes = 2 * (4 + 1) * 2560
	// memoryShare is the additional growth that counts as flat, as a share of the
	// first median. An allocator may keep the memory of a peak.
	memoryShare = 0.05
	// noises is how many standard deviations about the line count as flat.
	noises = 2
)

// judge compares the measurements with the limits.
func (r *report) judge() []verdict {
	all := []verdict{
		r.flat(descriptors, 3, ""), r.flat(goroutines, 5, ""), r.flat(threads, 5, ""), r.flat(childCount, 1, ""),
		r.memory(), r.processes(), r.frames(),
		{"the queries are answered", len(r.Refused) == 0 && len(r.Queries) > 0, fmt.Sprintf("%d answered, %d not %s", len(r.Queries), len(r.Refused), first(r.Refused))},
		{"nothing hangs", len(r.Hangs) == 0, fmt.Sprintf("%d lines in the log %s", len(r.Hangs), first(r.Hangs))},
		{"SIGTERM ends it", true, fmt.Sprintf("after %.1f s, with exit code 0", r.Ended.Seconds())},
	}
	for _, kind := range r.Kinds {
		if slices.ContainsFunc(r.Faults, func(f fault) bool { return f.Source == kind+":" }) {
			all = append(all, r.inTime(kind), r.reconnects(kind))
		}
	}
	return all
}

func first(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return "(" + lines[0] + ")"
}

// flat checks that a series does not grow over the judged time by more than allowed, or
// by more than its noise if that is larger.
func (r *report) flat(name series, allowed float64, label string) verdict {
	t := newTrend(r.Samples, name)
	limit := max(allowed, noises*t.noise)
	return verdict{string(name) + " are flat", t.growth() <= limit,
		fmt.Sprintf("%+.2f%s over %.1f min, at most %.1f", t.growth(), label, t.over.Minutes(), limit)}
}

// memory checks that memory grows only with the index.
func (r *report) memory() verdict {
	t, frames := newTrend(r.Samples, anonymous), newTrend(r.Samples, embeddings)
	index := max(0, frames.growth()) * frameBytes
	limit := index + max(memoryShare*t.first, noises*t.noise)
	return verdict{"anonymous memory grows with the index alone", t.growth() <= limit,
		fmt.Sprintf("%+.1f MB over %.1f min, at most %.1f MB, %.1f MB of that for %.0f frames more",
			t.growth()/1e6, t.over.Minutes(), limit/1e6, index/1e6, max(0, frames.growth()))}
}

// processes checks that no process is left behind.
func (r *report) processes() verdict {
	want, left, dead := 0, 0, 0
	if slices.Contains(r.Kinds, "exec") {
		want = 1
	}
	for _, c := range r.last {
		if c.alive() {
			left++
		}
		if c.zombie {
			dead++
		}
	}
	return verdict{"no process is left behind", left == 0 && dead == 0 && len(r.last) <= want,
		fmt.Sprintf("%d children before the end, %d of them zombies, %d after it", len(r.last), dead, left)}
}

// frames checks that each frame was stored, or counted with the reason why not.
func (r *report) frames() verdict {
	v := r.Samples[len(r.Samples)-1].Values
	counted := v[stored] + v[gated] + v[dropped] + v[failed]
	const under = 64 // largest number of frames in flight when the sample was taken
	return verdict{"every frame is accounted for", v[stored] > 0 && v[failed] == 0 && v[seen]-counted <= under && counted <= v[seen],
		fmt.Sprintf("%.0f seen, %.0f of them stored, gated, dropped or failed (%.0f)", v[seen], counted, v[failed])}
}

// inTime checks that a source was live again within its limit each time.
func (r *report) inTime(kind string) verdict {
	times, late := 0, []string{}
	for _, f := range r.Faults {
		if f.Source != kind+":" {
			continue
		}
		times++
		if !f.inTime() {
			late = append(late, fmt.Sprintf("%s at %v: %.1f s, limit %.1f s", f.Kind, f.At.Round(1e9), f.Back.Seconds(), f.Limit.Seconds()))
		}
	}
	return verdict{kind + ": comes back in time", len(late) == 0, fmt.Sprintf("%d of %d times %s", times-len(late), times, strings.Join(late, "; "))}
}

// reconnects checks that a source was opened exactly as often as its faults and the
// documented pauses require.
func (r *report) reconnects(kind string) verdict {
	again, documented := r.Samples[len(r.Samples)-1].Again[kind], 0
	for _, f := range r.Faults {
		if f.Source == kind+":" {
			documented += f.Opened
		}
	}
	return verdict{kind + ": pauses as documented", again == documented, fmt.Sprintf("opened %d times again, %d by its faults and the documented pauses", again, documented)}
}
