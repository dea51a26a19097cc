package main

import (
	"fmt"
	"syscall"

	"github.com/prometheus/procfs"
)

// child is a process that the daemon started.
type child struct {
	pid    int
	begin  uint64 // start time in ticks since boot; distinguishes it from a later process with the same number
	zombie bool
}

// children returns the children of a process, in the order of their numbers.
func children(parent int) (all []child, err error) {
	processes, err := procfs.AllProcs()
	if err != nil {
		return nil, fmt.Errorf("listing processes: %w", err)
	}
	for _, p := range processes {
		stat, err := p.Stat()
		if err == nil && stat.PPID == parent { // an error means that it has ended
			all = append(all, child{p.PID, stat.Starttime, stat.State == "Z"})
		}
	}
	return all, nil
}

// alive reports whether the process is still running.
func (c child) alive() bool {
	p, err := procfs.NewProc(c.pid)
	if err != nil {
		return false
	}
	stat, err := p.Stat()
	return err == nil && stat.Starttime == c.begin && stat.State != "Z"
}

// signal sends a signal to its process group: each exec: command has its own.
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

// breakChild kills or stops the command of the exec: source. That command is the daemon's
// only child.
func breakChild(daemon int, k faultKind) error {
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
