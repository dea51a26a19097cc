package gpio

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The machine of the test may have no GPIO, which is a case of its own.
func TestHostWithoutGPIO(t *testing.T) {
	if all, _ := filepath.Glob("/dev/gpiochip*"); len(all) > 0 {
		t.Skipf("this machine has %v", all)
	}
	_, devices := Devices()
	_, inspect := Inspect("GPIO17")
	_, err := Open(Options{LED: OutputOptions{Pin: "GPIO17"}}, Host())
	for name, err := range map[string]error{"Devices": devices, "Inspect": inspect, "Open": err} {
		if !errors.Is(err, ErrNone) || !strings.Contains(err.Error(), "/dev/gpiochip*") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDevices(t *testing.T) {
	folder := t.TempDir()
	if _, err := devices(folder); !errors.Is(err, ErrNone) {
		t.Errorf("an empty folder: %v", err)
	}
	path := filepath.Join(folder, "gpiochip0")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := devices(folder); err != nil || len(got) != 1 || got[0] != path {
		t.Errorf("%v, %v", got, err)
	}
	if os.Geteuid() == 0 {
		t.Skip("root may open every file")
	}
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := devices(folder); !errors.Is(err, ErrDenied) || !strings.Contains(err.Error(), "usermod -aG gpio") {
		t.Errorf("a device that may not be opened: %v", err)
	}
}

// A link that leads nowhere is reported: it is not a device.
func TestDanglingDevice(t *testing.T) {
	folder := t.TempDir()
	if err := os.Symlink("nowhere", filepath.Join(folder, "gpiochip0")); err != nil {
		t.Fatal(err)
	}
	if _, err := devices(folder); !errors.Is(err, ErrDriver) {
		t.Errorf("%v", err)
	}
}

func TestHeader(t *testing.T) {
	for _, tt := range []struct{ name, model, want string }{
		{"GPIO17", "", "GPIO17"},
		{"PQ.05", "NVIDIA Jetson Orin Nano Developer Kit", "PQ.05"},
		{"P1_11", "Raspberry Pi 5 Model B Rev 1.0", "GPIO17"},
		{"P1_3", "Raspberry Pi Zero 2 W Rev 1.0", "GPIO2"},
		{"P1_1", "Raspberry Pi 4 Model B Rev 1.5", ""},  // 3.3 V
		{"P1_27", "Raspberry Pi 4 Model B Rev 1.5", ""}, // the EEPROM's
		{"P1_x", "Raspberry Pi 4 Model B Rev 1.5", ""},
		{"P1_11", "NVIDIA Jetson Orin Nano Developer Kit", ""},
		{"P1_11", "", ""},
	} {
		got, err := headerLine(tt.name, tt.model)
		if got != tt.want || (tt.want == "") != errors.Is(err, ErrUnknown) {
			t.Errorf("%s on %q: %q, %v", tt.name, tt.model, got, err)
		}
	}
}

// The header has GPIO2 to GPIO27, each once.
func TestHeaderIsWhole(t *testing.T) {
	numbers := slices.Sorted(maps.Values(headerLines))
	for i, n := range numbers {
		if n != i+2 {
			t.Fatalf("lines %v", numbers)
		}
	}
	if len(numbers) != 26 {
		t.Errorf("%d lines", len(numbers))
	}
}

func TestListSome(t *testing.T) {
	long := make([]string, someNames+3)
	for i := range long {
		long[i] = "GPIO" + strconv.Itoa(i)
	}
	for _, tt := range []struct {
		names []string
		want  string
	}{
		{nil, "no names; give chip and number"},
		{long[:2], "GPIO0, GPIO1"},
		{long, "GPIO39 and 3 more"},
	} {
		if got := listSome(tt.names); !strings.Contains(got, tt.want) {
			t.Errorf("%q lacks %q", got, tt.want)
		}
	}
}
