package decode

import (
	"bytes"
	"encoding/binary"
	"time"
)

// Tags of EXIF (CIPA DC-008, sections 4.6.3 and 4.6.6).
const (
	tagExif     = 0x8769 // offset of the directory of EXIF
	tagOriginal = 0x9003 // when the picture was taken
)

// tiffASCII is the type of a field that holds text.
const tiffASCII = 2

// exifTime is how EXIF writes a time.
const exifTime = "2006:01:02 15:04:05"

// Taken returns when a JPEG was taken, from its EXIF field DateTimeOriginal. EXIF names no
// time zone here, so the time is in UTC. ok is false without a valid field. The pixels are
// not looked at.
func Taken(data []byte) (at time.Time, ok bool) {
	if !bytes.HasPrefix(data, []byte{0xff, jpegSOI}) {
		return at, false
	}
	for pos := 2; ; {
		marker, next := nextMarker(data, pos)
		if next < 0 || marker == jpegSOS || marker == jpegEOI {
			return at, false
		}
		segment, whole := jpegSegment(data, next)
		if !whole {
			return at, false
		}
		pos = next + 2 + len(segment)
		exif, found := bytes.CutPrefix(segment, []byte(exifPrefix))
		if marker != jpegAPP1 || !found {
			continue
		}
		if at, ok = exifTaken(exif); ok {
			return at, true
		}
	}
}

// exifTaken reads DateTimeOriginal from an EXIF block.
func exifTaken(exif []byte) (at time.Time, ok bool) {
	tiffEntries(exif, func(order binary.ByteOrder, e tiffEntry) {
		offset, isOffset := e.number(order)
		if e.tag != tagExif || !isOffset {
			return
		}
		tiffDirectory(exif, order, int64(offset), func(order binary.ByteOrder, e tiffEntry) {
			begin := int64(order.Uint32(e.value))
			end := begin + int64(len(exifTime))
			if e.tag != tagOriginal || e.kind != tiffASCII || int(e.count) < len(exifTime) || end > int64(len(exif)) {
				return
			}
			if t, err := time.Parse(exifTime, string(exif[begin:end])); err == nil {
				at, ok = t, true
			}
		})
	})
	return at, ok
}
