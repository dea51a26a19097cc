package main

import (
	"errors"
	"strings"
	"testing"

	"edgeclr/config"
	"edgeclr/tflite/litert"
)

func TestLiteRTFinding(t *testing.T) {
	missing := litertFound{err: errors.New("LiteRT's library is missing")}
	cpu := litertFound{version: litert.Release, path: "/lib/libLiteRt.so", here: []litert.Accelerator{litert.CPU}}
	own := cpu
	own.version = "unknown"
	for _, tc := range []struct {
		name                string
		found               litertFound
		model               config.Model
		status, text, mends string
	}{
		{"there", cpu, config.Model{Runtime: "auto", Accelerator: "cpu"}, statusOK, "LiteRT " + litert.Release + " on cpu (/lib/libLiteRt.so)", ""},
		{"missing", missing, config.Model{Runtime: "auto", Accelerator: "cpu"}, statusWarn, "TensorFlow embeds", "make deps"},
		{"missing and demanded", missing, config.Model{Runtime: "litert", Accelerator: "cpu"}, statusFail, "is missing", "model.runtime: tensorflow"},
		{"missing and not wanted", missing, config.Model{Runtime: "tensorflow", Accelerator: "cpu"}, statusOK, "none", ""},
		{"own build", own, config.Model{Runtime: "litert", Accelerator: "cpu"}, statusWarn, "may differ", litert.Variable},
		{"no GPU", cpu, config.Model{Runtime: "litert", Accelerator: "gpu"}, statusFail, "no gpu", "model.accelerator: cpu"},
		{"no GPU needed", cpu, config.Model{Runtime: "auto", Accelerator: "auto"}, statusOK, "cpu", ""},
	} {
		f := tc.found.finding(tc.model)
		if f.Check != "litert" || f.Status != tc.status || !strings.Contains(f.Found, tc.text) || !strings.Contains(f.Mend, tc.mends) || f.Mend != "" && tc.mends == "" {
			t.Errorf("%s: %+v", tc.name, f)
		}
	}
}
