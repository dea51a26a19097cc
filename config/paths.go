package config

import (
	"net"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// systemData is the store of root and of the service.
const systemData = "/var/lib/edgeclr"

// DataDir is the folder of the store: data, with a leading "~/" expanded. When
// data is empty it is /var/lib/edgeclr for root and the service, and
// ~/.local/share/edgeclr for others. It is "" when data is empty and the user has
// no home folder.
func DataDir(data string, environ []string, uid int) string {
	if data == "" && (uid == 0 || InService(systemData, environ)) {
		return systemData
	}
	rest, inHome := strings.CutPrefix(data, "~/")
	if data == "" {
		rest, inHome = filepath.Join(".local", "share", "edgeclr"), true
	}
	if !inHome {
		return filepath.Clean(data)
	}
	home := homeDir(environ, uid)
	if home == "" {
		return data
	}
	return filepath.Join(home, rest)
}

// InService reports whether this process is a systemd service whose state
// folder (StateDirectory=) is data.
func InService(data string, environ []string) bool {
	for _, e := range environ {
		if folders, ok := strings.CutPrefix(e, "STATE_DIRECTORY="); ok {
			return slices.Contains(strings.Split(folders, ":"), data)
		}
	}
	return false
}

func homeDir(environ []string, uid int) string {
	for _, e := range environ {
		if home, ok := strings.CutPrefix(e, "HOME="); ok && home != "" {
			return home
		}
	}
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.HomeDir
	}
	return ""
}

// ListenAddress is Listen with a host. A missing host becomes loopback, so that
// nothing is open to the network by accident. "" is no address.
func (c Config) ListenAddress() string {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil || host != "" {
		return c.Listen
	}
	return net.JoinHostPort("127.0.0.1", port)
}
