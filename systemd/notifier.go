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

// Notifier tells systemd how the service is (sd_notify(3)). A daemon that
// systemd did not start, or whose unit is not of type notify, tells nobody. Its
// methods may be called from anywhere.
type Notifier struct {
	log *slog.Logger

	mu     sync.Mutex
	failed bool   // the last message was not taken
	status string // the last that was sent
}

// NewNotifier makes a notifier for the socket that NOTIFY_SOCKET names. What
// cannot be sent is logged: the work goes on all the same.
func NewNotifier(log *slog.Logger) *Notifier { return &Notifier{log: log} }

// Ready says that the service serves, after the start or after a reload.
func (n *Notifier) Ready() { n.send(daemon.SdNotifyReady) }

// Stopping says that the service ends.
func (n *Notifier) Stopping() { n.send(daemon.SdNotifyStopping) }

// Alive feeds the watchdog.
func (n *Notifier) Alive() { n.send(daemon.SdNotifyWatchdog) }

// Extend asks that the start, or the end, under way may take that much longer
// from now on.
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

// Reload tells that the service reloads its configuration while reload runs, and
// that it serves again, whether or not it was taken. It returns reload's error.
func (n *Notifier) Reload(reload func() error) error {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return fmt.Errorf("reading the monotonic clock: %w", err)
	}
	n.send(fmt.Sprintf("%s\nMONOTONIC_USEC=%d", daemon.SdNotifyReloading, time.Duration(now.Nano()).Microseconds()))
	defer n.Ready()
	return reload()
}

// send logs the first of several failures.
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
