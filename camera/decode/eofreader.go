package decode

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// eofReader reads bytes and notes when the decoder asks for more than there
// are. An error of the decoder then means a truncated file, however it is worded.
type eofReader struct {
	*bytes.Reader
	sawEOF bool
}

func newEOFReader(data []byte) *eofReader {
	return &eofReader{Reader: bytes.NewReader(data)}
}

func (r *eofReader) note(err error) error {
	r.sawEOF = r.sawEOF || errors.Is(err, io.EOF)
	return err
}

func (r *eofReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	return n, r.note(err)
}

func (r *eofReader) ReadByte() (byte, error) {
	b, err := r.Reader.ReadByte()
	return b, r.note(err)
}

func (r *eofReader) ReadAt(p []byte, off int64) (int, error) {
	n, err := r.Reader.ReadAt(p, off)
	if n < len(p) {
		r.note(err)
	}
	return n, err
}

// classify adds the reason to an error of the decoder that read from r. The
// decoders of golang.org/x/image have no error type for what they do not read,
// only the word "unsupported".
func (r *eofReader) classify(err error) error {
	switch {
	case err == nil:
		return nil
	case strings.Contains(err.Error(), "unsupported"):
		return fmt.Errorf("%w: %w", ErrUnsupported, err)
	case r.sawEOF:
		return fmt.Errorf("%w: %w", ErrTruncated, err)
	}
	return fmt.Errorf("%w: %w", ErrCorrupt, err)
}
