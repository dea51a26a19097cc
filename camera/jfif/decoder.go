package jfif

import (
	"encoding/binary"
	"errors"
	"fmt"

	"edgeclr/camera/rgb"
)

// Errors of Decode, to be told apart with errors.Is.
var (
	// ErrCorrupt means that the structure of the file is broken.
	ErrCorrupt = errors.New("broken JPEG")

	// ErrUnsupported means a kind of JPEG that this package does not decode.
	ErrUnsupported = errors.New("kind of JPEG that is not supported")
)

// Markers (ITU-T T.81, table B.1).
const (
	markerSOF0  = 0xc0 // baseline
	markerSOF1  = 0xc1 // extended sequential
	markerSOF2  = 0xc2 // progressive
	markerDHT   = 0xc4
	markerDAC   = 0xcc
	markerSOF15 = 0xcf
	markerRST0  = 0xd0
	markerRST7  = 0xd7
	markerSOI   = 0xd8
	markerEOI   = 0xd9
	markerSOS   = 0xda
	markerDQT   = 0xdb
	markerDRI   = 0xdd
	markerAPP0  = 0xe0
	markerAPP14 = 0xee
	markerTEM   = 0x01
)

// component is a colour plane.
type component struct {
	id            byte
	h, v          int // sampling factors, 1 to 4
	table         byte
	quant         *[64]int32 // in zigzag order; nil before its first scan
	width, height int        // of the plane, without padding
	across, down  int        // blocks, with the padding to whole MCUs
	stride        int
	pixels        []uint8
	coefficients  [][64]int16 // progressive only, in natural order

	dc, ac   *huffman // of the scan
	previous int32    // DC value
}

type decoder struct {
	data []byte
	pos  int

	width, height int
	components    []component
	maxH, maxV    int
	progressive   bool
	restart       int // MCUs between restart markers; 0: none
	quant         [4]*[64]int32
	dc, ac        [4]*huffman
	jfif          bool
	adobe         bool
	transform     byte // of Adobe's segment

	bits   bitReader
	eobRun int
}

// Decode decodes a picture. It does not apply the orientation.
func Decode(data []byte) (*rgb.Image, error) {
	d := &decoder{data: data}
	if err := d.segments(); err != nil {
		return nil, err
	}
	if d.progressive {
		d.transformAll()
	}
	return d.image(), nil
}

// segments reads the file up to its end marker.
func (d *decoder) segments() error {
	if len(d.data) < 2 || d.data[0] != 0xff || d.data[1] != markerSOI {
		return fmt.Errorf("%w: it does not begin as one", ErrCorrupt)
	}
	d.pos = 2
	scans := 0
	for {
		marker, ok := d.nextMarker()
		if !ok {
			return fmt.Errorf("%w: no end marker", ErrCorrupt)
		}
		switch {
		case marker == markerEOI && scans == 0:
			return fmt.Errorf("%w: no picture before the end marker", ErrCorrupt)
		case marker == markerEOI:
			return nil
		case marker == markerTEM, marker >= markerRST0 && marker <= markerRST7:
			continue
		case marker == markerSOI:
			return fmt.Errorf("%w: two start markers", ErrCorrupt)
		}
		segment, err := d.segment()
		if err != nil {
			return err
		}
		if marker == markerSOS {
			scans++
			err = d.scan(segment)
		} else {
			err = d.header(marker, segment)
		}
		if err != nil {
			return err
		}
	}
}

// nextMarker goes to the next marker, past anything else.
func (d *decoder) nextMarker() (byte, bool) {
	for ; d.pos+1 < len(d.data); d.pos++ {
		if m := d.data[d.pos+1]; d.data[d.pos] == 0xff && m != 0 && m != 0xff {
			d.pos += 2
			return m, true
		}
	}
	return 0, false
}

func (d *decoder) segment() ([]byte, error) {
	if d.pos+2 > len(d.data) {
		return nil, fmt.Errorf("%w: it ends in a segment", ErrCorrupt)
	}
	n := int(binary.BigEndian.Uint16(d.data[d.pos:]))
	if n < 2 || d.pos+n > len(d.data) {
		return nil, fmt.Errorf("%w: it ends in a segment of %d bytes", ErrCorrupt, n)
	}
	segment := d.data[d.pos+2 : d.pos+n]
	d.pos += n
	return segment, nil
}

// header reads a segment that is not a scan.
func (d *decoder) header(marker byte, segment []byte) error {
	switch {
	case marker == markerDHT:
		return d.huffmanTables(segment)
	case marker == markerDQT:
		return d.quantTables(segment)
	case marker == markerDRI:
		if len(segment) != 2 {
			return fmt.Errorf("%w: restart interval of %d bytes", ErrCorrupt, len(segment))
		}
		d.restart = int(binary.BigEndian.Uint16(segment))
	case marker == markerDAC:
		return fmt.Errorf("%w: arithmetic coding", ErrUnsupported)
	case marker >= markerSOF0 && marker <= markerSOF15:
		return d.frame(marker, segment)
	case marker == markerAPP0:
		d.jfif = d.jfif || len(segment) >= 5 && string(segment[:5]) == "JFIF\x00"
	case marker == markerAPP14 && len(segment) >= 12 && string(segment[:5]) == "Adobe":
		d.adobe, d.transform = true, segment[11]
	}
	return nil
}

func (d *decoder) quantTables(segment []byte) error {
	for len(segment) > 0 {
		wide, id := segment[0]>>4, segment[0]&15
		size := 64 << min(wide, 1)
		segment = segment[1:]
		if id > 3 || wide > 1 || len(segment) < size {
			return fmt.Errorf("%w: quantisation table", ErrCorrupt)
		}
		table := new([64]int32)
		for i := range table {
			if wide == 1 {
				table[i] = int32(binary.BigEndian.Uint16(segment[2*i:]))
			} else {
				table[i] = int32(segment[i])
			}
		}
		d.quant[id] = table
		segment = segment[size:]
	}
	return nil
}

// frame reads the size and the components, and allocates their planes.
func (d *decoder) frame(marker byte, segment []byte) error {
	switch {
	case marker > markerSOF2:
		return fmt.Errorf("%w: process SOF%d", ErrUnsupported, marker-markerSOF0)
	case d.components != nil:
		return fmt.Errorf("%w: two frame headers", ErrCorrupt)
	case len(segment) < 6 || len(segment) != 6+3*int(segment[5]):
		return fmt.Errorf("%w: frame header of %d bytes", ErrCorrupt, len(segment))
	case segment[0] != 8 || segment[5] != 1 && segment[5] != 3:
		return fmt.Errorf("%w: %d components of %d bits", ErrUnsupported, segment[5], segment[0])
	}
	d.progressive = marker == markerSOF2
	d.height = int(binary.BigEndian.Uint16(segment[1:]))
	d.width = int(binary.BigEndian.Uint16(segment[3:]))
	if d.width == 0 || d.height == 0 {
		return fmt.Errorf("%w: %d x %d pixels", ErrUnsupported, d.width, d.height)
	}
	d.components = make([]component, segment[5])
	for i := range d.components {
		c, from := &d.components[i], segment[6+3*i:]
		*c = component{id: from[0], h: int(from[1] >> 4), v: int(from[1] & 15), table: from[2]}
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 || c.table > 3 {
			return fmt.Errorf("%w: component %d", ErrCorrupt, i)
		}
		d.maxH, d.maxV = max(d.maxH, c.h), max(d.maxV, c.v)
	}
	for i := range d.components {
		if err := d.components[i].allocate(d); err != nil {
			return err
		}
	}
	return nil
}

func (c *component) allocate(d *decoder) error {
	if d.maxH%c.h != 0 || d.maxV%c.v != 0 {
		return fmt.Errorf("%w: sampling of %d:%d and %d:%d", ErrUnsupported, d.maxH, c.h, d.maxV, c.v)
	}
	c.width, c.height = ceilDiv(d.width*c.h, d.maxH), ceilDiv(d.height*c.v, d.maxV)
	c.across, c.down = ceilDiv(d.width, 8*d.maxH)*c.h, ceilDiv(d.height, 8*d.maxV)*c.v
	c.stride = 8 * c.across
	c.pixels = make([]uint8, c.stride*8*c.down)
	if d.progressive {
		c.coefficients = make([][64]int16, c.across*c.down)
	}
	return nil
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }
