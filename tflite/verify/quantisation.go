package verify

import "math"

// parseQuantisation reads what the integers of a tensor stand for.
func (t *tensor) parseQuantisation(v view) error {
	t.scales, t.zeros, t.axis = v.float32s(2), v.int64s(3), v.int32(6, 0)
	if v.byte(4) != 0 {
		return unsupported(t.where(), mendQuantise, "it is quantised by a method of its own")
	}
	n := len(t.scales)
	if n == 0 {
		t.zeros = nil
		return nil
	}
	if len(t.zeros) != n {
		return damaged(t.where(), "it has %d scales and %d zero points", n, len(t.zeros))
	}
	if t.typ == Float32 || t.typ == Float16 { // left by a converter; no kernel reads them
		t.scales, t.zeros = nil, nil
		return nil
	}
	if n > 1 {
		if t.axis < 0 || t.axis >= len(t.shape) || t.shape[t.axis] != n {
			return damaged(t.where(), "it has %d scales for dimension %d of its shape %v", n, t.axis, t.shape)
		}
		if !t.constant() {
			return unsupported(t.where(), mendQuantise, "only constants can have a scale for each channel")
		}
	}
	least, most := int64(0), int64(0)
	switch t.typ {
	case Uint8:
		most = math.MaxUint8
	case Int8:
		least, most = math.MinInt8, math.MaxInt8
	}
	for i, scale := range t.scales {
		// The products and quotients of scales stay finite in these bounds, whatever the operator.
		if !(scale >= 1e-12 && scale <= 1e12) {
			return damaged(t.where(), "scale %d is %v, and must be from 1e-12 to 1e12", i, scale)
		}
		if t.zeros[i] < least || t.zeros[i] > most {
			return damaged(t.where(), "zero point %d is %d, and %s holds %d to %d", i, t.zeros[i], t.typ, least, most)
		}
	}
	return nil
}

// perTensor tells whether the tensor has one scale.
func (t *tensor) perTensor() bool { return len(t.scales) == 1 }
