package pickle

import (
	"fmt"
	"strconv"
)

// highestProtocol is the newest version of the format that Load reads.
const highestProtocol = 5

// machine is the stack machine that runs one pickle.
type machine struct {
	in     cursor
	host   Host
	budget *Budget
	stack  []any
	marks  []int // heights of the stack at the marks
	memo   map[uint64]any
}

// Load reads one pickle at the start of data. It returns the value and the number of
// bytes that the pickle takes. Text and bytes are copied, so data may be reused.
func Load(data []byte, host Host, budget *Budget) (value any, used int, err error) {
	m := &machine{in: cursor{data: data}, host: host, budget: budget, memo: make(map[uint64]any)}
	for {
		at := m.in.pos
		op, err := m.in.byte()
		if err != nil {
			return nil, at, err
		}
		if op == opStop {
			value, err := m.pop()
			return value, m.in.pos, err
		}
		if err := m.step(op); err != nil {
			return nil, at, fmt.Errorf("opcode %#02x at byte %d: %w", op, at, err)
		}
	}
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}

// floor is the height of the topmost mark. Values below it are out of reach.
func (m *machine) floor() int {
	if len(m.marks) == 0 {
		return 0
	}
	return m.marks[len(m.marks)-1]
}

func (m *machine) push(v any) error {
	m.stack = append(m.stack, v)
	return m.budget.charge(costValue)
}

func (m *machine) top() (any, error) {
	if len(m.stack) <= m.floor() {
		return nil, malformed("the stack is empty")
	}
	return m.stack[len(m.stack)-1], nil
}

func (m *machine) pop() (any, error) {
	v, err := m.top()
	if err == nil {
		m.stack = m.stack[:len(m.stack)-1]
	}
	return v, err
}

// popN removes the n topmost values and returns a copy.
func (m *machine) popN(n int) ([]any, error) {
	if len(m.stack)-m.floor() < n {
		return nil, malformed("the stack has fewer than %d values", n)
	}
	return m.cut(len(m.stack) - n)
}

// popMark removes the topmost mark and the values above it, and returns these.
func (m *machine) popMark() ([]any, error) {
	if len(m.marks) == 0 {
		return nil, malformed("there is no mark")
	}
	from := m.floor()
	m.marks = m.marks[:len(m.marks)-1]
	return m.cut(from)
}

func (m *machine) cut(from int) ([]any, error) {
	values := append([]any(nil), m.stack[from:]...)
	clear(m.stack[from:])
	m.stack = m.stack[:from]
	return values, m.budget.charge(costValue)
}

func (m *machine) mark() error {
	m.marks = append(m.marks, len(m.stack))
	return m.budget.charge(costMark)
}

// slot reads the argument of a memo opcode: a key of the memo.
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
		return 0, malformed("a line that is not a slot of the memo")
	}
	return n, nil
}

// remember stores the top of the stack in the memo.
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

// recall pushes a value of the memo.
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
