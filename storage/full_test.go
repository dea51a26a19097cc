package storage

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"strings"
	"syscall"
	"testing"
)

// fill writes until the store is full, and returns how many frames it stored.
func fill(s *Store) (int, error) {
	for n := 0; n < 10_000; n++ {
		if _, err := s.AddFrames(context.Background(), nil, []NewFrame{sample(uint64(n), 100_000)}); err != nil {
			return n, err
		}
	}
	return 0, errors.New("never full")
}

// surviveFull fills a store. The error says that the disk is full, everything
// stored can be read, and the room that retention makes is used again.
func surviveFull(s *Store) error {
	n, err := fill(s)
	if !errors.Is(err, ErrFull) {
		return fmt.Errorf("after %d frames: %w, want ErrFull", n, err)
	}
	if !strings.Contains(err.Error(), "disk full") || !strings.Contains(err.Error(), "store.max_bytes") {
		return fmt.Errorf("message %q says neither what nor how to mend it", err)
	}
	if n == 0 || s.CountFrames() != n || s.Counters().Stored != uint64(n) {
		return fmt.Errorf("%d frames stored, the store counts %d", n, s.CountFrames())
	}
	for id := FrameID(1); id <= FrameID(n); id++ {
		if _, err := s.FrameData(id); err != nil {
			return err
		}
	}
	live, _, err := s.Usage()
	if err != nil {
		return err
	}
	r, err := s.Retain(context.Background(), Retention{MaxBytes: live / 2})
	if err != nil || r.Frames == 0 {
		return fmt.Errorf("retain: %+v, %w", r, err)
	}
	ids, err := s.AddFrames(context.Background(), nil, []NewFrame{sample(1, 100_000), sample(2, 100_000)})
	if err != nil {
		return fmt.Errorf("after making room: %w", err)
	}
	if ids[0] != FrameID(n+1) {
		return fmt.Errorf("frame %d after %d", ids[0], n)
	}
	rep, err := s.Check(context.Background())
	if err != nil || !rep.OK() {
		return fmt.Errorf("check %+v: %w", rep, err)
	}
	return nil
}

func TestMaxSize(t *testing.T) {
	dir := t.TempDir()
	const limit = 20 << 20
	s := open(t, dir, Options{MaxBytes: limit})
	if err := surviveFull(s); err != nil {
		t.Error(err)
	}
	if _, file, err := s.Usage(); err != nil || file > limit {
		t.Errorf("the file has %d bytes, %v; the limit is %d", file, err, limit)
	}
}

// A limit on the size of files makes the kernel refuse growth (EFBIG), as a full
// disk does (ENOSPC). Mounting a small file system would need root.
func TestKernelRefusesGrowth(t *testing.T) {
	out, err := childOutput(t, "full")
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func childOutput(t *testing.T, role string) (string, error) {
	t.Helper()
	cmd := childCommand(t, role, t.TempDir())
	cmd.Stderr = nil
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func childFull(dir string) int {
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{Cur: 20 << 20, Max: 20 << 20}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		fmt.Println(err)
		return 1
	}
	s, err := Open(context.Background(), dir, Options{})
	if err == nil {
		err = surviveFull(s)
	}
	if err == nil {
		err = s.Close()
	}
	if err == nil { // also across a restart
		s, err = Open(context.Background(), dir, Options{})
	}
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}
