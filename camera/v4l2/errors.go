package v4l2

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// What can be wrong with a camera. A node that is not there matches
// fs.ErrNotExist, one that may not be opened fs.ErrPermission.
var (
	// ErrGone says that the device was unplugged or its stream broke. Only
	// closing it and opening it anew helps.
	ErrGone = errors.New("the camera is gone")

	// ErrBusy says that somebody else streams from the device.
	ErrBusy = errors.New("the camera is in use")

	// ErrNotCamera says that the node is something else: a file, a metadata
	// node, an encoder, an output.
	ErrNotCamera = errors.New("not a camera")

	// ErrSetting says that the camera does not have what was asked for: a
	// format, a control, a value.
	ErrSetting = errors.New("not possible with this camera")

	// ErrDamaged says that a picture arrived incomplete and was dropped. The
	// stream goes on.
	ErrDamaged = errors.New("damaged picture")

	// ErrClosed says that the camera was closed by this program.
	ErrClosed = errors.New("the camera is closed")
)

// explain turns an errno into an error that says where, what and how to mend.
func explain(path, operation string, err error) error {
	switch {
	case errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
		return fmt.Errorf("%s: %w (%s: %w)", path, ErrGone, operation, err)
	case errors.Is(err, unix.EBUSY):
		return fmt.Errorf("%s: %w%s (%s: %w)", path, ErrBusy, byWhom(path), operation, err)
	case errors.Is(err, unix.EPERM): // group and mode of the node are not what refuses
		return fmt.Errorf("%s: %s: %w; the sandbox does not let this process use cameras: a systemd unit needs DeviceAllow=char-video4linux rw, a container --device %s",
			path, operation, err, path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: %s: %w; cameras belong to the group video: sudo usermod -aG video %s, then log in again",
			path, operation, err, userName())
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: %s: %w; is the camera plugged in? `edgeclr cameras` lists what is there", path, operation, err)
	}
	return fmt.Errorf("%s: %s: %w", path, operation, err)
}

// byWhom names the processes that have the device open, as far as this user may see them: "" when none is seen.
func byWhom(path string) string {
	all := holders(path)
	if len(all) == 0 {
		return ""
	}
	return " by " + strings.Join(all, ", ")
}

// holders lists who has the device open, as "pid 123 (ffmpeg)".
func holders(path string) []string {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil
	}
	own := os.Getpid()
	times := map[int]int{} // descriptors of a process
	links, _ := filepath.Glob("/proc/[0-9]*/fd/[0-9]*")
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && target == real {
			pid, _ := strconv.Atoi(strings.Split(link, "/")[2])
			times[pid]++
		}
	}
	var all []string
	for pid, n := range times {
		switch {
		case pid != own:
			command, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
			all = append(all, fmt.Sprintf("pid %d (%s)", pid, strings.TrimSpace(string(command))))
		case n > 1: // one of them is the descriptor that just failed
			all = append(all, "this process itself")
		}
	}
	slices.Sort(all)
	return all
}

// userName is who runs this, for a command that can be copied.
func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "USER"
}
