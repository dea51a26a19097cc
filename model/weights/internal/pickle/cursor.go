package pickle

import (
	"bytes"
	"fmt"
)

// maxLine bounds the arguments of text opcodes in bytes. They are names and numbers.
const maxLine = 4096

// cursor reads the bytes of a pickle without copying them.
type cursor struct {
	data []byte
	pos  int
}

// take returns the next n bytes. It compares n with the remaining bytes, so that no
// claimed length is allocated.
func (c *cursor) take(n uint64) ([]byte, error) {
	left := len(c.data) - c.pos
	if n > uint64(left) {
		return nil, fmt.Errorf("%w: byte %d is followed by %d more and not %d", ErrTruncated, c.pos, left, n)
	}
	b := c.data[c.pos : c.pos+int(n)]
	c.pos += int(n)
	return b, nil
}

func (c *cursor) byte() (byte, error) {
	b, err := c.take(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

// number returns an unsigned little-endian number of the given width in bytes.
func (c *cursor) number(width uint64) (uint64, error) {
	b, err := c.take(width)
	var n uint64
	for i := len(b) - 1; i >= 0; i-- {
		n = n<<8 | uint64(b[i])
	}
	return n, err
}

// counted reads a length of the given width and returns as many bytes.
func (c *cursor) counted(width uint64) ([]byte, error) {
	n, err := c.number(width)
	if err != nil {
		return nil, err
	}
	return c.take(n)
}

// line returns the bytes up to the next newline and skips the newline.
func (c *cursor) line() (string, error) {
	rest := c.data[c.pos:]
	n := bytes.IndexByte(rest[:min(len(rest), maxLine)], '\n')
	switch {
	case n >= 0:
		c.pos += n + 1
		return string(rest[:n]), nil
	case len(rest) < maxLine:
		return "", fmt.Errorf("%w: the line at byte %d has no end", ErrTruncated, c.pos)
	}
	return "", fmt.Errorf("%w: the line at byte %d is longer than %d bytes", ErrMalformed, c.pos, maxLine)
}
