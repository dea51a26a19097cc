package camera

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// starvedReader reads bytes and notes when the decoder asked for more than
// there are: then its error, however worded, means a truncated file.
type starvedReader struct {
	*bytes.Reader
	starved bool
}

func newStarvedReader(data []byte) *starvedReader {
	return &starvedReader{Reader: bytes.NewReader(data)}
}

func (r *starvedReader) note(err error) error {
	r.starved = r.starved || errors.Is(err, io.EOF)
	return err
}

func (r *starvedReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	return n, r.note(err)
}

func (r *starvedReader) ReadByte() (byte, error) {
	b, err := r.Reader.ReadByte()
	return b, r.note(err)
}

func (r *starvedReader) ReadAt(p []byte, off int64) (int, error) {
	n, err := r.Reader.ReadAt(p, off)
	if n < len(p) {
		r.note(err)
	}
	return n, err
}

// classify gives the error of a decoder that read from r its reason. The
// decoders of golang.org/x/image name what they do not read in words alone.
func (r *starvedReader) classify(err error) error {
	switch {
	case err == nil:
		return nil
	case strings.Contains(err.Error(), "unsupported"):
		return fmt.Errorf("%w: %w", ErrUnsupported, err)
	case r.starved:
		return fmt.Errorf("%w: %w", ErrTruncated, err)
	}
	return fmt.Errorf("%w: %w", ErrCorrupt, err)
}
