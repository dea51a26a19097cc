package pickle

import (
	"math/big"
	"strconv"
	"strings"
)

// maxLong is the length of the longest integer in bytes. PyTorch's magic number takes
// 10. Converting long integers takes quadratic time.
const maxLong = 32

// long reads a little-endian two's complement integer.
func (m *machine) long(width uint64) error {
	b, err := m.in.counted(width)
	if err != nil {
		return err
	}
	if len(b) > maxLong {
		return malformed("an integer of %d bytes", len(b))
	}
	magnitude := make([]byte, len(b))
	for i, v := range b {
		magnitude[len(b)-1-i] = v
	}
	n := new(big.Int).SetBytes(magnitude)
	if len(b) > 0 && b[len(b)-1]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return m.push(integer(n))
}

// integer returns an int64 if the number fits, else n.
func integer(n *big.Int) any {
	if n.IsInt64() {
		return n.Int64()
	}
	return n
}

// textNumber reads a number of protocol 0: a line of decimal digits.
func (m *machine) textNumber(op byte) error {
	line, err := m.in.line()
	if err != nil {
		return err
	}
	if op == opFloat {
		f, err := strconv.ParseFloat(line, 64)
		if err != nil {
			return malformed("a line that is not a number")
		}
		return m.push(f)
	}
	if op == opInt && (line == "00" || line == "01") { // how protocol 0 writes False and True
		return m.push(line == "01")
	}
	line = strings.TrimSuffix(line, "L")
	if len(line) > 2*maxLong {
		return malformed("an integer of %d digits", len(line))
	}
	n, ok := new(big.Int).SetString(line, 10)
	if !ok {
		return malformed("a line that is not an integer")
	}
	return m.push(integer(n))
}

// textLine reads text of protocol 0. It refuses escapes: names of tensors and classes
// have none, and the two opcodes escape differently.
func (m *machine) textLine(op byte) error {
	line, err := m.in.line()
	if err != nil {
		return err
	}
	if strings.Contains(line, `\`) {
		return malformed("text with an escape")
	}
	if op == opString {
		if len(line) < 2 || line[0] != line[len(line)-1] || (line[0] != '\'' && line[0] != '"') {
			return malformed("text without quotes")
		}
		line = line[1 : len(line)-1]
	}
	return m.pushText(line)
}

func (m *machine) text(width uint64) error {
	b, err := m.in.counted(width)
	if err != nil {
		return err
	}
	return m.pushText(string(b))
}

func (m *machine) pushText(s string) error {
	if err := m.budget.charge(len(s)); err != nil {
		return err
	}
	return m.push(s)
}

func (m *machine) bytes(width uint64) error {
	b, err := m.in.counted(width)
	if err != nil {
		return err
	}
	if err := m.budget.charge(len(b)); err != nil {
		return err
	}
	return m.push(append([]byte(nil), b...))
}
