package decode

import (
	"bytes"
	"encoding/binary"
)

// tiffEntry is one field of a TIFF directory: tag, type, count and the four
// bytes that hold the value or its offset.
type tiffEntry struct {
	tag, kind uint16
	count     uint32
	value     []byte
}

// Types of TIFF fields (TIFF 6.0, section 2).
const (
	tiffShort = 3
	tiffLong  = 4
)

const tagOrientation = 0x0112

// tiffEntries calls f for each field of the first directory of a TIFF structure. EXIF data
// have that structure too. It stops without an error where the structure goes beyond the
// bytes.
func tiffEntries(data []byte, f func(binary.ByteOrder, tiffEntry)) {
	if len(data) < 8 {
		return
	}
	var order binary.ByteOrder
	switch string(data[:2]) {
	case "II":
		order = binary.LittleEndian
	case "MM":
		order = binary.BigEndian
	default:
		return
	}
	tiffDirectory(data, order, int64(order.Uint32(data[4:])), f)
}

// tiffDirectory calls f for each field of the directory at an offset, like tiffEntries.
func tiffDirectory(data []byte, order binary.ByteOrder, offset int64, f func(binary.ByteOrder, tiffEntry)) {
	if offset+2 > int64(len(data)) {
		return
	}
	n := int(order.Uint16(data[offset:]))
	for pos := offset + 2; n > 0 && pos+12 <= int64(len(data)); pos, n = pos+12, n-1 {
		e := data[pos : pos+12]
		f(order, tiffEntry{order.Uint16(e), order.Uint16(e[2:]), order.Uint32(e[4:]), e[8:12]})
	}
}

// number reads a single short or long; ok is false for anything else.
func (e tiffEntry) number(order binary.ByteOrder) (n uint32, ok bool) {
	switch {
	case e.count == 1 && e.kind == tiffShort:
		return uint32(order.Uint16(e.value)), true
	case e.count == 1 && e.kind == tiffLong:
		return order.Uint32(e.value), true
	}
	return 0, false
}

// exifOrientation returns the orientation (1 to 8) of an EXIF block, 0 without one. It
// returns no error: a broken block is no reason to refuse the picture.
func exifOrientation(data []byte) int {
	data = bytes.TrimPrefix(data, []byte(exifPrefix))
	found := 0
	tiffEntries(data, func(order binary.ByteOrder, e tiffEntry) {
		if n, ok := e.number(order); ok && e.tag == tagOrientation && n >= 1 && n <= 8 {
			found = int(n)
		}
	})
	return found
}

// xmpOrientation reads tiff:Orientation from an XMP packet, written as an
// attribute or as an element; 0 when there is none.
func xmpOrientation(packet []byte) int {
	_, rest, found := bytes.Cut(packet, []byte("tiff:Orientation"))
	if !found {
		return 0
	}
	value, ok := bytes.CutPrefix(rest, []byte(`="`))
	if !ok {
		value, ok = bytes.CutPrefix(rest, []byte(">"))
	}
	if !ok || len(value) < 2 || value[0] < '1' || value[0] > '8' || value[1] >= '0' && value[1] <= '9' {
		return 0
	}
	return int(value[0] - '0')
}
