package systemd

import (
	"os"
	"slices"
	"strings"
)

// ChildEnvironment returns the environment of this process for a child process. It lacks
// the variables of the service manager, with which the child could send notifications in
// the name of the service.
func ChildEnvironment() []string {
	return slices.DeleteFunc(os.Environ(), func(e string) bool {
		name, _, _ := strings.Cut(e, "=")
		switch name {
		case "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES":
			return true
		}
		return false
	})
}
