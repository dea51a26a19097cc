package gpio_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// cp2112 is a Silicon Labs CP2112 as the kernel sees it through /dev/uhid: a USB
// chip with eight lines, whose driver hid-cp2112 makes a gpiochip with
// interrupts. The test plays what is wired to the lines. The driver, the character device
// and its edges are the kernel's.
type cp2112 struct {
	t    *testing.T
	hid  *os.File
	done chan struct{}

	mu      sync.Mutex
	outputs byte // bit n: line n is an output
	levels  byte // bit n: line n is high
}

// Kinds of events of /dev/uhid (linux/uhid.h).
const (
	uhidDestroy        = 1
	uhidGetReport      = 9
	uhidGetReportReply = 10
	uhidCreate2        = 11
	uhidSetReport      = 13
	uhidSetReportReply = 14
)

// Reports of the chip (AN495).
const (
	reportConfig = 0x02 // directions
	reportGet    = 0x03
	reportSet    = 0x04
)

// plugIn makes the chip appear, until the test ends, and returns it with the
// name of its gpiochip.
func plugIn(t *testing.T) (*cp2112, string) {
	t.Helper()
	if _, err := os.Stat("/sys/bus/hid/drivers/cp2112"); err != nil {
		t.Skip("the driver is not loaded; it needs root, and modprobe -a uhid hid-cp2112, as in the guest of make test-vm")
	}
	hid, err := os.OpenFile("/dev/uhid", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("a simulated chip needs /dev/uhid: %v", err)
	}
	before, _ := filepath.Glob("/dev/gpiochip*")
	c := &cp2112{t: t, hid: hid, done: make(chan struct{})}
	descriptor := []byte{0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x09, 0x01, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x3f, 0x81, 0x02, 0xc0}
	name := make([]byte, 128+64+64)
	copy(name, "CP2112")
	c.send(uhidCreate2, name, uint16(len(descriptor)), uint16(3) /* BUS_USB */, uint32(0x10c4), uint32(0xea90), uint32(0), uint32(0), descriptor)
	go c.serve()
	t.Cleanup(func() {
		c.send(uhidDestroy)
		_ = hid.Close()
		<-c.done
	})
	for begin := time.Now(); time.Since(begin) < time.Minute; time.Sleep(50 * time.Millisecond) {
		chips, _ := filepath.Glob("/dev/gpiochip*")
		for _, chip := range chips {
			if !slices.Contains(before, chip) {
				return c, filepath.Base(chip)
			}
		}
	}
	t.Fatal("the kernel made no gpiochip of it")
	return nil, ""
}

// send writes an event.
func (c *cp2112) send(kind uint32, fields ...any) {
	var b bytes.Buffer
	for _, f := range append([]any{kind}, fields...) {
		if err := binary.Write(&b, binary.LittleEndian, f); err != nil {
			c.t.Error(err)
		}
	}
	if _, err := c.hid.Write(b.Bytes()); err != nil {
		c.t.Errorf("writing to /dev/uhid: %v", err)
	}
}

// serve answers the driver until the file is closed.
func (c *cp2112) serve() {
	defer close(c.done)
	event := make([]byte, 8192)
	for {
		if _, err := c.hid.Read(event); err != nil {
			return
		}
		id := binary.LittleEndian.Uint32(event[4:])
		switch binary.LittleEndian.Uint32(event) {
		case uhidGetReport:
			report := c.report(event[8])
			c.send(uhidGetReportReply, id, uint16(0), uint16(len(report)), report)
		case uhidSetReport:
			c.set(event[12:])
			c.send(uhidSetReportReply, id, uint16(0))
		}
	}
}

// report returns the chip's answer, in the length that the driver expects.
func (c *cp2112) report(number byte) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch number {
	case reportConfig:
		return []byte{number, c.outputs, 0xff, 0, 0}
	case reportGet:
		return []byte{number, c.levels}
	case 0x05: // version
		return []byte{number, 0x0c, 1}
	case 0x06: // of the I2C side
		return append([]byte{number}, make([]byte, 13)...)
	}
	return []byte{number}
}

func (c *cp2112) set(report []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch report[0] {
	case reportConfig:
		c.outputs = report[1]
	case reportSet: // values, and the lines that are meant
		c.levels = c.levels&^report[2] | report[1]&report[2]
	}
}

// drive changes the level of an input from outside.
func (c *cp2112) drive(line int, high bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.levels &^= 1 << line
	if high {
		c.levels |= 1 << line
	}
}

// line reports whether a line is an output, and whether it is high.
func (c *cp2112) line(n int) (output, high bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.outputs>>n&1 == 1, c.levels>>n&1 == 1
}
