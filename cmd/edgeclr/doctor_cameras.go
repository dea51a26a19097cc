package main

import (
	"fmt"
	"os/user"
	"strings"

	"edgeclr/camera/v4l2"
	"edgeclr/cmd/edgeclr/internal/cameras"
)

// examineCameras tells which cameras there are, whether they may be opened, and whether those that the configuration names
// are among them. A machine without any is fine: folders and network cameras need none.
func examineCameras(a *app) finding {
	all := cameras.Examine("/dev")
	var names []string
	for _, c := range all {
		switch {
		case c.Denied():
			return finding{"cameras", statusWarn, c.Path + " may not be opened", addToGroup()}
		case c.Error != "":
			return finding{"cameras", statusWarn, c.Error, "edgeclr cameras"}
		case !c.Usable():
			return finding{"cameras", statusWarn, c.Path + " (" + c.Card + ") has no format that is read, as a CSI sensor",
				"put its own program in front, such as exec:rpicam-vid -t 0 -n --codec mjpeg -o -"}
		}
		names = append(names, fmt.Sprintf("%s (%s)", c.URI, c.Card))
	}
	for _, source := range a.cfg.Sources {
		path, ok := devicePath(source.URI)
		if !ok {
			continue
		}
		d, err := v4l2.Open(path)
		if err != nil {
			return finding{"cameras", statusWarn, err.Error(), "name a camera that `edgeclr cameras` lists in sources"}
		}
		d.Close()
	}
	if len(names) == 0 {
		return finding{"cameras", statusOK, "none at this machine", ""}
	}
	return finding{"cameras", statusOK, strings.Join(names, ", "), ""}
}

// devicePath is the node of a v4l2 source; ok is false for another source.
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
