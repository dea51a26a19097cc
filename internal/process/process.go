package process

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// PeakRSS is the largest resident memory that this process has had so far, in bytes. It is
// 0 when the kernel does not say.
func PeakRSS() int {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return int(usage.Maxrss) << 10 // Linux counts KiB
}

// CPUTime is the time of all cores that this process has used so far, that of its system
// calls included. It is 0 when the kernel does not say.
func CPUTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// RSS is the resident memory of this process now, in bytes. It is 0 when /proc cannot be
// read.
func RSS() int {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(statm))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.Atoi(fields[1])
	if err != nil {
		return 0
	}
	return pages * os.Getpagesize()
}

// clockTicks is how many ticks a second has in the times of /proc.
const clockTicks = 100

// Age is the time since this process started. It includes the loading of libraries. It
// also includes the time before an exec, which keeps the process.
func Age() (time.Duration, error) {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0, err
	}
	uptime, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return 0, err
	}
	// The program's name, in parentheses, may hold blanks. The start time is the
	// twentieth field after it.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	up := strings.Fields(string(uptime))
	if len(fields) < 20 || len(up) < 1 {
		return 0, fmt.Errorf("/proc/self/stat has %d fields", len(fields))
	}
	ticks, err := strconv.ParseFloat(fields[19], 64)
	if err != nil {
		return 0, err
	}
	now, err := strconv.ParseFloat(up[0], 64)
	if err != nil {
		return 0, err
	}
	return time.Duration((now - ticks/clockTicks) * float64(time.Second)), nil
}
