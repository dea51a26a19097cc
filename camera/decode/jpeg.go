package decode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
)

// JPEG markers (ITU-T T.81, table B.1).
const (
	jpegSOF0 = 0xc0 // baseline; up to SOF15 but for DHT, JPG and DAC
	jpegSOF2 = 0xc2 // progressive
	jpegDHT  = 0xc4
	jpegJPG  = 0xc8
	jpegDAC  = 0xcc
	jpegRST0 = 0xd0
	jpegRST7 = 0xd7
	jpegSOI  = 0xd8
	jpegEOI  = 0xd9
	jpegSOS  = 0xda
	jpegAPP1 = 0xe1
	jpegTEM  = 0x01
)

// maxScans bounds the work for a progressive picture. Encoders write about ten scans.
// libjpeg-turbo's own tools have the same limit.
const maxScans = 500

const (
	exifPrefix = "Exif\x00\x00"
	xmpPrefix  = "http://ns.adobe.com/xap/1.0/\x00"
)

// inspectJPEG walks the markers to the end of the image. It skips entropy-coded data at the
// speed of a memory scan and does not decode them. A search for the end marker alone is not
// enough: a thumbnail in a truncated picture has one, and bytes may follow it in a whole
// picture.
func inspectJPEG(data []byte) (header, error) {
	h := header{incomplete: true}
	sized, scans := false, 0
	for pos := 2; ; {
		marker, at := nextMarker(data, pos)
		if at < 0 {
			break
		}
		pos = at
		if marker == jpegEOI {
			h.incomplete = false
			break
		}
		if marker == jpegSOI || marker == jpegTEM || marker >= jpegRST0 && marker <= jpegRST7 {
			continue
		}
		segment, ok := jpegSegment(data, pos)
		if !ok {
			break
		}
		pos += 2 + len(segment)
		switch {
		case isSOF(marker) && !sized:
			if err := h.readSOF(marker, segment); err != nil {
				return h, err
			}
			sized = true
		case marker == jpegSOS:
			if scans++; scans > maxScans {
				return h, fmt.Errorf("%w: more than %d scans", ErrTooLarge, maxScans)
			}
		case marker == jpegAPP1 && h.orientation == 0:
			h.orientation = app1Orientation(segment)
		}
	}
	switch {
	case !sized && h.incomplete:
		return h, fmt.Errorf("%w: ends before the frame header", ErrTruncated)
	case !sized:
		return h, fmt.Errorf("%w: no frame header", ErrCorrupt)
	}
	return h, nil
}

// nextMarker finds the next marker at or after pos. It returns the marker and the position
// after it, or -1 if there is no marker. It skips stuffed zeros, fill bytes and anything else.
func nextMarker(data []byte, pos int) (marker byte, at int) {
	for pos < len(data) {
		i := bytes.IndexByte(data[pos:], 0xff)
		if i < 0 {
			break
		}
		pos += i + 1
		if pos < len(data) && data[pos] != 0 && data[pos] != 0xff {
			return data[pos], pos + 1
		}
	}
	return 0, -1
}

// jpegSegment returns the payload of the segment whose length is at pos.
func jpegSegment(data []byte, pos int) ([]byte, bool) {
	if pos+2 > len(data) {
		return nil, false
	}
	n := int(binary.BigEndian.Uint16(data[pos:]))
	if n < 2 || pos+n > len(data) {
		return nil, false
	}
	return data[pos+2 : pos+n], true
}

func isSOF(marker byte) bool {
	return marker >= jpegSOF0 && marker <= 0xcf && marker != jpegDHT && marker != jpegJPG && marker != jpegDAC
}

// readSOF takes the size from a frame header.
func (h *header) readSOF(marker byte, segment []byte) error {
	if len(segment) < 6 {
		return fmt.Errorf("%w: frame header of %d bytes", ErrCorrupt, len(segment))
	}
	if marker > jpegSOF2 {
		return fmt.Errorf("%w: JPEG process SOF%d (lossless, hierarchical or arithmetic)", ErrUnsupported, marker-jpegSOF0)
	}
	if precision := segment[0]; precision != 8 {
		return fmt.Errorf("%w: %d-bit JPEG", ErrUnsupported, precision)
	}
	h.height = int(binary.BigEndian.Uint16(segment[1:]))
	h.width = int(binary.BigEndian.Uint16(segment[3:]))
	components := segment[5]
	// Four components are CMYK or YCCK. Adobe's marker says which, and Go's decoder
	// reads that marker.
	h.plainJPEG = components == 1 || components == 3
	// At least one bit for the first coefficient of each block of 8 x 8.
	h.minBytes = h.width * h.height / 512
	return nil
}

// app1Orientation reads the orientation of an EXIF or XMP segment, 0 for none.
func app1Orientation(segment []byte) int {
	if exif, ok := bytes.CutPrefix(segment, []byte(exifPrefix)); ok {
		return exifOrientation(exif)
	}
	if xmp, ok := bytes.CutPrefix(segment, []byte(xmpPrefix)); ok {
		return xmpOrientation(xmp)
	}
	return 0
}

// decodeJPEG decodes with Go's decoder. It refuses a file in which that decoder finds
// another size than inspectJPEG, since the limits were checked for the latter.
func decodeJPEG(data []byte, h header) (image.Image, error) {
	config, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err == nil && (config.Width != h.width || config.Height != h.height) {
		return nil, fmt.Errorf("%w: two frame headers", ErrCorrupt)
	}
	var m image.Image
	if err == nil {
		m, err = jpeg.Decode(bytes.NewReader(data))
	}
	var unsupported jpeg.UnsupportedError
	switch {
	case err == nil:
		return m, nil
	case errors.As(err, &unsupported):
		return nil, fmt.Errorf("%w: %w", ErrUnsupported, err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("%w: the coded data end early", ErrTruncated)
	}
	return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
}
