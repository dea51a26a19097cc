package v4l2

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

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
