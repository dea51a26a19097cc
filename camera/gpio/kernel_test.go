package gpio_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgeclr/camera/gpio"
)

// The kernel's own character device, from Open to the chip's wires.
func TestKernel(t *testing.T) {
	chip, device := plugIn(t)
	pin := func(line string) string { return device + ":" + line }
	eventually := func(what string, done func() bool) {
		t.Helper()
		for begin := time.Now(); !done(); time.Sleep(10 * time.Millisecond) {
			if time.Since(begin) > time.Minute {
				t.Fatalf("%s: not within a minute", what)
			}
		}
	}
	before := descriptors(t)

	// Inspect does not take the line.
	line, err := gpio.Inspect(pin("3"))
	if err != nil || line.Number != 3 || !strings.HasPrefix(line.Chip, device) || line.Holder != "" {
		t.Errorf("line 3 is %+v, %v", line, err)
	}
	for _, name := range []string{pin("8"), "gpiochip99:0", "GPIO17", "P1_11"} {
		if _, err := gpio.Inspect(name); !errors.Is(err, gpio.ErrUnknown) {
			t.Errorf("%s: %v is not ErrUnknown", name, err)
		}
	}

	c, err := gpio.Open(gpio.Options{
		Trigger: gpio.TriggerOptions{Pin: pin("0"), Debounce: 20 * time.Millisecond, Hold: 300 * time.Millisecond},
		Lamp:    gpio.OutputOptions{Pin: pin("1")},
		LED:     gpio.OutputOptions{Pin: pin("2"), ActiveLow: true},
		Live:    true,
	}, gpio.Host())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	high := func(line int) bool { _, high := chip.line(line); return high }
	for n, want := range []bool{false, true, true, false} {
		if output, _ := chip.line(n); output != want {
			t.Errorf("line %d: output %v", n, output)
		}
	}
	if c.Wanted() || high(1) {
		t.Error("open before there was an edge")
	}
	eventually("the LED's flash", func() bool { return !high(2) })

	for range 3 {
		chip.drive(0, true)
		eventually("the trigger", c.Wanted)
		eventually("the lamp", func() bool { return high(1) })
		chip.drive(0, false)
		eventually("the end of the hold", func() bool { return !c.Wanted() })
		eventually("the lamp's end", func() bool { return !high(1) })
	}

	// Open takes no line that another program holds. Close releases the line.
	holder := hold(t, device, 5)
	_, err = gpio.Open(gpio.Options{LED: gpio.OutputOptions{Pin: pin("5")}}, gpio.Host())
	if !errors.Is(err, gpio.ErrInUse) {
		t.Errorf("a line that is held: %v", err)
	}
	if err := holder.Close(); err != nil {
		t.Fatal(err)
	}
	chip.drive(0, true)
	eventually("the lamp again", func() bool { return high(1) })
	c.Close()
	if high(1) || !high(2) {
		t.Error("an output is on after Close")
	}
	for n := range 3 {
		if err := hold(t, device, uint32(n)).Close(); err != nil {
			t.Errorf("line %d is not free after Close: %v", n, err)
		}
	}
	if n := descriptors(t); n > before+1 { // the driver keeps the chip open
		t.Errorf("%d descriptors, %d before", n, before)
	}
}

// descriptors counts those of this process.
func descriptors(t *testing.T) int {
	t.Helper()
	all, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// hold takes a line through a file of its own, like another program.
func hold(t *testing.T, device string, line uint32) *os.File {
	t.Helper()
	chip, err := os.Open("/dev/" + device)
	if err != nil {
		t.Fatal(err)
	}
	defer chip.Close()
	f, err := requestLine(chip, line)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
