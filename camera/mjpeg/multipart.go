package mjpeg

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	// maxHeader bounds the lines of one part's header.
	maxHeader = 16 << 10
	// chunk is how much memory is claimed at a time for a part.
	chunk = 256 << 10
)

// Multipart reads the pictures of a multipart/x-mixed-replace message. Cameras
// follow RFC 2046 loosely, so it asks for little: the boundary may stand in the
// stream with or without its dashes, with or without a line of its own before
// it, and a part with or without Content-Length. Without one the part is JPEG
// and ends where the picture does; with one it may be anything. It is for
// one goroutine.
type Multipart struct {
	pictures *Reader
	boundary string // without leading dashes; "" is any line that begins with two
	found    bool   // there was one
}

// NewMultipart reads parts of up to limit bytes from r. Boundary is the
// parameter of the message's Content-Type, "" if it has none.
func NewMultipart(r io.Reader, boundary string, limit int64) *Multipart {
	return &Multipart{pictures: NewReader(r, limit), boundary: strings.TrimLeft(boundary, "-")}
}

// Next returns the next picture as [Reader.Next] does; io.EOF also behind the
// closing boundary.
func (m *Multipart) Next() ([]byte, error) {
	for !m.pictures.begun { // else the last picture broke off at the start of this one
		if err := m.seek(); err != nil {
			return nil, err
		}
		size, err := m.header()
		switch {
		case err != nil:
			return nil, err
		case size > m.pictures.limit:
			return nil, fmt.Errorf("%w: a part of %d bytes, the limit is %d (limits.file_bytes)", ErrTooLarge, size, m.pictures.limit)
		case size > 0:
			return m.part(int(size))
		case size < 0:
			return m.pictures.Next()
		}
		// An empty part keeps the connection alive.
	}
	return m.pictures.Next()
}

// seek reads up to the next boundary and past its line.
func (m *Multipart) seek() error {
	var passed junk
	for {
		line, whole, err := m.line()
		if end, found := m.separates(line); found {
			m.found = true
			if end {
				return io.EOF
			}
			if !whole && err == nil {
				_, err = m.rest()
			}
			return err
		}
		passed.add(line)
		switch {
		case err != nil && !m.found && passed.bytes > 0:
			return fmt.Errorf("%w after %d bytes without a boundary (the first are %q)", err, passed.bytes, passed.first)
		case err != nil:
			return err
		case passed.bytes > patience:
			return fmt.Errorf("%w: %d bytes without a boundary %q (the first are %q)", ErrNoJPEG, passed.bytes, "--"+m.boundary, passed.first)
		}
	}
}

// separates reports whether the line holds the boundary, and whether it is the
// closing one.
func (m *Multipart) separates(line []byte) (end, found bool) {
	trimmed := strings.TrimSpace(string(line))
	if m.boundary == "" {
		return false, strings.HasPrefix(trimmed, "--")
	}
	if trimmed == m.boundary { // without dashes
		return false, true
	}
	// Not only at the beginning: a camera may leave out the line's end before it.
	_, behind, found := strings.Cut(trimmed, "--"+m.boundary)
	return found && strings.HasPrefix(behind, "--"), found
}

// line reads a line, or as much of it as the buffer holds; whole tells which.
func (m *Multipart) line() (line []byte, whole bool, err error) {
	line, err = m.pictures.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return line, false, nil
	}
	return line, err == nil, err
}

// rest passes over what is left of a line.
func (m *Multipart) rest() (n int, err error) {
	for {
		line, whole, err := m.line()
		n += len(line)
		if err != nil || whole {
			return n, err
		}
	}
}

// header reads the lines up to an empty one and returns the length of the
// part, -1 when it is not given.
func (m *Multipart) header() (size int64, err error) {
	size = -1
	if head, err := m.pictures.r.Peek(2); err == nil && head[0] == 0xff && head[1] == markerSOI {
		return size, nil // no header at all, not even the empty line
	}
	for read := 0; read <= maxHeader; {
		line, whole, err := m.line()
		if err != nil {
			return 0, err
		}
		read += len(line)
		text := strings.TrimSpace(string(line))
		if !whole {
			n, err := m.rest()
			if err != nil {
				return 0, err
			}
			read += n
		}
		if text == "" {
			return size, nil
		}
		name, value, _ := strings.Cut(text, ":")
		if strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
			if n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64); err == nil && n >= 0 {
				size = n
			}
		}
	}
	return 0, fmt.Errorf("%w: the header of a part is longer than %d bytes", ErrTooLarge, maxHeader)
}

// part reads n bytes. A stream that ends within them is at its end.
func (m *Multipart) part(n int) ([]byte, error) {
	data := make([]byte, 0, min(n, chunk))
	for len(data) < n {
		at := len(data)
		data = append(data, make([]byte, min(n-at, chunk))...)
		if _, err := io.ReadFull(m.pictures.r, data[at:]); err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) {
				err = io.EOF
			}
			return nil, err
		}
	}
	return data, nil
}
