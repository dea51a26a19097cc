package verify

import (
	"encoding/binary"
	"math"
)

// view reads a table of a flatbuffer whose structure is verified. A missing field gives
// its default, and a missing table or vector an empty one.
type view struct {
	data []byte
	pos  int // of the table; 0: missing (byte 0 holds the offset of the root)
}

// rootView is the table at the root.
func rootView(data []byte) view {
	return view{data, int(binary.LittleEndian.Uint32(data))}
}

// at returns the position of a field, 0 when it is missing.
func (v view) at(id int) int {
	if v.pos == 0 {
		return 0
	}
	vtable := v.pos - int(int32(binary.LittleEndian.Uint32(v.data[v.pos:])))
	if 4+2*id >= int(binary.LittleEndian.Uint16(v.data[vtable:])) {
		return 0
	}
	offset := int(binary.LittleEndian.Uint16(v.data[vtable+4+2*id:]))
	if offset == 0 {
		return 0
	}
	return v.pos + offset
}

func (v view) has(id int) bool { return v.at(id) != 0 }

func (v view) byte(id int) byte {
	if at := v.at(id); at != 0 {
		return v.data[at]
	}
	return 0
}

func (v view) int32(id int, missing int32) int {
	if at := v.at(id); at != 0 {
		return int(int32(binary.LittleEndian.Uint32(v.data[at:])))
	}
	return int(missing)
}

func (v view) uint32(id int) uint32 {
	if at := v.at(id); at != 0 {
		return binary.LittleEndian.Uint32(v.data[at:])
	}
	return 0
}

func (v view) uint64(id int) uint64 {
	if at := v.at(id); at != 0 {
		return binary.LittleEndian.Uint64(v.data[at:])
	}
	return 0
}

func (v view) float32(id int) float32 { return math.Float32frombits(v.uint32(id)) }

func (v view) table(id int) view {
	at := v.at(id)
	if at == 0 {
		return view{}
	}
	return view{v.data, at + int(binary.LittleEndian.Uint32(v.data[at:]))}
}

// vector returns the elements of a vector of values of width bytes, and their number.
func (v view) vector(id, width int) (elements []byte, n int) {
	at := v.at(id)
	if at == 0 {
		return nil, 0
	}
	start := at + int(binary.LittleEndian.Uint32(v.data[at:]))
	n = int(binary.LittleEndian.Uint32(v.data[start:]))
	return v.data[start+4:][: n*width : n*width], n
}

func (v view) bytes(id int) []byte {
	elements, _ := v.vector(id, 1)
	return elements
}

func (v view) string(id int) string { return string(v.bytes(id)) }

func (v view) tables(id int) []view {
	at := v.at(id)
	if at == 0 {
		return nil
	}
	start := at + int(binary.LittleEndian.Uint32(v.data[at:]))
	list := make([]view, binary.LittleEndian.Uint32(v.data[start:]))
	for i := range list {
		element := start + 4 + 4*i
		list[i] = view{v.data, element + int(binary.LittleEndian.Uint32(v.data[element:]))}
	}
	return list
}

func (v view) int32s(id int) []int {
	elements, n := v.vector(id, 4)
	list := make([]int, n)
	for i := range list {
		list[i] = int(int32(binary.LittleEndian.Uint32(elements[4*i:])))
	}
	return list
}

func (v view) int64s(id int) []int64 {
	elements, n := v.vector(id, 8)
	list := make([]int64, n)
	for i := range list {
		list[i] = int64(binary.LittleEndian.Uint64(elements[8*i:]))
	}
	return list
}

func (v view) float32s(id int) []float32 {
	elements, n := v.vector(id, 4)
	list := make([]float32, n)
	for i := range list {
		list[i] = math.Float32frombits(binary.LittleEndian.Uint32(elements[4*i:]))
	}
	return list
}
