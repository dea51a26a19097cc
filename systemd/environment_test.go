package systemd

import (
	"slices"
	"testing"
)

func TestChildEnvironment(t *testing.T) {
	for _, name := range []string{"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"} {
		t.Setenv(name, "1")
	}
	t.Setenv("NOTIFY_SOCKETS", "kept=1")
	got := ChildEnvironment()
	if !slices.Contains(got, "NOTIFY_SOCKETS=kept=1") {
		t.Errorf("a variable with a similar name is gone: %q", got)
	}
	for _, name := range []string{"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"} {
		if slices.Contains(got, name+"=1") {
			t.Errorf("the child has %s", name)
		}
	}
}
