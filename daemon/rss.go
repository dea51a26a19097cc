package daemon

import (
	"errors"
	"io"
	"syscall"
)

// PeakRSS is the most memory that this process has held, in bytes.
func PeakRSS() int {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return int(usage.Maxrss) << 10 // Linux counts KiB
}

// readFull fills p, or as much of it as the file has.
func readFull(r io.Reader, p []byte) (int, error) {
	n, err := io.ReadFull(r, p)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return n, nil
	}
	return n, err
}
