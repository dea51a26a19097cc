package main

import (
	"encoding/json"
	"math"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// agree FILE OTHER checks that two outputs of embed --print hold the same paths with the
// same vectors: each cosine is above 0.99999.
func cmdAgree(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: agree FILE OTHER")
	}
	first, second := printed(ts, args[0]), printed(ts, args[1])
	if len(first) == 0 || len(first) != len(second) {
		ts.Fatalf("%d and %d vectors", len(first), len(second))
	}
	for i, v := range first {
		w := second[i]
		if v.Path != w.Path || len(v.Vector) != len(w.Vector) {
			ts.Fatalf("%s of %d values, and %s of %d", v.Path, len(v.Vector), w.Path, len(w.Vector))
		}
		var vw, vv, ww float64
		for j := range v.Vector {
			x, y := float64(v.Vector[j]), float64(w.Vector[j])
			vw, vv, ww = vw+x*y, vv+x*x, ww+y*y
		}
		if c := vw / math.Sqrt(vv*ww); !(c > 0.99999) {
			ts.Fatalf("%s: cosine %v", v.Path, c)
		}
	}
}

// printed reads an output of embed --print.
func printed(ts *testscript.TestScript, file string) []printedVector {
	var list []printedVector
	for line := range strings.Lines(ts.ReadFile(file)) {
		var v printedVector
		ts.Check(json.Unmarshal([]byte(line), &v))
		list = append(list, v)
	}
	return list
}
