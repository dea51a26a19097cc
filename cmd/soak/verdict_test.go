package main

import (
	"strings"
	"testing"
	"time"
)

// run makes a report of an hour with a sample a minute, and one descriptor,
// goroutine and child at all times unless change says otherwise.
func run(change func(minute int, v map[series]float64)) *report {
	r := &report{Kinds: []string{"exec"}, Queries: []time.Duration{time.Millisecond}}
	for m := range 61 {
		v := map[series]float64{descriptors: 20, goroutines: 30, threads: 20, childCount: 1, anonymous: 400e6,
			seen: float64(10 * m), stored: float64(4 * m), gated: float64(6 * m), embeddings: float64(4 * m)}
		change(m, v)
		r.Samples = append(r.Samples, sample{At: time.Duration(m) * time.Minute, Values: v})
	}
	return r
}

func TestJudge(t *testing.T) {
	kept := func(int, map[series]float64) {}
	tests := []struct {
		name   string
		report *report
		want   string // the verdict that fails; "" for none
	}{
		{"all is well", run(kept), ""},
		{"descriptors leak", run(func(m int, v map[series]float64) { v[descriptors] += float64(m) / 6 }), "descriptors"},
		{"descriptors swing", run(func(m int, v map[series]float64) { v[descriptors] += float64(m % 9) }), ""},
		{"goroutines leak", run(func(m int, v map[series]float64) { v[goroutines] += float64(m) / 6 }), "goroutines"},
		{"memory leaks", run(func(m int, v map[series]float64) { v[anonymous] += 2e6 * float64(m) }), "anonymous memory"},
		{"memory of the index", run(func(m int, v map[series]float64) {
			v[embeddings] = 100 * float64(m)
			v[anonymous] += 2e6 * float64(m)
		}), ""},
		{"frames are lost", run(func(m int, v map[series]float64) { v[stored] -= float64(2 * m) }), "every frame"},
		{"a late source", func() *report {
			r := run(kept)
			r.Faults = []fault{{Source: "exec:", Opened: 1, Back: time.Minute, Limit: time.Second}}
			r.Samples[60].Again = map[string]int{"exec": 1}
			return r
		}(), "exec: comes back"},
		{"a source in a hurry", func() *report {
			r := run(kept)
			r.Faults = []fault{{Source: "exec:", Opened: 1, Back: time.Second, Limit: time.Second}}
			r.Samples[60].Again = map[string]int{"exec": 2}
			return r
		}(), "exec: pauses"},
		{"a query fails", func() *report { r := run(kept); r.Refused = []string{"500"}; return r }(), "the queries"},
		{"a loop hangs", func() *report { r := run(kept); r.Hangs = []string{"ingest hangs"}; return r }(), "nothing hangs"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var bad []string
			for _, v := range tt.report.judge() {
				if !v.OK {
					bad = append(bad, v.String())
				}
			}
			switch {
			case tt.want == "" && len(bad) > 0:
				t.Errorf("failed: %q", bad)
			case tt.want != "" && (len(bad) != 1 || !strings.HasPrefix(bad[0], "FAIL  "+tt.want)):
				t.Errorf("failed: %q, want %q", bad, tt.want)
			}
		})
	}
}
