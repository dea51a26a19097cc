package directory

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"edgeclr/camera"
	"edgeclr/camera/decode"
)

// delivery reads files and delivers them, each state of a file once.
type delivery struct {
	uri      string
	limits   decode.Limits
	emit     func(context.Context, camera.Frame) error
	tracker  *tracker
	settling *settling
}

// errChanged says that a file changed after its state was read.
var errChanged = errors.New("the file changed while it was read")

// file delivers the file at path, unless its state is done already. info is its state a
// moment ago. A file that is gone is no error. A file that has changed since goes back
// to settling.
func (d *delivery) file(ctx context.Context, path string, info fs.FileInfo) error {
	state := camera.FileState{Path: path, Size: info.Size(), ModTime: info.ModTime()}
	done, err := d.tracker.done(path, state.Size, state.ModTime)
	if err != nil || done {
		return err
	}
	if err := d.limits.CheckBytes(state.Size); err != nil {
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
		return d.refuse(ctx, state, fmt.Errorf("%w: %w", decode.ErrUnreadable, err))
	}
	return d.send(ctx, camera.Frame{Data: data}, state)
}

// refuse delivers the reason instead of the content. A file that was not read has
// size -1 in the cursor. So it is reported once, and it is read as soon as it can be
// read.
func (d *delivery) refuse(ctx context.Context, state camera.FileState, reason error) error {
	state.Size = -1
	done, err := d.tracker.done(state.Path, state.Size, state.ModTime)
	if err != nil || done {
		return err
	}
	return d.send(ctx, camera.Frame{Err: fmt.Errorf("%s: %w", state.Path, reason)}, state)
}

func (d *delivery) send(ctx context.Context, f camera.Frame, state camera.FileState) error {
	f.Source, f.Path, f.Time, f.File = d.uri, state.Path, state.ModTime, &state
	if err := d.emit(ctx, f); err != nil {
		return err
	}
	return d.tracker.sent(state.Path, state.Size, state.ModTime)
}

// readWhole reads a regular file. It fails with errChanged unless the file has
// the given state before and after. It does not wait for the writer of a pipe.
func readWhole(path string, want camera.FileState) ([]byte, error) {
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

func checkState(f *os.File, want camera.FileState) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Size() != want.Size || !info.ModTime().Equal(want.ModTime) {
		return errChanged
	}
	return nil
}
