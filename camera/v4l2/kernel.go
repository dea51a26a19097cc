package v4l2

// Structures of linux/videodev2.h with the layout of 64-bit Linux. 32-bit machines
// align unions and time stamps differently. layout_test.go checks every size, offset
// and request number against the header itself. Blank fields are reserved, padding,
// or unused here.

type capability struct {
	driver       [16]byte
	card         [32]byte
	bus          [32]byte
	version      uint32
	capabilities uint32
	deviceCaps   uint32
	_            [3]uint32
}

type fmtdesc struct {
	index       uint32
	typ         uint32
	flags       uint32
	description [32]byte
	pixelformat uint32
	_           [4]uint32
}

// frmsizeenum: for a discrete size, limits holds width and height. For a range it holds
// the least, greatest and step of the width, and then those of the height.
type frmsizeenum struct {
	index       uint32
	pixelformat uint32
	typ         uint32
	limits      [6]uint32
	_           [2]uint32
}

// fract is the fraction numerator/denominator. A frame interval is a fraction of seconds.
type fract struct {
	numerator   uint32
	denominator uint32
}

// frmivalenum: limits holds one interval, or the least, greatest and step of a range.
type frmivalenum struct {
	index       uint32
	pixelformat uint32
	width       uint32
	height      uint32
	typ         uint32
	limits      [3]fract
	_           [2]uint32
}

type pixFormat struct {
	width        uint32
	height       uint32
	pixelformat  uint32
	field        uint32
	bytesperline uint32
	sizeimage    uint32
	colorspace   uint32
	_            uint32
	_            uint32
	ycbcrEnc     uint32
	quantization uint32
	_            uint32
}

type planePixFormat struct {
	sizeimage    uint32
	bytesperline uint32
	_            [6]uint16
}

type pixFormatMplane struct {
	width        uint32
	height       uint32
	pixelformat  uint32
	field        uint32
	colorspace   uint32
	planes       [maxPlanes]planePixFormat
	numPlanes    uint8
	_            uint8
	ycbcrEnc     uint8
	quantization uint8
	_            uint8
	_            [7]uint8
}

// format and formatMplane are the two variants of struct v4l2_format.
type format struct {
	typ uint32
	_   uint32
	pix pixFormat
	_   [200 - 48]byte
}

type formatMplane struct {
	typ uint32
	_   uint32
	pix pixFormatMplane
	_   [200 - 192]byte
}

type streamparm struct {
	typ          uint32
	capability   uint32
	_            uint32
	timeperframe fract
	_            [200 - 16]byte
}

type requestbuffers struct {
	count  uint32
	typ    uint32
	memory uint32
	_      uint32
	_      uint8
	_      [3]uint8
}

// buffer: m is an offset for mmap, or the address of the planes.
type buffer struct {
	index     uint32
	typ       uint32
	bytesused uint32
	flags     uint32
	_         uint32
	_         uint32
	seconds   int64
	micros    int64
	timecode  [16]byte
	sequence  uint32
	memory    uint32
	m         uint64
	length    uint32
	_         [3]uint32
}

// plane: m is an offset for mmap in its first four bytes.
type plane struct {
	bytesused  uint32
	length     uint32
	m          uint64
	dataOffset uint32
	_          [11]uint32
}

type queryctrl struct {
	id           uint32
	typ          uint32
	name         [32]byte
	minimum      int32
	maximum      int32
	step         int32
	defaultValue int32
	flags        uint32
	_            [2]uint32
}

type queryExtCtrl struct {
	id           uint32
	typ          uint32
	name         [32]byte
	minimum      int64
	maximum      int64
	step         uint64
	defaultValue int64
	flags        uint32
	_            uint32
	_            uint32
	dimensions   uint32
	_            [4 + 32]uint32
}

// querymenu: item is a name, or 64 bits of an integer menu.
type querymenu struct {
	id    uint32
	index uint32
	item  [32]byte
	_     uint32
}

type control struct {
	id    uint32
	value int32
}

// extControl is packed in C, so its 64-bit value is split into two halves.
type extControl struct {
	id    uint32
	_     uint32
	_     uint32
	value [2]uint32
}

type extControls struct {
	_        uint32
	count    uint32
	_        uint32
	_        int32
	_        [2]uint32
	controls *extControl
}
