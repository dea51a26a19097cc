package camera

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// fileDelivery reads files and hands them over, each state of a file once.
type fileDelivery struct {
	uri      string
	limits   Limits
	emit     func(context.Context, Frame) error
	tracker  *tracker
	settling *settling
}

// errChanged says that a file is not what it was when it was looked at.
var errChanged = errors.New("the file changed while it was read")

// file delivers path, whose state was info a moment ago, unless that state is
// done. A file that is gone is no error; one that changes goes back to settle.
func (d *fileDelivery) file(ctx context.Context, path string, info fs.FileInfo) error {
	state := FileState{Path: path, Size: info.Size(), ModTime: info.ModTime()}
	done, err := d.tracker.done(path, state.Size, state.ModTime)
	if err != nil || done {
		return err
	}
	if err := d.limits.checkBytes(state.Size); err != nil {
		return d.refuse(ctx, state, err)
	}
	data, err := readWhole(path, state)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, errChanged):
		if info, err := os.Stat(path); err == nil {
			d.settling.add(path, info)
		}
		return nil
	case err != nil:
		return d.refuse(ctx, state, fmt.Errorf("%w: %w", ErrUnreadable, err))
	}
	return d.hand(ctx, Frame{Data: data}, state)
}

// refuse delivers the reason instead of the content. What was not read has
// size -1 in the cursor: it is told once, and read when it can be.
func (d *fileDelivery) refuse(ctx context.Context, state FileState, reason error) error {
	state.Size = -1
	done, err := d.tracker.done(state.Path, state.Size, state.ModTime)
	if err != nil || done {
		return err
	}
	return d.hand(ctx, Frame{Err: fmt.Errorf("%s: %w", state.Path, reason)}, state)
}

func (d *fileDelivery) hand(ctx context.Context, f Frame, state FileState) error {
	f.Source, f.Path, f.Time, f.File = d.uri, state.Path, state.ModTime, &state
	if err := d.emit(ctx, f); err != nil {
		return err
	}
	return d.tracker.emit(state.Path, state.Size, state.ModTime)
}

// readWhole reads a regular file and fails with errChanged unless it had the
// given state before and after. It does not wait for a pipe's writer.
func readWhole(path string, want FileState) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := checkState(f, want); err != nil {
		return nil, err
	}
	data := make([]byte, want.Size)
	if _, err := io.ReadFull(f, data); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, errChanged
		}
		return nil, err
	}
	return data, checkState(f, want)
}

func checkState(f *os.File, want FileState) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Size() != want.Size || !info.ModTime().Equal(want.ModTime) {
		return errChanged
	}
	return nil
}
