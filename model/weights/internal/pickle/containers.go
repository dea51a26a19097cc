package pickle

func (m *machine) tuple(op byte) error {
	var values []any
	var err error
	switch op {
	case opTuple:
		values, err = m.popMark()
	case opTuple1, opTuple2, opTuple3:
		values, err = m.popN(int(op-opTuple1) + 1)
	}
	if err != nil {
		return err
	}
	return m.push(Tuple(values))
}

func (m *machine) list(op byte) error {
	var values []any
	var err error
	switch op {
	case opList, opAppends:
		values, err = m.popMark()
	case opAppend:
		values, err = m.popN(1)
	}
	if err != nil {
		return err
	}
	if op == opEmptyList || op == opList {
		return m.push(&List{Items: values})
	}
	top, err := m.top()
	if err != nil {
		return err
	}
	list, ok := top.(*List)
	if !ok {
		return malformed("appending to a value that is not a list")
	}
	list.Items = append(list.Items, values...)
	return m.budget.charge(costValue * len(values))
}

func (m *machine) dict(op byte) error {
	var values []any
	var err error
	switch op {
	case opDict, opSetItems:
		values, err = m.popMark()
	case opSetItem:
		values, err = m.popN(2)
	}
	if err != nil {
		return err
	}
	if op == opEmptyDict || op == opDict {
		if err := m.pushDict(); err != nil {
			return err
		}
	}
	top, err := m.top()
	if err != nil {
		return err
	}
	d, ok := top.(*Dict)
	if !ok {
		return malformed("setting an item of a value that is not a dictionary")
	}
	if len(values)%2 != 0 {
		return malformed("a dictionary's key has no value")
	}
	for i := 0; i < len(values); i += 2 {
		if err := m.set(d, values[i], values[i+1]); err != nil {
			return err
		}
	}
	return nil
}

func (m *machine) pushDict() error {
	if err := m.budget.charge(costDict); err != nil {
		return err
	}
	return m.push(new(Dict))
}

func (m *machine) set(d *Dict, key, value any) error {
	if err := m.budget.charge(costItem); err != nil {
		return err
	}
	d.set(key, value)
	return nil
}
