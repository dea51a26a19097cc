package main

import (
	"fmt"
	"os/user"
	"strings"

	"edgeclr/camera/v4l2"
	"edgeclr/cmd/edgeclr/internal/cameras"
	"edgeclr/cmd/internal/cli"
	"edgeclr/config"
)

// examineCameras looks at the cameras of this machine and at those that the configuration names.
func examineCameras(a *cli.App) finding {
	return camerasFinding(cameras.Examine("/dev"), a.Config.Sources)
}

// camerasFinding tells whether cameras may be opened, whether those that are configured are there, and which there are. A
// machine without any is fine: folders and network cameras need none.
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
		return finding{"cameras", statusOK, fmt.Sprintf("%d nodes without a format that is read: a CSI sensor takes pictures by exec:rpicam-vid or the like", unread), ""}
	}
	return finding{"cameras", statusOK, "none at this machine", ""}
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
