package main

import (
	"fmt"
	"syscall"

	"github.com/prometheus/procfs"
)

// child is a process that the daemon started.
type child struct {
	pid    int
	begin  uint64 // since boot, in the kernel's ticks; tells it from a later one with its number
	zombie bool
}

// children are those of a process, in the order of their numbers.
func children(parent int) (all []child, err error) {
	processes, err := procfs.AllProcs()
	if err != nil {
		return nil, fmt.Errorf("listing processes: %w", err)
	}
	for _, p := range processes {
		stat, err := p.Stat()
		if err == nil && stat.PPID == parent { // an error: it is gone by now
			all = append(all, child{p.PID, stat.Starttime, stat.State == "Z"})
		}
	}
	return all, nil
}

// alive reports whether it is still there.
func (c child) alive() bool {
	p, err := procfs.NewProc(c.pid)
	if err != nil {
		return false
	}
	stat, err := p.Stat()
	return err == nil && stat.Starttime == c.begin && stat.State != "Z"
}

// signal reaches all of its process group: each exec: command has its own.
func (c child) signal(s syscall.Signal) error {
	group, err := syscall.Getpgid(c.pid)
	if err != nil {
		return err
	}
	if group != c.pid {
		return fmt.Errorf("process %d leads no group of its own", c.pid)
	}
	return syscall.Kill(-c.pid, s)
}

// strikeChild kills or stops the command of the exec: source, which is the
// daemon's only child.
func strikeChild(daemon int, k kind) error {
	all, err := children(daemon)
	if err != nil {
		return err
	}
	how := syscall.SIGKILL
	if k == faultStop {
		how = syscall.SIGSTOP
	}
	for _, c := range all {
		if !c.zombie {
			return c.signal(how)
		}
	}
	return fmt.Errorf("process %d has no child", daemon)
}
