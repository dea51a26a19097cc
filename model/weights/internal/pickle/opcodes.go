package pickle

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
