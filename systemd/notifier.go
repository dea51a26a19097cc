package systemd

import (
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"golang.org/x/sys/unix"
)

// Notifier tells systemd the state of the service (sd_notify(3)). It does nothing when
// systemd did not start the daemon or the unit is not of type notify. It is safe for
// concurrent use.
type Notifier struct {
	log *slog.Logger

	mu     sync.Mutex
	failed bool   // the last message could not be sent
	status string // the last status line
}

// NewNotifier makes a notifier for the socket in NOTIFY_SOCKET. It logs failures to send
// and goes on.
func NewNotifier(log *slog.Logger) *Notifier { return &Notifier{log: log} }

// Ready says that the service serves, after a start or a reload.
func (n *Notifier) Ready() { n.send(daemon.SdNotifyReady) }

// Stopping says that the service ends.
func (n *Notifier) Stopping() { n.send(daemon.SdNotifyStopping) }

// Alive feeds the watchdog.
func (n *Notifier) Alive() { n.send(daemon.SdNotifyWatchdog) }

// Extend asks systemd to wait that much longer, from now on, for the start or the end of
// the service.
func (n *Notifier) Extend(d time.Duration) {
	n.send(fmt.Sprintf("EXTEND_TIMEOUT_USEC=%d", d.Microseconds()))
}

// Status sets the line that `systemctl status` shows.
func (n *Notifier) Status(line string) {
	line = strings.ReplaceAll(line, "\n", " ")
	n.mu.Lock()
	same := line == n.status
	n.status = line
	n.mu.Unlock()
	if !same {
		n.send("STATUS=" + line)
	}
}

// Reload tells systemd that the service reloads its configuration, and runs reload. Then it
// tells systemd that the service serves again, even if reload failed. It returns the error
// of reload.
func (n *Notifier) Reload(reload func() error) error {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return fmt.Errorf("reading the monotonic clock: %w", err)
	}
	n.send(fmt.Sprintf("%s\nMONOTONIC_USEC=%d", daemon.SdNotifyReloading, time.Duration(now.Nano()).Microseconds()))
	defer n.Ready()
	return reload()
}

// send sends a message. It logs only the first of consecutive failures.
func (n *Notifier) send(message string) {
	_, err := daemon.SdNotify(false, message)
	n.mu.Lock()
	before := n.failed
	n.failed = err != nil
	n.mu.Unlock()
	if err != nil && !before {
		n.log.Warn("systemd was not told", "message", message, "error", err)
	}
}
