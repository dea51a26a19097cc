package main

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"
)

// TestSoak runs a short soak with the real program. It does not judge how fast sources come
// back, since the machine may be busy, or memory, which still grows.
func TestSoak(t *testing.T) {
	const program = "../../bin/edgeclr"
	if _, err := os.Stat(program); err != nil {
		t.Skip("no bin/edgeclr; make build makes it")
	}
	if testing.Short() {
		t.Skip("it takes a minute and a half")
	}
	var out bytes.Buffer
	o := options{program: program, video: "../../../shared/data/video/bottle-detection.mp4", json: t.TempDir() + "/soak.json",
		kinds: []string{"exec", "http", "synthetic", "dir"}, faults: 2, duty: 0.25, seed: 1, every: 2 * time.Second, duration: 80 * time.Second}
	if err := soak(t.Context(), o, &out); err != nil && !errors.Is(err, errVerdict) {
		t.Fatalf("%v\n%s", err, &out)
	}
	t.Logf("%s", &out)
	data, err := os.ReadFile(o.json)
	if err != nil {
		t.Fatal(err)
	}
	for _, sign := range []string{`"what": "every frame is accounted for",
   "ok": true`, `"what": "no process is left behind",
   "ok": true`, `"what": "the queries are answered",
   "ok": true`} {
		if !bytes.Contains(data, []byte(sign)) {
			t.Errorf("the report lacks %s", sign)
		}
	}
}
