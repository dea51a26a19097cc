package weights

import (
	"errors"
	"fmt"
	"io"
)

// decodeBytes is how much of a tensor is held undecoded at a time; a multiple
// of every dtype's size.
const decodeBytes = 64 << 10

// decodeFrom reads n values. The caller has compared n with the bytes that r
// has: all of n is allocated at once.
func decodeFrom(r io.Reader, d dtype, n int) ([]float32, error) {
	values := make([]float32, n)
	buf := make([]byte, min(decodeBytes, n*d.size()))
	for rest := values; len(rest) > 0; {
		part := min(len(rest), len(buf)/d.size())
		if _, err := io.ReadFull(r, buf[:part*d.size()]); err != nil {
			return nil, readError(err)
		}
		d.decode(rest[:part], buf)
		rest = rest[part:]
	}
	return values, nil
}

// readError tells an early end from a failing disk.
func readError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: %s", ErrTruncated, downloadAgain)
	}
	return fmt.Errorf("cannot be read: %w", err)
}
