package main

import (
	"errors"
	"fmt"
	"os/user"
	"strings"

	"edgeclr/camera/gpio"
	"edgeclr/camera/v4l2"
	"edgeclr/cmd/edgeclr/internal/cameras"
	"edgeclr/cmd/internal/cli"
	"edgeclr/config"
)

// examineCameras looks at the cameras of this machine and at those that the
// configuration names.
func examineCameras(a *cli.App) finding {
	return camerasFinding(cameras.Examine("/dev"), a.Config.Sources)
}

// camerasFinding says which cameras there are, whether this user may open them, and
// whether the configured cameras are there. A machine without cameras is fine: it may use
// folders and network cameras.
func camerasFinding(all []cameras.Camera, sources []config.Source) finding {
	var names []string
	unread := 0
	for _, c := range all {
		switch {
		case c.Denied:
			return finding{"cameras", statusWarn, c.Path + " may not be opened by this user", addToGroup()}
		case c.Error != "":
			return finding{"cameras", statusWarn, c.Error, "edgeclr cameras"}
		case !c.Usable():
			unread++
		default:
			names = append(names, fmt.Sprintf("%s (%s)", c.URI, c.Card))
		}
	}
	for _, source := range sources {
		if path, ok := devicePath(source.URI); ok {
			d, err := v4l2.Open(path)
			if err != nil {
				return finding{"cameras", statusWarn, err.Error(), "plug it in, or name a camera that `edgeclr cameras` lists"}
			}
			d.Close()
		}
	}
	switch {
	case len(names) > 0:
		return finding{"cameras", statusOK, strings.Join(names, ", "), ""}
	case unread > 0:
		return finding{"cameras", statusOK, fmt.Sprintf("%d nodes without a format that edgeclr reads; a CSI sensor needs a program like exec:rpicam-vid", unread), ""}
	}
	return finding{"cameras", statusOK, "none at this machine", ""}
}

// devicePath is the device node of a v4l2 source. ok is false for other sources.
func devicePath(uri string) (path string, ok bool) {
	rest, ok := strings.CutPrefix(uri, "v4l2:")
	path, _, _ = strings.Cut(rest, "?")
	return path, ok
}

// addToGroup is the command that lets this user open cameras.
func addToGroup() string {
	name := "$USER"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return "sudo usermod -aG video " + name + ", then log in again"
}

// examineGPIO says whether the board has pins. A board without pins is fine: each
// configured pin has its own check.
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

// examinePins returns one check for each pin that the configuration names.
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

// lacking is the finding for a pin that cannot be used: a warning if the daemon may
// run without it, otherwise a failure.
func lacking(pin config.Pin, text string) finding {
	if pin.Optional {
		return finding{pin.Section, statusWarn, text + "; the daemon runs without, since it is optional", ""}
	}
	return finding{pin.Section, statusFail, text, fmt.Sprintf("name another pin with %s.pin, or set %s.optional to run without it", pin.Section, pin.Section)}
}
