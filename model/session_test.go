package model

import (
	"strings"
	"testing"
)

func TestDevices(t *testing.T) {
	devices, err := Devices(Runtime{Threads: 1, Device: "cpu"})
	if err != nil {
		t.Fatal(err)
	}
	if len(devices) == 0 || devices[0].Type != "CPU" {
		t.Fatalf("devices %+v: no CPU", devices)
	}
	if p := Placement(devices[:1]); !strings.HasSuffix(p, "/device:CPU:0") {
		t.Errorf("placement on %q", p)
	}
	if v := Version(); !strings.HasPrefix(v, "2.") {
		t.Errorf("TensorFlow %q", v)
	}
}

func TestPlacement(t *testing.T) {
	cpu, xla := Device{Name: "c", Type: "CPU"}, Device{Name: "x", Type: "XLA_CPU"}
	gpu, npu := Device{Name: "g", Type: "GPU"}, Device{Name: "n", Type: "NPU"}
	tests := []struct {
		name    string
		devices []Device
		want    string
	}{
		{"nothing", nil, ""},
		{"CPU", []Device{cpu}, "c"},
		{"XLA is the CPU again", []Device{cpu, xla}, "c"},
		{"GPU", []Device{cpu, xla, gpu}, "g"},
		{"a plug-in", []Device{cpu, npu}, "n"},
		{"the first of two", []Device{cpu, npu, gpu}, "n"},
	}
	for _, tt := range tests {
		if got := Placement(tt.devices); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
