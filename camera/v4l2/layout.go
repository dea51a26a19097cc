package v4l2

import "fmt"

// Layout says how pictures lie in memory, according to the driver. It may differ from
// what the driver was asked for.
type Layout struct {
	Format        FourCC
	Width, Height int

	// Strides are the bytes from one row to the next, one for each plane.
	Strides []int

	// Sizes are the bytes of a buffer, one for each plane.
	Sizes []int

	// Colorspace, Encoding and Quantization are the driver's numbers.
	Colorspace, Encoding, Quantization uint32
}

// String returns the layout as "YUYV 640x480".
func (l Layout) String() string { return fmt.Sprintf("%v %dx%d", l.Format, l.Width, l.Height) }

// setFormat asks for a format and returns what the driver chose.
func (d *Device) setFormat(c choice) (Layout, error) {
	var l Layout
	var field uint32
	if d.info.Multiplanar {
		f := formatMplane{typ: d.bufType()}
		f.pix = pixFormatMplane{width: uint32(c.width), height: uint32(c.height), pixelformat: uint32(c.format), field: fieldNone}
		if err := ioctl(d.fd, vidiocSFmt, &f); err != nil {
			return l, d.fail(fmt.Sprintf("setting the format %v", c), err)
		}
		l, field = f.pix.layout(), f.pix.field
	} else {
		f := format{typ: d.bufType()}
		f.pix = pixFormat{width: uint32(c.width), height: uint32(c.height), pixelformat: uint32(c.format), field: fieldNone}
		if err := ioctl(d.fd, vidiocSFmt, &f); err != nil {
			return l, d.fail(fmt.Sprintf("setting the format %v", c), err)
		}
		l, field = f.pix.layout(), f.pix.field
	}
	switch {
	case l.Format != c.format:
		return l, fmt.Errorf("%s: %w: the driver gives %v for %v", d.path, ErrSetting, l, c)
	case field == fieldSeqTB || field == fieldSeqBT:
		return l, fmt.Errorf("%s: %w: the driver gives the two fields of a picture one below the other", d.path, ErrSetting)
	}
	if err := l.check(); err != nil {
		return l, fmt.Errorf("%s: the driver's answer to %v contradicts itself: %w", d.path, c, err)
	}
	return l, nil
}

func (c choice) String() string { return fmt.Sprintf("%v %dx%d", c.format, c.width, c.height) }

func (p pixFormat) layout() Layout {
	return Layout{
		Format: FourCC(p.pixelformat), Width: int(p.width), Height: int(p.height),
		Strides: []int{int(p.bytesperline)}, Sizes: []int{int(p.sizeimage)},
		Colorspace: p.colorspace, Encoding: p.ycbcrEnc, Quantization: p.quantization,
	}
}

func (p pixFormatMplane) layout() Layout {
	l := Layout{
		Format: FourCC(p.pixelformat), Width: int(p.width), Height: int(p.height),
		Colorspace: p.colorspace, Encoding: uint32(p.ycbcrEnc), Quantization: uint32(p.quantization),
	}
	for _, plane := range p.planes[:min(p.numPlanes, maxPlanes)] {
		l.Strides = append(l.Strides, int(plane.bytesperline))
		l.Sizes = append(l.Sizes, int(plane.sizeimage))
	}
	return l
}

// minJPEG is a lower bound of the size of a JPEG: its marker segments without tables.
const minJPEG = 64

// MaxSide is the largest width and height that is asked for or accepted.
const MaxSide = 1 << 15

// check refuses a layout whose pixels do not fit into the buffer. Old drivers leave the
// stride at 0. Their rows follow each other without padding, and check fills it in.
func (l *Layout) check() error {
	if l.Width < 1 || l.Height < 1 || l.Width > MaxSide || l.Height > MaxSide {
		return fmt.Errorf("%d x %d pixels", l.Width, l.Height)
	}
	if l.Format.compressed() {
		if len(l.Sizes) != 1 {
			return fmt.Errorf("%d planes of JPEG", len(l.Sizes))
		}
		return nil
	}
	rows := l.rows()
	if len(l.Strides) != len(rows) {
		return fmt.Errorf("%d planes instead of %d", len(l.Strides), len(rows))
	}
	for i, r := range rows {
		if l.Strides[i] == 0 {
			l.Strides[i] = r.bytes
		}
		if l.Strides[i] < r.bytes {
			return fmt.Errorf("%d bytes a row, less than the %d of its pixels", l.Strides[i], r.bytes)
		}
	}
	for i, least := range l.minBytes() {
		if l.Sizes[i] < least {
			return fmt.Errorf("%d bytes a picture, less than the %d of its rows", l.Sizes[i], least)
		}
	}
	return nil
}

// rows are the rows of a plane: the bytes of each, and their number.
type rows struct{ bytes, count int }

// rows returns the rows of each plane. An odd width or height is rounded up to whole
// chroma samples.
func (l Layout) rows() []rows {
	even := (l.Width + 1) / 2 * 2
	half := (l.Height + 1) / 2
	switch l.Format {
	case YUYV, UYVY:
		return []rows{{2 * even, l.Height}}
	case NV12:
		return []rows{{even, l.Height + half}}
	case NV12M:
		return []rows{{even, l.Height}, {even, half}}
	case RGB24:
		return []rows{{3 * l.Width, l.Height}}
	}
	return []rows{{l.Width, l.Height}}
}

// minBytes returns how many bytes of each plane a whole picture needs. The padding after
// the last row does not count, since it may be missing.
func (l Layout) minBytes() []int {
	if l.Format.compressed() {
		return []int{minJPEG}
	}
	var all []int
	for i, r := range l.rows() {
		all = append(all, l.Strides[i]*(r.count-1)+r.bytes)
	}
	return all
}
