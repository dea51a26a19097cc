package gpio_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"syscall"
	"testing"
	"time"

	periph "periph.io/x/conn/v3/gpio"
	fake "periph.io/x/conn/v3/gpio/gpiotest"

	"edgeclr/camera/gpio"
	"edgeclr/camera/gpio/gpiotest"
)

func TestNoPins(t *testing.T) {
	c := open(t, gpio.Options{Live: true, Warmup: time.Hour}, gpiotest.New())
	if !c.Wanted() || c.Status() != (gpio.Status{}) {
		t.Errorf("wanted %v, status %+v", c.Wanted(), c.Status())
	}
}

// Open reports everything that is wrong, and holds nothing afterwards.
func TestOpenTellsEverything(t *testing.T) {
	board := gpiotest.New("GPIO27")
	_, err := gpio.Open(gpio.Options{
		Trigger: gpio.TriggerOptions{Pin: "GPIO99"},
		Lamp:    gpio.OutputOptions{Pin: "GPIO27"},
		LED:     gpio.OutputOptions{Pin: "GPIO98"},
	}, board)
	if !errors.Is(err, gpio.ErrUnknown) {
		t.Fatalf("%v is not ErrUnknown", err)
	}
	for _, want := range []string{"gpio.trigger.pin GPIO99", "gpio.led.pin GPIO98", "gpio.trigger.optional"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
	if got := board.Released(); len(got) != 1 || got[0] != "GPIO27" {
		t.Errorf("given back %v", got)
	}
}

func TestOptionalPins(t *testing.T) {
	var log bytes.Buffer
	board := gpiotest.New("GPIO22")
	c := open(t, gpio.Options{
		Trigger: gpio.TriggerOptions{Pin: "GPIO99", Optional: true},
		Lamp:    gpio.OutputOptions{Pin: "GPIO98", Optional: true},
		LED:     gpio.OutputOptions{Pin: "GPIO22", Optional: true},
		Warmup:  time.Hour,
		Log:     slog.New(slog.NewTextHandler(&log, nil)),
	}, board)
	if !c.Wanted() || c.Status() != (gpio.Status{LED: "live"}) {
		t.Errorf("wanted %v, status %+v", c.Wanted(), c.Status())
	}
	for _, want := range []string{"level=WARN", "gpio.trigger.pin", "GPIO99", "gpio.lamp.pin", "GPIO98"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, log.String())
		}
	}
}

// One pin under two names would be an input and an output at once.
func TestOnePinTwice(t *testing.T) {
	board := gpiotest.New("GPIO17")
	board.Alias("GPIO17", "P1_11")
	_, err := gpio.Open(gpio.Options{
		Trigger: gpio.TriggerOptions{Pin: "GPIO17"},
		LED:     gpio.OutputOptions{Pin: "P1_11", Optional: true},
	}, board)
	if !errors.Is(err, gpio.ErrInUse) || !strings.Contains(err.Error(), "gpio.led.pin P1_11") {
		t.Errorf("%v", err)
	}
}

// refused is a pin that the kernel refuses. Consumer names its holder.
type refused struct {
	*fake.Pin
	err      error
	consumer string
}

func (r refused) In(periph.Pull, periph.Edge) error { return r.err }
func (r refused) Out(periph.Level) error            { return r.err }
func (r refused) Consumer() string                  { return r.consumer }

// periph returns the text of a system call's error, not the error.
func TestRefusedPins(t *testing.T) {
	text := func(e syscall.Errno) error {
		return fmt.Errorf("line_request ioctl: %w", errors.New(e.Error()))
	}
	for _, tt := range []struct {
		name     string
		err      error
		consumer string
		want     error
		says     string
	}{
		{"busy", text(syscall.EBUSY), "fan-control@12", gpio.ErrInUse, "by fan-control@12"},
		{"busy, nobody knows why", text(syscall.EBUSY), "", gpio.ErrInUse, "by another program"},
		{"not permitted", text(syscall.EPERM), "", gpio.ErrDenied, "usermod -aG gpio"},
		{"access denied", fs.ErrPermission, "", gpio.ErrDenied, "udev rule"},
		{"no interrupts", text(syscall.ENXIO), "", gpio.ErrDriver, "not of an expander"},
		{"not possible", text(syscall.EINVAL), "", gpio.ErrDriver, "invalid argument"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			board := only{refused{&fake.Pin{N: "X"}, tt.err, tt.consumer}}
			for _, o := range []gpio.Options{{Trigger: gpio.TriggerOptions{Pin: "X"}}, {LED: gpio.OutputOptions{Pin: "X"}}} {
				if _, err := gpio.Open(o, board); !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("%v: want %v and %q", err, tt.want, tt.says)
				}
			}
		})
	}
}
