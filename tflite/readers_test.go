package tflite_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgeclr/tflite/litert"
)

// readersResults is what `make readers READERSFLAGS=--update` wrote.
type readersResults struct {
	Versions map[string]string `json:"versions"`
	Files    []struct {
		File    string `json:"file"`
		Readers map[string]struct {
			Refused string  `json:"refused"`
			Mean    float64 `json:"mean"`
			Worst   float64 `json:"worst"`
		} `json:"readers"`
	} `json:"files"`
}

// The results that are kept are those of the pinned programs, and as good as docs/export.md
// says. Making them anew needs Python: make readers.
func TestReadersResults(t *testing.T) {
	folder := filepath.Join("..", "testdata", "readers")
	var results readersResults
	data, err := os.ReadFile(filepath.Join(folder, "results.json"))
	if err == nil {
		err = json.Unmarshal(data, &results)
	}
	if err != nil {
		t.Fatal(err)
	}
	requirements, err := os.ReadFile(filepath.Join(folder, "requirements.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for name, version := range results.Versions {
		if !strings.Contains(string(requirements), "\n"+name+"=="+version+"\n") {
			t.Errorf("the results are by %s %s, which is not what requirements.txt pins; run: make readers READERSFLAGS=--update", name, version)
		}
	}
	if got := results.Versions["ai-edge-litert"]; got != litert.Release {
		t.Errorf("the results are by LiteRT %s; the program runs %s", got, litert.Release)
	}
	if len(results.Files) < 17 {
		t.Errorf("%d files, want 17", len(results.Files))
	}
	for _, f := range results.Files {
		bound := struct{ mean, worst float64 }{0.99999, 0.99999}
		if strings.Contains(f.File, " int8") {
			bound.mean, bound.worst = 0.98, 0.95
		}
		for _, name := range []string{"litert", "mediapipe", "openvino"} {
			got, ok := f.Readers[name]
			refuses := name == "mediapipe" && (strings.Contains(f.File, "input int8") || strings.Contains(f.File, "output int8"))
			if !ok || refuses != (got.Refused != "") || !refuses && !(got.Mean > bound.mean && got.Worst > bound.worst) {
				t.Errorf("%s by %s: %+v", f.File, name, got)
			}
		}
	}
}
