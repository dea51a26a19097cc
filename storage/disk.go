package storage

import (
	"errors"
	"fmt"
	"syscall"
	"time"
)

const statfsWait = 2 * time.Second

// FreeDisk returns the bytes that this user can still write to the store's file
// system. A mount that hangs gives an error after two seconds. The question is
// asked on a goroutine of its own that Close cannot wait for, since nothing
// interrupts a hanging statfs; while one hangs, no other is asked.
func (s *Store) FreeDisk() (int64, error) {
	const op = "measure free space"
	if !s.statfs.CompareAndSwap(false, true) {
		return 0, classify(op, s.dir, errors.New("the file system has not answered the question before"))
	}
	type answer struct {
		free int64
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		var st syscall.Statfs_t
		err := syscall.Statfs(s.dir, &st)
		s.statfs.Store(false)
		done <- answer{int64(st.Bavail) * st.Bsize, err}
	}()
	timeout := time.NewTimer(statfsWait)
	defer timeout.Stop()
	select {
	case a := <-done:
		return a.free, classify(op, s.dir, a.err)
	case <-timeout.C:
		return 0, classify(op, s.dir, fmt.Errorf("no answer of the file system in %s", statfsWait))
	}
}
