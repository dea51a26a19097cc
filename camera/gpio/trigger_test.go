package gpio_test

import (
	"testing"
	"testing/synctest"
	"time"

	periph "periph.io/x/conn/v3/gpio"
	fake "periph.io/x/conn/v3/gpio/gpiotest"

	"edgeclr/camera/gpio"
	"edgeclr/camera/gpio/gpiotest"
)

const ms = time.Millisecond

// open opens pins and closes them after the test. Time is that of the synctest bubble.
func open(t *testing.T, o gpio.Options, board gpio.Board) *gpio.Controls {
	t.Helper()
	c, err := gpio.Open(o, board)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// step is an event, and what is expected right after it.
type step struct {
	after  time.Duration // since the step before
	level  string        // "high" or "low" is an edge; "" none
	wanted bool
}

func TestTrigger(t *testing.T) {
	const hold = time.Second
	for _, tt := range []struct {
		name     string
		edge     string
		pull     string
		debounce time.Duration
		high     bool // when the daemon starts
		steps    []step
	}{
		{"nothing happens", gpio.Rising, "", 50 * ms, false, []step{
			{after: 1, wanted: false}, {after: time.Hour, wanted: false},
		}},
		{"motion: high, then hold", gpio.Rising, "", 50 * ms, false, []step{
			{0, "high", false}, {49 * ms, "", false}, {2 * ms, "", true}, {time.Minute, "", true}, // as long as it moves
			{0, "low", true}, {49 * ms, "", true}, {999 * ms, "", true}, {10 * ms, "", false},
		}},
		{"high when the daemon starts", gpio.Rising, "", 50 * ms, true, []step{
			{after: 1, wanted: true}, {time.Minute, "low", true}, {1049 * ms, "", true}, {2 * ms, "", false},
		}},
		{"button with a pull-up", gpio.Falling, gpio.PullUp, 20 * ms, true, []step{
			{after: 1, wanted: false}, {time.Second, "low", false}, {21 * ms, "", true}, {100 * ms, "high", true},
			{1019 * ms, "", true}, {2 * ms, "", false},
		}},
		{"low when the daemon starts", gpio.Falling, gpio.PullDown, 20 * ms, false, []step{{after: 1, wanted: true}}},
		{"both edges: the hold alone", gpio.Both, "", 50 * ms, false, []step{
			{after: 1, wanted: false}, {0, "high", false}, {51 * ms, "", true}, {998 * ms, "", true}, {2 * ms, "", false},
			{time.Minute, "low", false}, {51 * ms, "", true}, {1000 * ms, "", false},
		}},
		{"both edges, high when the daemon starts", gpio.Both, "", 50 * ms, true, []step{{after: 1, wanted: false}}},
		{"bounces are one edge", gpio.Rising, "", 50 * ms, false, []step{
			{0, "high", false}, {10 * ms, "low", false}, {10 * ms, "high", false}, {10 * ms, "low", false}, {10 * ms, "high", false},
			{49 * ms, "", false}, {2 * ms, "", true},
		}},
		{"a short pulse is noise", gpio.Rising, "", 50 * ms, false, []step{
			{0, "high", false}, {40 * ms, "low", false}, {51 * ms, "", false}, {time.Second, "", false},
		}},
		{"without a debounce it counts", gpio.Rising, "", 0, false, []step{
			{0, "high", true}, {1, "low", true}, {998 * ms, "", true}, {3 * ms, "", false},
		}},
		{"a new edge holds anew", gpio.Rising, "", 0, false, []step{
			{0, "high", true}, {100 * ms, "low", true}, {900 * ms, "high", true}, {100 * ms, "low", true}, {999 * ms, "", true}, {2 * ms, "", false},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				board := gpiotest.New("GPIO17")
				board.Set("GPIO17", tt.high)
				c := open(t, gpio.Options{Trigger: gpio.TriggerOptions{
					Pin: "GPIO17", Edge: tt.edge, Pull: tt.pull, Debounce: tt.debounce, Hold: hold,
				}}, board)
				begin := time.Now()
				for i, s := range tt.steps {
					time.Sleep(s.after)
					if s.level != "" {
						board.Edge("GPIO17", s.level == "high")
					}
					synctest.Wait()
					if got := c.Wanted(); got != s.wanted {
						t.Errorf("step %d, %v after the start: wanted %v", i, time.Since(begin), got)
					}
				}
			})
		})
	}
}

// Two pulses between two polls are seen although the level has not changed.
func TestPulseBetweenPolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		board := gpiotest.New("GPIO17")
		c := open(t, gpio.Options{Trigger: gpio.TriggerOptions{Pin: "GPIO17", Hold: time.Second}}, board)
		board.Edge("GPIO17", false) // the level that it has already
		synctest.Wait()
		if !c.Wanted() {
			t.Error("not seen")
		}
	})
}

// An edge that the kernel did not report is found by reading the level.
func TestMissedEdge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		board := gpiotest.New("GPIO17")
		c := open(t, gpio.Options{Trigger: gpio.TriggerOptions{Pin: "GPIO17", Debounce: 50 * ms, Hold: time.Second}}, board)
		board.Set("GPIO17", true)
		time.Sleep(300 * ms)
		if !c.Wanted() {
			t.Error("not found after 300 ms")
		}
	})
}

// A line that hums is never stable: no window opens, and an open one closes.
func TestHum(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		board := gpiotest.New("GPIO17", "GPIO27")
		c := open(t, gpio.Options{
			Trigger: gpio.TriggerOptions{Pin: "GPIO17", Edge: gpio.Both, Debounce: 50 * ms, Hold: time.Second},
			Lamp:    gpio.OutputOptions{Pin: "GPIO27"}, Live: true,
		}, board)
		board.Edge("GPIO17", true)
		time.Sleep(100 * ms)
		if !c.Wanted() || !board.High("GPIO27") {
			t.Fatal("the edge did not open")
		}
		for i := range 200 { // 2 s at 50 Hz
			board.Edge("GPIO17", i%2 == 0)
			time.Sleep(10 * ms)
		}
		if c.Wanted() || board.High("GPIO27") {
			t.Errorf("open %v, lamp %v", c.Wanted(), board.High("GPIO27"))
		}
	})
}

func TestCloseWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		board := gpiotest.New("GPIO17", "GPIO27", "GPIO22")
		c := open(t, gpio.Options{
			Trigger: gpio.TriggerOptions{Pin: "GPIO17", Hold: time.Hour},
			Lamp:    gpio.OutputOptions{Pin: "GPIO27"},
			LED:     gpio.OutputOptions{Pin: "GPIO22", ActiveLow: true},
			Live:    true,
		}, board)
		board.Edge("GPIO17", true)
		synctest.Wait()
		if !board.High("GPIO27") || board.High("GPIO22") {
			t.Fatal("the lamp and the LED should be on")
		}
		begin := time.Now()
		c.Close()
		if took := time.Since(begin); took > 250*ms {
			t.Errorf("Close took %v", took)
		}
		if board.High("GPIO27") || !board.High("GPIO22") {
			t.Error("an output is on after Close")
		}
		if n := len(board.Released()); n != 3 {
			t.Errorf("%d pins were given back", n)
		}
		c.Close()
		if n := len(board.Released()); n != 3 {
			t.Errorf("%d pins were given back in the end", n)
		}
	})
}

// deaf is a pin that cannot wait, like one of an unplugged expander.
type deaf struct {
	*fake.Pin
	waits int
}

func (d *deaf) WaitForEdge(time.Duration) bool { d.waits++; return false }

// only is a board with one pin.
type only struct{ pin periph.PinIO }

func (o only) Pin(string) (periph.PinIO, error) { return o.pin, nil }
func (only) Release(periph.PinIO)               {}

func TestPinThatCannotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := &deaf{Pin: &fake.Pin{N: "X", EdgesChan: make(chan periph.Level)}}
		c := open(t, gpio.Options{Trigger: gpio.TriggerOptions{Pin: "X"}}, only{pin})
		time.Sleep(time.Minute)
		c.Close()
		if pin.waits > 300 {
			t.Errorf("asked %d times in a minute", pin.waits)
		}
	})
}
