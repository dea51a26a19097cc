package gpio_test

import (
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// lineRequest is struct gpio_v2_line_request of linux/gpio.h.
type lineRequest struct {
	offsets  [64]uint32
	consumer [32]byte
	config   [272]byte // struct gpio_v2_line_config
	lines    uint32
	buffer   uint32
	padding  [5]uint32
	fd       int32
}

// getLine is GPIO_V2_GET_LINE_IOCTL: _IOWR(0xB4, 0x07, struct gpio_v2_line_request).
const getLine = 3<<30 | unsafe.Sizeof(lineRequest{})<<16 | 0xb4<<8 | 0x07

func requestLine(chip *os.File, line uint32) (*os.File, error) {
	r := lineRequest{lines: 1}
	r.offsets[0] = line
	copy(r.consumer[:], "somebody else")
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, chip.Fd(), getLine, uintptr(unsafe.Pointer(&r))); errno != 0 {
		return nil, fmt.Errorf("line %d: %w", line, errno)
	}
	return os.NewFile(uintptr(r.fd), "line"), nil
}
