package mjpeg

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Markers (ITU-T T.81, table B.1).
const (
	markerTEM  = 0x01
	markerSOF0 = 0xc0 // baseline
	markerSOF1 = 0xc1 // sequential
	markerDHT  = 0xc4
	markerRST0 = 0xd0
	markerRST7 = 0xd7
	markerSOI  = 0xd8
	markerEOI  = 0xd9
	markerSOS  = 0xda
)

const (
	bufferSize = 64 << 10
	// maxJunk is how many bytes may be skipped before a picture begins.
	maxJunk = 1 << 20
)

// Reader reads consecutive JPEG pictures from a stream, with anything or nothing between
// them. It is not safe for concurrent use.
type Reader struct {
	r     *bufio.Reader
	limit int64

	begun bool // the start marker of the next picture has been read
	given bool // a picture was returned
	hint  int  // capacity for the next picture
	junk  junk // bytes since the last picture
}

// junk is what came between pictures.
type junk struct {
	bytes int
	first []byte // up to 16 of them
}

// NewReader reads pictures of up to limit bytes from r.
func NewReader(r io.Reader, limit int64) *Reader {
	return &Reader{r: bufio.NewReaderSize(r, bufferSize), limit: limit, hint: bufferSize}
}

// Next returns the next picture, from its start marker to its end marker. The caller owns
// the bytes. An error of this package is about a single picture, and the next call may
// return another. Every other error is that of r, and final. Next also returns io.EOF when
// r ends within a picture.
func (m *Reader) Next() ([]byte, error) {
	if !m.begun {
		if err := m.find(); err != nil {
			return nil, err
		}
	}
	m.begun, m.given, m.junk = false, true, junk{}
	p := &partial{limit: m.limit, data: append(make([]byte, 0, m.hint), 0xff, markerSOI)}
	again, err := p.read(m.r)
	m.begun = again
	if err != nil {
		return nil, err
	}
	m.hint = len(p.data) + len(p.data)/4
	return p.data, nil
}

// find reads up to the next start marker, including it.
func (m *Reader) find() error {
	for {
		run, err := m.r.ReadSlice(0xff)
		m.junk.add(run)
		if err == nil {
			var next []byte
			if next, err = m.r.Peek(1); err == nil && next[0] == markerSOI {
				_, err = m.r.Discard(1)
				return err
			}
		}
		switch {
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			if m.junk.bytes > 0 && !m.given {
				err = fmt.Errorf("%w after %v", err, m.junk)
			}
			return err
		case m.junk.bytes > maxJunk:
			err := fmt.Errorf("%w: %v", ErrNoJPEG, m.junk)
			m.junk = junk{}
			return err
		}
	}
}

func (j *junk) add(b []byte) {
	j.bytes += len(b)
	if room := 16 - len(j.first); room > 0 {
		j.first = append(j.first, b[:min(room, len(b))]...)
	}
}

// String describes the bytes, so that the user sees what is sent instead of pictures.
func (j junk) String() string {
	return fmt.Sprintf("%d bytes in which no JPEG picture begins (the first are %q)", j.bytes, j.first)
}

// partial is a picture that is being read.
type partial struct {
	data  []byte
	limit int64
	coded bool // coded data come before the next marker
}

// read appends everything up to the end marker. again says that the start marker of
// another picture came instead, and has been read.
func (p *partial) read(r *bufio.Reader) (again bool, err error) {
	for {
		marker, err := p.marker(r)
		switch {
		case err != nil:
			return false, err
		case marker == markerEOI:
			return false, nil
		case marker == markerSOI:
			return true, fmt.Errorf("%w after %d bytes", ErrCut, len(p.data)-2)
		case marker == markerTEM || marker >= markerRST0 && marker <= markerRST7:
			continue
		}
		if err := p.segment(r, marker); err != nil {
			return false, err
		}
		p.coded = marker == markerSOS
	}
}

// marker appends everything up to the next marker and returns its second byte. Fill bytes
// may come before it, and coded data after a start of scan. Anything else means that a
// segment was cut and contains what followed it.
func (p *partial) marker(r *bufio.Reader) (byte, error) {
	if !p.coded {
		switch head, err := r.Peek(1); {
		case err != nil:
			return 0, err
		case head[0] != 0xff:
			return 0, fmt.Errorf("%w: no marker where one must be, after %d bytes", ErrBroken, len(p.data))
		}
	}
	for {
		run, err := r.ReadSlice(0xff)
		p.data = append(p.data, run...)
		if err := p.checkRoom(0); err != nil {
			return 0, err
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			return 0, err
		}
		b := byte(0xff)
		for b == 0xff {
			if b, err = r.ReadByte(); err != nil {
				return 0, err
			}
			p.data = append(p.data, b)
			if err := p.checkRoom(0); err != nil {
				return 0, err
			}
		}
		switch {
		case b != 0:
			return b, nil
		case !p.coded: // a stuffed byte belongs to coded data
			return 0, fmt.Errorf("%w: no marker where one must be, after %d bytes", ErrBroken, len(p.data))
		}
	}
}

// segment appends the segment after a marker: its length and its content.
func (p *partial) segment(r *bufio.Reader, marker byte) error {
	head, err := r.Peek(2)
	if err != nil {
		return err
	}
	n := int(binary.BigEndian.Uint16(head))
	if n < 2 {
		return fmt.Errorf("%w: segment ff%02x has length %d, after %d bytes", ErrBroken, marker, n, len(p.data))
	}
	if err := p.checkRoom(n); err != nil {
		return err
	}
	at := len(p.data)
	p.data = append(p.data, make([]byte, n)...)
	_, err = io.ReadFull(r, p.data[at:])
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return err
}

// checkRoom returns an error when n more bytes are too many.
func (p *partial) checkRoom(n int) error {
	if size := int64(len(p.data) + n); size > p.limit {
		return fmt.Errorf("%w: %d bytes or more, the limit is %d (limits.file_bytes)", ErrTooLarge, size, p.limit)
	}
	return nil
}

// What can be wrong with one picture of a stream. The stream goes on.
var (
	// ErrCut: another picture begins before this one has ended.
	ErrCut = errors.New("the picture breaks off")

	// ErrBroken: the bytes contradict the format, for example by an impossible length of
	// a segment.
	ErrBroken = errors.New("the picture is broken")

	// ErrTooLarge: the picture is larger than the limit.
	ErrTooLarge = errors.New("the picture is too large")

	// ErrNoJPEG: no picture begins within a megabyte.
	ErrNoJPEG = errors.New("not JPEG")
)
