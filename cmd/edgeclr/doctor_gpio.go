package main

import (
	"errors"
	"fmt"
	"strings"

	"edgeclr/camera/gpio"
	"edgeclr/cmd/internal/cli"
	"edgeclr/config"
)

// examineGPIO tells whether the board has pins. Having none is no fault: the
// pins that are configured have checks of their own.
func examineGPIO(*cli.App) finding {
	devices, err := gpio.Devices()
	switch {
	case errors.Is(err, gpio.ErrNone):
		return finding{"gpio", statusOK, "none on this board", ""}
	case err != nil:
		return finding{"gpio", statusWarn, err.Error(), ""}
	}
	return finding{"gpio", statusOK, strings.Join(devices, ", "), ""}
}

// examinePins has one check for each pin that the configuration names.
func examinePins(cfg config.Config) []func(*cli.App) finding {
	var checks []func(*cli.App) finding
	for _, pin := range cfg.GPIO.Pins() {
		checks = append(checks, func(*cli.App) finding { return examinePin(pin) })
	}
	return checks
}

func examinePin(pin config.Pin) finding {
	line, err := gpio.Inspect(pin.Name)
	if err != nil {
		return lacking(pin, fmt.Sprintf("%s: %v", pin.Name, err))
	}
	text := fmt.Sprintf("%s: line %d of %s", pin.Name, line.Number, line.Chip)
	switch {
	case line.Holder == "":
		return finding{pin.Section, statusOK, text + ", free", ""}
	case strings.HasPrefix(line.Holder, "edgeclr"): // the daemon
		return finding{pin.Section, statusOK, text + ", held by " + line.Holder, ""}
	}
	return lacking(pin, text+", in use by "+line.Holder)
}

// lacking is a fault unless the daemon may run without the pin.
func lacking(pin config.Pin, text string) finding {
	if pin.Optional {
		return finding{pin.Section, statusWarn, text + "; the daemon runs without, since it is optional", ""}
	}
	return finding{pin.Section, statusFail, text, fmt.Sprintf("name another pin with %s.pin, or set %s.optional to run without it", pin.Section, pin.Section)}
}
