package v4l2

import (
	"errors"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Directions of a request, and the letter of V4L2, as asm-generic/ioctl.h packs them.
const (
	write     = 1<<30 | 'V'<<8
	read      = 2<<30 | 'V'<<8
	writeRead = write | read
)

// Requests. The size of the structure is part of the number, so the kernel refuses a
// wrong layout (ENOTTY) instead of misreading it.
const (
	vidiocQuerycap           = read | unsafe.Sizeof(capability{})<<16
	vidiocEnumFmt            = writeRead | unsafe.Sizeof(fmtdesc{})<<16 | 2
	vidiocGFmt               = writeRead | unsafe.Sizeof(format{})<<16 | 4
	vidiocSFmt               = writeRead | unsafe.Sizeof(format{})<<16 | 5
	vidiocReqbufs            = writeRead | unsafe.Sizeof(requestbuffers{})<<16 | 8
	vidiocQuerybuf           = writeRead | unsafe.Sizeof(buffer{})<<16 | 9
	vidiocQbuf               = writeRead | unsafe.Sizeof(buffer{})<<16 | 15
	vidiocDqbuf              = writeRead | unsafe.Sizeof(buffer{})<<16 | 17
	vidiocStreamon           = write | unsafe.Sizeof(int32(0))<<16 | 18
	vidiocStreamoff          = write | unsafe.Sizeof(int32(0))<<16 | 19
	vidiocGParm              = writeRead | unsafe.Sizeof(streamparm{})<<16 | 21
	vidiocSParm              = writeRead | unsafe.Sizeof(streamparm{})<<16 | 22
	vidiocGCtrl              = writeRead | unsafe.Sizeof(control{})<<16 | 27
	vidiocSCtrl              = writeRead | unsafe.Sizeof(control{})<<16 | 28
	vidiocQueryctrl          = writeRead | unsafe.Sizeof(queryctrl{})<<16 | 36
	vidiocQuerymenu          = writeRead | unsafe.Sizeof(querymenu{})<<16 | 37
	vidiocGExtCtrls          = writeRead | unsafe.Sizeof(extControls{})<<16 | 71
	vidiocSExtCtrls          = writeRead | unsafe.Sizeof(extControls{})<<16 | 72
	vidiocEnumFramesizes     = writeRead | unsafe.Sizeof(frmsizeenum{})<<16 | 74
	vidiocEnumFrameintervals = writeRead | unsafe.Sizeof(frmivalenum{})<<16 | 75
	vidiocQueryExtCtrl       = writeRead | unsafe.Sizeof(queryExtCtrl{})<<16 | 103
)

// ioctl makes the request with a pointer to its structure. It repeats a request that a
// signal interrupted.
func ioctl[T any](fd int, request uintptr, arg *T) error {
	for {
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(unsafe.Pointer(arg)))
		switch errno {
		case 0:
			return nil
		case unix.EINTR:
			continue
		}
		return errno
	}
}

// endOfList reports whether an enumeration has no more entries, or is not offered at all.
func endOfList(err error) bool {
	return errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTTY)
}

// Constants of linux/videodev2.h.

const maxPlanes = 8

// Capabilities of a device.
const (
	capVideoCapture       = 0x00000001
	capVideoCaptureMplane = 0x00001000
	capStreaming          = 0x04000000
	capDeviceCaps         = 0x80000000
)

// Types of a buffer.
const (
	bufVideoCapture       = 1
	bufVideoCaptureMplane = 9
)

const memoryMmap = 1

// Flags of a buffer.
const (
	bufFlagError         = 0x00000040
	bufFlagTimestampMask = 0x0000e000
	bufFlagMonotonic     = 0x00002000
)

// Flags of a format.
const (
	fmtFlagCompressed = 0x0001
	fmtFlagEmulated   = 0x0002
)

// Kinds of frame sizes and intervals.
const (
	kindDiscrete   = 1
	kindContinuous = 2
	kindStepwise   = 3
)

// Fields: how the two halves of an interlaced picture lie in a buffer.
const (
	fieldNone  = 1
	fieldSeqTB = 5
	fieldSeqBT = 6
)

const capTimePerFrame = 0x1000

// Colour spaces, encodings and ranges that change the conversion.
const (
	colorspaceSMPTE240M = 2
	colorspaceREC709    = 3
	colorspaceJPEG      = 7
	colorspaceBT2020    = 10
	colorspaceDCIP3     = 12

	encoding601       = 1
	encoding709       = 2
	encodingXV601     = 3
	encodingXV709     = 4
	encodingBT2020    = 6
	encodingBT2020C   = 7
	encodingSMPTE240M = 8

	quantizationFull    = 1
	quantizationLimited = 2
)

// Types of a control.
const (
	ctrlInteger     = 1
	ctrlBoolean     = 2
	ctrlMenu        = 3
	ctrlButton      = 4
	ctrlInteger64   = 5
	ctrlClass       = 6
	ctrlString      = 7
	ctrlBitmask     = 8
	ctrlIntegerMenu = 9
)

// Flags of a control.
const (
	ctrlFlagDisabled  = 0x0001
	ctrlFlagReadOnly  = 0x0004
	ctrlFlagInactive  = 0x0010
	ctrlFlagWriteOnly = 0x0040
	ctrlFlagNext      = 0x80000000
)

// Controls that changed their names with Linux 5.16.
const (
	cidAutoWhiteBalance = 0x0098090c
	cidExposureAuto     = 0x009a0901
	cidExposureAbsolute = 0x009a0902
	cidFocusAuto        = 0x009a090c
)
