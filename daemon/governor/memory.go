package governor

import (
	"fmt"
	"math"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// Memory is what a board has and what this process may use of it, in bytes.
type Memory struct {
	Total     int64 // of the board
	Available int64 // without taking it from other programs
	Group     int64 // limit of the control group; 0: none
}

// defaultShare of the memory is for learning; ingestion, queries and the file
// cache have the rest.
const defaultShare = 0.6

// Default is a limit for learning: 60 % of what is available or of what the
// control group allows, whichever is less. 0 when neither is known.
func (m Memory) Default() int64 {
	least := m.Available
	if least == 0 {
		least = m.Total // kernels before 3.14
	}
	if m.Group > 0 && (least == 0 || m.Group < least) {
		least = m.Group
	}
	return int64(defaultShare * float64(least))
}

// ReadMemory reads proc/meminfo, and the limits of this process's control group
// (version 2) and those above it, below the folder root ("" means "/").
func ReadMemory(root string) (Memory, error) {
	if root == "" {
		root = "/"
	}
	data, err := readSmall(filepath.Join(root, "proc/meminfo"))
	if err != nil {
		return Memory{}, fmt.Errorf("reading how much memory there is: %w", err)
	}
	m, err := parseMeminfo(data)
	if err != nil {
		return Memory{}, fmt.Errorf("reading how much memory there is: proc/meminfo: %w", err)
	}
	m.Group = groupLimit(root)
	return m, nil
}

// parseMeminfo reads lines like "MemTotal:       3884568 kB".
func parseMeminfo(data []byte) (Memory, error) {
	var m Memory
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		if len(fields) != 3 || fields[2] != "kB" {
			continue
		}
		kibibytes, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil || kibibytes < 0 || kibibytes > math.MaxInt64>>10 {
			continue
		}
		switch fields[0] {
		case "MemTotal:":
			m.Total = kibibytes << 10
		case "MemAvailable:":
			m.Available = kibibytes << 10
		}
	}
	if m.Total == 0 {
		return Memory{}, fmt.Errorf("%q has no MemTotal", clip(data))
	}
	return m, nil
}

// groupLimit is the lowest limit of the process's control group and those that
// it is in, 0 when there is none. The group may be throttled (memory.high) long before it
// is killed (memory.max), so both count.
func groupLimit(root string) int64 {
	data, err := readSmall(filepath.Join(root, "proc/self/cgroup"))
	if err != nil {
		return 0
	}
	least := int64(0)
	for group, found := parseGroup(data); found; group = path.Dir(group) {
		for _, name := range []string{"memory.max", "memory.high"} {
			data, err := readSmall(filepath.Join(root, "sys/fs/cgroup", group, name))
			if err != nil {
				continue
			}
			if limit, ok := parseLimit(data); ok && (least == 0 || limit < least) {
				least = limit
			}
		}
		found = group != "/"
	}
	return least
}

// parseGroup finds the group of version 2, "0::/system.slice/edgeclr.service",
// as a clean absolute path.
func parseGroup(data []byte) (group string, found bool) {
	for line := range strings.Lines(string(data)) {
		if group, found := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "0::"); found {
			return path.Join("/", group), true
		}
	}
	return "", false
}

// parseLimit reads a number of bytes; false for "max" and for what is no limit.
func parseLimit(data []byte) (int64, bool) {
	limit, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64)
	return limit, err == nil && limit > 0
}
