package gpio_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	periph "periph.io/x/conn/v3/gpio"
	fake "periph.io/x/conn/v3/gpio/gpiotest"

	"edgeclr/camera/gpio"
	"edgeclr/camera/gpio/gpiotest"
)

func TestLampWithTrigger(t *testing.T) {
	for _, activeLow := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			board := gpiotest.New("GPIO17", "GPIO27")
			c := open(t, gpio.Options{
				Trigger: gpio.TriggerOptions{Pin: "GPIO17", Hold: time.Second},
				Lamp:    gpio.OutputOptions{Pin: "GPIO27", ActiveLow: activeLow},
				Warmup:  200 * ms, Live: true,
			}, board)
			for i, s := range []struct {
				after      time.Duration
				edge       string
				on, wanted bool
			}{
				{0, "", false, false},
				{0, "high", true, false},
				{199 * ms, "", true, false},
				{2 * ms, "", true, true},
				{0, "low", true, true},
				{999 * ms, "high", true, true}, // still warm
				{0, "low", true, true},
				{999 * ms, "", true, true},
				{2 * ms, "", false, false},
				{time.Minute, "high", true, false}, // it must warm up again
				{201 * ms, "", true, true},
			} {
				time.Sleep(s.after)
				if s.edge != "" {
					board.Edge("GPIO17", s.edge == "high")
				}
				synctest.Wait()
				if on := board.High("GPIO27") != activeLow; on != s.on || c.Wanted() != s.wanted {
					t.Errorf("active low %v, step %d: lamp %v, wanted %v", activeLow, i, on, c.Wanted())
				}
				want := gpio.Status{Trigger: "waiting", Lamp: "off"}
				if s.on {
					want = gpio.Status{Trigger: "open", Lamp: "on"}
				}
				if got := c.Status(); got != want {
					t.Errorf("step %d: status %+v", i, got)
				}
			}
		})
	}
}

func TestLampWithoutTrigger(t *testing.T) {
	for _, live := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			board := gpiotest.New("GPIO27")
			board.Set("GPIO27", true) // as a process that was killed left it
			c := open(t, gpio.Options{Lamp: gpio.OutputOptions{Pin: "GPIO27"}, Warmup: 200 * ms, Live: live}, board)
			if on := board.High("GPIO27"); on != live || c.Wanted() {
				t.Errorf("live %v: lamp %v, wanted %v", live, on, c.Wanted())
			}
			time.Sleep(200 * ms)
			if c.Wanted() != live {
				t.Errorf("live %v: wanted %v when warm", live, c.Wanted())
			}
			c.Close()
			if board.High("GPIO27") {
				t.Error("on after Close")
			}
		})
	}
}

// watched samples the LED in the middle of each slot.
func watched(board *gpiotest.Board, slot time.Duration, n int) string {
	var b strings.Builder
	time.Sleep(slot / 2)
	for i := range n {
		if i > 0 {
			time.Sleep(slot)
		}
		if board.High("GPIO22") {
			b.WriteByte('#')
		} else {
			b.WriteByte('.')
		}
	}
	time.Sleep(slot - slot/2)
	return b.String()
}

func TestLED(t *testing.T) {
	for _, tt := range []struct {
		state gpio.State
		slot  time.Duration
		want  string // two rounds of the pattern
	}{
		{gpio.Live, 100 * ms, strings.Repeat("#...................", 2)},
		{gpio.Learning, 500 * ms, "##..##.."},
		{gpio.Fault, 125 * ms, "#.#."},
	} {
		t.Run(tt.state.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				board := gpiotest.New("GPIO22")
				open(t, gpio.Options{LED: gpio.OutputOptions{Pin: "GPIO22"}, State: func() gpio.State { return tt.state }}, board)
				if got := watched(board, tt.slot, len(tt.want)); got != tt.want {
					t.Errorf("%s, want %s", got, tt.want)
				}
			})
		})
	}
}

// The LED follows the state within the 2 s of the longest pattern.
func TestLEDFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var state atomic.Int32
		c := open(t, gpio.Options{
			LED:   gpio.OutputOptions{Pin: "GPIO22"},
			State: func() gpio.State { return gpio.State(state.Load()) },
		}, gpiotest.New("GPIO22"))
		for _, s := range []gpio.State{gpio.Fault, gpio.Learning, gpio.Live, gpio.Fault} {
			state.Store(int32(s))
			time.Sleep(2*time.Second + ms)
			if got := c.Status().LED; got != s.String() {
				t.Errorf("shows %s, want %v", got, s)
			}
		}
	})
}

// stuck is an output that fails when it is switched on.
type stuck struct{ *fake.Pin }

func (s stuck) Out(l periph.Level) error {
	if l {
		return errors.New("remote I/O error")
	}
	return nil
}

// An output that fails while the daemon runs is logged once, not at each flash.
func TestOutputThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		c := open(t, gpio.Options{
			Lamp: gpio.OutputOptions{Pin: "X"}, Live: true, Log: slog.New(slog.NewTextHandler(&log, nil)),
		}, only{stuck{&fake.Pin{N: "X"}}})
		if !c.Wanted() {
			t.Error("a lamp that fails stops the frames")
		}
		c.Close()
		if n := strings.Count(log.String(), "remote I/O error"); n != 1 {
			t.Errorf("told %d times:\n%s", n, log.String())
		}
	})
}
