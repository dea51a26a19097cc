package jfif

import (
	"encoding/binary"
	"fmt"
)

// lookBits is the length of the codes that one look-up decodes.
const lookBits = 9

// huffman is a table of codes.
type huffman struct {
	look    [1 << lookBits]uint16 // length<<8 | symbol of the code that the bits begin with; 0: it is longer
	symbols [256]uint8
	limit   [18]int32 // by length: the first value, of that many bits, that is no code
	offset  [17]int32 // by length: what to add to a code to get the index of its symbol
}

func (d *decoder) huffmanTables(segment []byte) error {
	for len(segment) > 0 {
		if len(segment) < 17 {
			return fmt.Errorf("%w: Huffman table", ErrCorrupt)
		}
		class, id := segment[0]>>4, segment[0]&15
		counts, count := segment[1:17], 0
		for _, n := range counts {
			count += int(n)
		}
		if class > 1 || id > 3 || count > 256 || len(segment) < 17+count {
			return fmt.Errorf("%w: Huffman table", ErrCorrupt)
		}
		table, err := newHuffman(counts, segment[17:17+count])
		if err != nil {
			return err
		}
		if class == 0 {
			d.dc[id] = table
		} else {
			d.ac[id] = table
		}
		segment = segment[17+count:]
	}
	return nil
}

func newHuffman(counts, symbols []byte) (*huffman, error) {
	h := &huffman{}
	copy(h.symbols[:], symbols)
	code, index := int32(0), int32(0)
	for length := 1; length <= 16; length++ {
		h.offset[length] = index - code
		for range counts[length-1] {
			if length <= lookBits {
				entry := uint16(length)<<8 | uint16(h.symbols[index])
				first := int(code) << (lookBits - length)
				if first >= len(h.look) {
					return nil, fmt.Errorf("%w: Huffman table with too many codes", ErrCorrupt)
				}
				for i := range 1 << (lookBits - length) {
					h.look[first+i] = entry
				}
			}
			code++
			index++
		}
		if code > 1<<length {
			return nil, fmt.Errorf("%w: Huffman table with too many codes", ErrCorrupt)
		}
		h.limit[length] = code
		code <<= 1
	}
	return h, nil
}

// bitReader reads the entropy-coded data of one restart interval. At a marker it
// appends zeros.
type bitReader struct {
	data    []byte
	pos     int
	bits    uint64 // the next ones first, from the highest bit
	n       int    // valid in bits
	zeros   int    // how many of n were appended
	starved bool   // appended zeros were read
}

func (r *bitReader) reset(data []byte, pos int) { *r = bitReader{data: data, pos: pos} }

// fill makes at least 57 bits valid.
func (r *bitReader) fill() {
	if r.pos+8 <= len(r.data) {
		next := binary.BigEndian.Uint64(r.data[r.pos:])
		// Without a byte 0xff, whole bytes are taken at once.
		if inverse := ^next; (inverse-0x0101010101010101)&^inverse&0x8080808080808080 == 0 {
			taken := (64 - r.n) >> 3
			r.bits |= next >> r.n
			r.n += 8 * taken
			r.pos += taken
			r.bits &= ^uint64(0) << (64 - r.n)
			return
		}
	}
	for r.n <= 56 {
		c := byte(0)
		switch {
		case r.pos < len(r.data) && r.data[r.pos] != 0xff:
			c = r.data[r.pos]
			r.pos++
		case r.pos+1 < len(r.data) && r.data[r.pos+1] == 0:
			c = 0xff
			r.pos += 2
		default: // a marker, or the end of the file
			r.zeros += 8
		}
		r.bits |= uint64(c) << (56 - r.n)
		r.n += 8
	}
}

func (r *bitReader) skip(n int) {
	r.bits <<= n
	r.n -= n
	if r.n < r.zeros {
		r.starved, r.zeros = true, r.n
	}
}

// symbol decodes a code, and makes the bits of the number after it valid. An impossible
// code counts as 0, as in libjpeg.
func (r *bitReader) symbol(h *huffman) uint8 {
	if r.n < 16+16 {
		r.fill()
	}
	if entry := h.look[r.bits>>(64-lookBits)]; entry != 0 {
		r.skip(int(entry >> 8))
		return uint8(entry)
	}
	for length := lookBits + 1; length <= 16; length++ {
		if code := int32(r.bits >> (64 - length)); code < h.limit[length] {
			r.skip(length)
			return h.symbols[uint8(code+h.offset[length])]
		}
	}
	r.skip(16)
	return 0
}

// value reads n bits, at most 16.
func (r *bitReader) value(n int) int32 {
	if n == 0 {
		return 0
	}
	if r.n < n {
		r.fill()
	}
	v := int32(r.bits >> (64 - n))
	r.skip(n)
	return v
}

// signed reads the number of n bits that follows a symbol (T.81, table 5 and figure F.12).
func (r *bitReader) signed(n int) int32 {
	v := int32(r.bits >> 1 >> (63 - n)) // n can be 0
	r.skip(n)
	negative := (v - 1<<n>>1) >> 31 // all bits, for the lower half of the values
	return v + negative&(-1<<n+1)
}
