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

// What can be wrong with a camera. A missing node matches fs.ErrNotExist; a node that
// this user may not open matches fs.ErrPermission.
var (
	// ErrGone: the device was unplugged, or its stream broke. It must be closed
	// and opened again.
	ErrGone = errors.New("the camera is gone")

	// ErrBusy: somebody else streams from the device.
	ErrBusy = errors.New("the camera is in use")

	// ErrNotCamera: the node is something else: a file, a metadata
	// node, an encoder, an output.
	ErrNotCamera = errors.New("not a camera")

	// ErrSetting: the camera does not have the format, control or value that it
	// was asked for.
	ErrSetting = errors.New("not possible with this camera")

	// ErrDamaged: a picture arrived incomplete and was dropped. The stream goes
	// on.
	ErrDamaged = errors.New("damaged picture")

	// ErrClosed: this program closed the camera.
	ErrClosed = errors.New("the camera is closed")
)

// explain turns an errno into an error that says where it happened, what failed and
// what to do.
func explain(path, operation string, err error) error {
	switch {
	case errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
		return fmt.Errorf("%s: %w (%s: %w)", path, ErrGone, operation, err)
	case errors.Is(err, unix.EBUSY):
		return fmt.Errorf("%s: %w%s (%s: %w)", path, ErrBusy, byWhom(path), operation, err)
	case errors.Is(err, unix.EPERM): // not because of group and mode of the node
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

// byWhom returns " by " and the processes that have the device open. It returns "" if
// this user can see none.
func byWhom(path string) string {
	all := holders(path)
	if len(all) == 0 {
		return ""
	}
	return " by " + strings.Join(all, ", ")
}

// holders lists the processes that have the device open, as "pid 123 (ffmpeg)".
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

// userName returns the user of this process, for a command that can be copied.
func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "USER"
}
