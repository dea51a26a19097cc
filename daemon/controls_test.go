package daemon

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"edgeclr/camera/gpio"
	"edgeclr/camera/gpio/gpiotest"
	"edgeclr/config"
	"edgeclr/daemon/client"
)

// The frames of a live source are stored while the trigger is active and the lamp
// is on. The files of a folder are always stored.
func TestTriggeredFrames(t *testing.T) {
	board := gpiotest.New("GPIO17", "GPIO27", "GPIO22")
	cfg, folder := smallConfig(t), t.TempDir()
	cfg.GPIO.Trigger = config.Trigger{Pin: "GPIO17", Edge: config.EdgeRising, Debounce: config.Duration(time.Millisecond), Hold: config.Duration(100 * time.Millisecond)}
	cfg.GPIO.Lamp = config.Lamp{Pin: "GPIO27", Warmup: config.Duration(50 * time.Millisecond)}
	cfg.GPIO.LED = config.LED{Pin: "GPIO22"}
	write(t, filepath.Join(folder, "a.jpg"), scene(t, 1))
	write(t, filepath.Join(folder, "b.jpg"), scene(t, 2))

	s := openWith(t, Options{Config: cfg, board: board})
	if err := s.Ingest(config.SourcesOf("dir:"+folder, "synthetic:conveyor?fps=50&seed=3")); err != nil {
		t.Fatal(err)
	}
	untriggered := func() uint64 { return s.store.Counters().Untriggered }
	wait(t, "files, and live frames that do not count", func() bool {
		return s.store.Counters().Stored == 2 && untriggered() > 5
	})
	if st := status(t, s); st.GPIO != (client.GPIOStatus{Trigger: "waiting", Lamp: "off", LED: "live"}) || board.High("GPIO27") {
		t.Errorf("at rest: %+v, lamp %v", st.GPIO, board.High("GPIO27"))
	}
	wait(t, "the LED's flash", func() bool { return board.High("GPIO22") })

	board.Edge("GPIO17", true)
	wait(t, "live frames", func() bool { return s.store.Counters().Stored > 4 })
	if st := status(t, s); st.GPIO.Trigger != "open" || st.GPIO.Lamp != "on" || !board.High("GPIO27") {
		t.Errorf("triggered: %+v, lamp %v", st.GPIO, board.High("GPIO27"))
	}

	board.Edge("GPIO17", false)
	wait(t, "the lamp to go off", func() bool { return !board.High("GPIO27") })
	before := untriggered()
	wait(t, "frames that do not count again", func() bool { return untriggered() > before+5 })

	shut(t, s)
	if board.High("GPIO27") || board.High("GPIO22") {
		t.Error("an output is on after Close")
	}
	if n := len(board.Released()); n != 3 {
		t.Errorf("%d pins were released", n)
	}
}

func TestPinsThatCannotBeTaken(t *testing.T) {
	cfg := smallConfig(t)
	cfg.GPIO.LED.Pin = "GPIO22"
	s := openWith(t, Options{Config: cfg, board: gpiotest.New()})
	if err := s.Ingest(config.SourcesOf("synthetic:conveyor?count=1")); !errors.Is(err, gpio.ErrUnknown) {
		t.Fatalf("%v is not ErrUnknown", err)
	}
	cfg.GPIO.LED.Optional = true
	s.settings.set(cfg)
	if err := s.Ingest(config.SourcesOf("synthetic:conveyor?count=1&fps=0")); err != nil {
		t.Fatal(err)
	}
	counts(t, s, 1, 0)
}
