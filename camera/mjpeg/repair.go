package mjpeg

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// Repair copies a picture out of a buffer: from its start marker to its end marker,
// without padding. It adds the standard Huffman tables that the picture uses and does not
// define, as in Motion-JPEG. The error matches [ErrCut] when the picture has no end or
// another one starts inside it, and [ErrBroken] when the bytes are no JPEG. Repair does not
// read coded data.
func Repair(data []byte) ([]byte, error) {
	if len(data) < 2 || data[0] != 0xff || data[1] != markerSOI {
		return nil, fmt.Errorf("%w: %d bytes that do not start as a JPEG", ErrBroken, len(data))
	}
	out := make([]byte, 0, len(data)+440) // all four tables
	w := walker{data: data, pos: 2}
	copied, scans := 0, 0
	sequential := false
	defined := map[byte]bool{}
	for {
		marker, start, ok := w.next()
		if !ok {
			return nil, fmt.Errorf("%w: %d bytes have no end", ErrCut, len(data))
		}
		switch {
		case marker == markerEOI && scans == 0:
			return nil, fmt.Errorf("%w: a JPEG without pixels", ErrBroken)
		case marker == markerEOI:
			return append(out, data[copied:w.pos]...), nil
		case marker == markerSOI:
			return nil, fmt.Errorf("%w: a JPEG starts inside another one", ErrCut)
		case marker == markerTEM || marker >= markerRST0 && marker <= markerRST7:
			continue
		}
		segment, ok := w.segment()
		if !ok {
			return nil, fmt.Errorf("%w: %d bytes end inside a segment", ErrCut, len(data))
		}
		switch marker {
		case markerSOF0, markerSOF1:
			sequential = true
		case markerDHT:
			noteTables(segment, defined)
		case markerSOS:
			scans++
			if sequential {
				out = append(out, data[copied:start]...)
				out, copied = append(out, missingTables(segment, defined)...), start
			}
		}
	}
}

// walker steps from marker to marker.
type walker struct {
	data []byte
	pos  int
}

// next finds the next marker after coded data and fill bytes, and its position.
func (w *walker) next() (marker byte, start int, ok bool) {
	for w.pos < len(w.data) {
		i := bytes.IndexByte(w.data[w.pos:], 0xff)
		if i < 0 {
			break
		}
		w.pos += i + 1
		if w.pos < len(w.data) && w.data[w.pos] != 0 && w.data[w.pos] != 0xff {
			w.pos++
			return w.data[w.pos-1], w.pos - 2, true
		}
	}
	return 0, 0, false
}

// segment returns the content of the segment after the marker, and moves to its end.
func (w *walker) segment() ([]byte, bool) {
	rest := w.data[w.pos:]
	if len(rest) < 2 {
		return nil, false
	}
	n := int(binary.BigEndian.Uint16(rest))
	if n < 2 || n > len(rest) {
		return nil, false
	}
	w.pos += n
	return rest[2:n], true
}

// noteTables notes the tables that a DHT segment defines, as far as it is well formed.
func noteTables(segment []byte, defined map[byte]bool) {
	for len(segment) >= 17 {
		n := 17
		for _, count := range segment[1:17] {
			n += int(count)
		}
		if n > len(segment) {
			return
		}
		defined[segment[0]] = true
		segment = segment[n:]
	}
}

// missingTables returns segments with the standard tables that a scan uses and that are
// not defined. It adds them to defined.
func missingTables(scan []byte, defined map[byte]bool) []byte {
	var out []byte
	if len(scan) == 0 {
		return nil
	}
	components := scan[1:]
	for i := range min(int(scan[0]), len(components)/2) {
		selector := components[2*i+1]
		for _, table := range []byte{selector >> 4, 0x10 | selector&0x0f} {
			if !defined[table] {
				out = append(out, huffmanSegment(table)...)
				defined[table] = true
			}
		}
	}
	return out
}

// huffmanTables are the typical tables of ITU-T T.81, K.3.3, which Motion-JPEG assumes:
// the class (0 for DC, 1 for AC) and number in one byte, the number of codes of each
// length, and the values.
var huffmanTables = map[byte]string{
	0x00: "0000010501010101010100000000000000" + // luma, DC
		"000102030405060708090a0b",
	0x10: "100002010303020403050504040000017d" + // luma, AC
		"01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a" +
		"3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a929394" +
		"95969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8" +
		"e9eaf1f2f3f4f5f6f7f8f9fa",
	0x01: "0100030101010101010101010000000000" + // chroma, DC
		"000102030405060708090a0b",
	0x11: "1100020102040403040705040400010277" + // chroma, AC
		"000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728" +
		"292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92" +
		"939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7" +
		"e8e9eaf2f3f4f5f6f7f8f9fa",
}

// huffmanSegment returns a standard table as a JPEG segment, or nil when there is none of
// that class and number.
func huffmanSegment(table byte) []byte {
	code, err := hex.DecodeString(huffmanTables[table])
	if err != nil || len(code) == 0 {
		return nil
	}
	return append([]byte{0xff, markerDHT, 0, byte(2 + len(code))}, code...)
}
