package main

import (
	"bytes"
	"testing"
)

// NumPy reads the header as a Python literal and wants the data to begin at a
// multiple of 64 bytes.
func TestNPYHeader(t *testing.T) {
	for _, shape := range [][2]int{{0, 1}, {1, 512}, {100_000, 1280}, {123_456_789, 4096}} {
		header := npyHeader(shape[0], shape[1])
		if len(header)%64 != 0 || !bytes.HasPrefix(header, []byte("\x93NUMPY\x01\x00")) || header[len(header)-1] != '\n' {
			t.Errorf("%v: %q", shape, header)
		}
		if length := int(header[8]) + int(header[9])<<8; length != len(header)-10 {
			t.Errorf("%v: the header says %d, and has %d", shape, length, len(header)-10)
		}
	}
}
