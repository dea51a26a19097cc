package pickle

import (
	"encoding/binary"
	"math"
)

// The opcodes, by the names of Python's Lib/pickle.py.
const (
	opMark    = '('
	opStop    = '.'
	opPop     = '0'
	opPopMark = '1'
	opDup     = '2'
	opProto   = 0x80
	opFrame   = 0x95

	opNone     = 'N'
	opNewTrue  = 0x88
	opNewFalse = 0x89
	opInt      = 'I'
	opBinInt   = 'J'
	opBinInt1  = 'K'
	opBinInt2  = 'M'
	opLong     = 'L'
	opLong1    = 0x8a
	opLong4    = 0x8b
	opFloat    = 'F'
	opBinFloat = 'G'

	opString          = 'S'
	opBinString       = 'T'
	opShortBinString  = 'U'
	opUnicode         = 'V'
	opBinUnicode      = 'X'
	opShortBinUnicode = 0x8c
	opBinUnicode8     = 0x8d
	opBinBytes        = 'B'
	opShortBinBytes   = 'C'
	opBinBytes8       = 0x8e

	opEmptyTuple = ')'
	opTuple1     = 0x85
	opTuple2     = 0x86
	opTuple3     = 0x87
	opTuple      = 't'
	opEmptyList  = ']'
	opList       = 'l'
	opAppend     = 'a'
	opAppends    = 'e'
	opEmptyDict  = '}'
	opDict       = 'd'
	opSetItem    = 's'
	opSetItems   = 'u'

	opGet        = 'g'
	opBinGet     = 'h'
	opLongBinGet = 'j'
	opPut        = 'p'
	opBinPut     = 'q'
	opLongBinPut = 'r'
	opMemoize    = 0x94

	opGlobal      = 'c'
	opStackGlobal = 0x93
	opInst        = 'i'
	opReduce      = 'R'
	opBuild       = 'b'
	opBinPersID   = 'Q'
)

// step runs one opcode. It handles those that only move the stack itself.
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
	}
	return m.stepValue(op)
}

// stepValue runs an opcode that makes a value.
func (m *machine) stepValue(op byte) error {
	switch op {
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
	}
	return m.stepContainer(op)
}

// stepContainer runs an opcode that builds containers, uses the memo, or needs the Host.
func (m *machine) stepContainer(op byte) error {
	switch op {
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
	return malformed("weights do not need this opcode")
}

// pushRead pushes a value unless reading it failed.
func (m *machine) pushRead(v any, err error) error {
	if err != nil {
		return err
	}
	return m.push(v)
}
