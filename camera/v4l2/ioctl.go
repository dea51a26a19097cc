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

// Requests. The size of the structure is a part of the number, so a layout
// that is wrong is refused (ENOTTY) rather than misread.
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

// ioctl makes the request with a pointer to its structure, again when a
// signal interrupts it.
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

// ended tells whether an enumeration is over, or is not offered at all.
func ended(err error) bool {
	return errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTTY)
}
