package pickle

import "strconv"

// slot reads the argument of a memo opcode.
func (m *machine) slot(op byte) (uint64, error) {
	switch op {
	case opBinGet, opBinPut:
		return m.in.number(1)
	case opLongBinGet, opLongBinPut:
		return m.in.number(4)
	case opMemoize:
		return uint64(len(m.memo)), nil
	}
	line, err := m.in.line()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(line, 10, 32)
	if err != nil {
		return 0, malformed("a line that is no slot of the memo")
	}
	return n, nil
}

func (m *machine) remember(op byte) error {
	n, err := m.slot(op)
	if err != nil {
		return err
	}
	v, err := m.top()
	if err != nil {
		return err
	}
	m.memo[n] = v
	return m.budget.charge(costMemo)
}

func (m *machine) recall(op byte) error {
	n, err := m.slot(op)
	if err != nil {
		return err
	}
	v, ok := m.memo[n]
	if !ok {
		return malformed("slot %d of the memo is empty", n)
	}
	return m.push(v)
}
