package pickle

import (
	"encoding/binary"
	"math"
)

// step runs one opcode.
func (m *machine) step(op byte) error {
	switch op {
	case opProto:
		version, err := m.in.byte()
		if err == nil && version > highestProtocol {
			return malformed("protocol %d is newer than %d", version, highestProtocol)
		}
		return err
	case opFrame: // frames only group bytes for faster reading
		_, err := m.in.number(8)
		return err
	case opMark:
		return m.mark()
	case opPop:
		if len(m.marks) > 0 && len(m.stack) == m.floor() {
			_, err := m.popMark()
			return err
		}
		_, err := m.pop()
		return err
	case opPopMark:
		_, err := m.popMark()
		return err
	case opDup:
		v, err := m.top()
		if err != nil {
			return err
		}
		return m.push(v)

	case opNone:
		return m.push(nil)
	case opNewTrue, opNewFalse:
		return m.push(op == opNewTrue)
	case opInt, opLong, opFloat:
		return m.textNumber(op)
	case opBinInt:
		n, err := m.in.number(4)
		return m.pushRead(int64(int32(n)), err)
	case opBinInt1:
		n, err := m.in.number(1)
		return m.pushRead(int64(n), err)
	case opBinInt2:
		n, err := m.in.number(2)
		return m.pushRead(int64(n), err)
	case opLong1:
		return m.long(1)
	case opLong4:
		return m.long(4)
	case opBinFloat: // the one big-endian number of the format
		b, err := m.in.take(8)
		if err != nil {
			return err
		}
		return m.push(math.Float64frombits(binary.BigEndian.Uint64(b)))

	case opString, opUnicode:
		return m.textLine(op)
	case opShortBinString, opShortBinUnicode:
		return m.text(1)
	case opBinString, opBinUnicode:
		return m.text(4)
	case opBinUnicode8:
		return m.text(8)
	case opShortBinBytes:
		return m.bytes(1)
	case opBinBytes:
		return m.bytes(4)
	case opBinBytes8:
		return m.bytes(8)

	case opEmptyTuple, opTuple1, opTuple2, opTuple3, opTuple:
		return m.tuple(op)
	case opEmptyList, opList, opAppend, opAppends:
		return m.list(op)
	case opEmptyDict, opDict, opSetItem, opSetItems:
		return m.dict(op)
	case opGet, opBinGet, opLongBinGet:
		return m.recall(op)
	case opPut, opBinPut, opLongBinPut, opMemoize:
		return m.remember(op)
	case opGlobal, opInst, opStackGlobal:
		return m.global(op)
	case opReduce:
		return m.reduce()
	case opBuild:
		return m.build()
	case opBinPersID:
		return m.persistent()
	}
	return malformed("the opcode is none that weights need")
}

// pushRead pushes what was read without error.
func (m *machine) pushRead(v any, err error) error {
	if err != nil {
		return err
	}
	return m.push(v)
}
