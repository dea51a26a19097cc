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
	// chunk is how much memory is allocated at a time for a part.
	chunk = 256 << 10
)

// Multipart reads the pictures of a multipart/x-mixed-replace message. Cameras follow
// RFC 2046 loosely, so Multipart is tolerant: the boundary may come with or without its
// dashes, and with or without a line break before it. A part may have a Content-Length or
// not. Without one the part must be a JPEG and ends where the picture ends; with one it
// may be anything. Multipart is not safe for concurrent use.
type Multipart struct {
	pictures *Reader
	boundary string // without leading dashes; "" means any line that begins with two
	found    bool   // a boundary was read
}

// NewMultipart reads parts of up to limit bytes from r. boundary is the parameter of the
// message's Content-Type, "" if it has none.
func NewMultipart(r io.Reader, boundary string, limit int64) *Multipart {
	return &Multipart{pictures: NewReader(r, limit), boundary: strings.TrimLeft(boundary, "-")}
}

// Next returns the next picture as [Reader.Next] does. It also returns io.EOF after the
// closing boundary.
func (m *Multipart) Next() ([]byte, error) {
	for !m.pictures.begun { // begun: the start of this picture cut the last one off
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

// seek reads up to the next boundary, including its line.
func (m *Multipart) seek() error {
	var skipped junk
	for {
		line, whole, err := m.line()
		if end, found := m.isBoundary(line); found {
			m.found = true
			if end {
				return io.EOF
			}
			if !whole && err == nil {
				_, err = m.skipLine()
			}
			return err
		}
		skipped.add(line)
		switch {
		case err != nil && !m.found && skipped.bytes > 0:
			return fmt.Errorf("%w after %d bytes without a boundary (the first are %q)", err, skipped.bytes, skipped.first)
		case err != nil:
			return err
		case skipped.bytes > maxJunk:
			return fmt.Errorf("%w: %d bytes without a boundary %q (the first are %q)", ErrNoJPEG, skipped.bytes, "--"+m.boundary, skipped.first)
		}
	}
}

// isBoundary reports whether the line holds the boundary (found), and whether that is the closing
// one (end).
func (m *Multipart) isBoundary(line []byte) (end, found bool) {
	trimmed := strings.TrimSpace(string(line))
	if m.boundary == "" {
		return false, strings.HasPrefix(trimmed, "--")
	}
	if trimmed == m.boundary { // without dashes
		return false, true
	}
	// Anywhere in the line: a camera may leave out the line break before it.
	_, behind, found := strings.Cut(trimmed, "--"+m.boundary)
	return found && strings.HasPrefix(behind, "--"), found
}

// line reads a line, or as much of it as the buffer holds; then whole is false.
func (m *Multipart) line() (line []byte, whole bool, err error) {
	line, err = m.pictures.r.ReadSlice('\n') // valid until the next read
	if errors.Is(err, bufio.ErrBufferFull) {
		return line, false, nil
	}
	return line, err == nil, err
}

// skipLine skips the rest of a line and returns its length.
func (m *Multipart) skipLine() (n int, err error) {
	for {
		line, whole, err := m.line()
		n += len(line)
		if err != nil || whole {
			return n, err
		}
	}
}

// header reads the header of a part up to the empty line. It returns the length of the
// part, or -1 without Content-Length.
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
			n, err := m.skipLine()
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

// part reads n bytes. It returns io.EOF when the stream ends within them.
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
