package pickle

// global pushes the value that stands for a class or function.
func (m *machine) global(op byte) error {
	module, name, err := m.names(op)
	if err != nil {
		return err
	}
	if module == "collections" && name == "OrderedDict" {
		return m.push(orderedDict{})
	}
	v, err := m.host.Global(module, name)
	if err != nil {
		return err
	}
	if op == opInst { // the Host comes first, since its refusal names the class
		return malformed("an object of %.80q.%.80q", module, name)
	}
	return m.push(v)
}

func (m *machine) names(op byte) (module, name string, err error) {
	if op != opStackGlobal {
		if module, err = m.in.line(); err != nil {
			return "", "", err
		}
		name, err = m.in.line()
		return module, name, err
	}
	values, err := m.popN(2)
	if err != nil {
		return "", "", err
	}
	module, okModule := values[0].(string)
	name, okName := values[1].(string)
	if !okModule || !okName {
		return "", "", malformed("the name of a class is not text")
	}
	return module, name, nil
}

// reduce calls a class or function. It makes dictionaries itself; the Host does the
// rest.
func (m *machine) reduce() error {
	values, err := m.popN(2)
	if err != nil {
		return err
	}
	args, ok := values[1].(Tuple)
	if !ok {
		return malformed("a call without a tuple of arguments")
	}
	if _, ok := values[0].(orderedDict); ok {
		return m.newOrderedDict(args)
	}
	v, err := m.host.Call(values[0], args)
	return m.pushRead(v, err)
}

// newOrderedDict takes no argument, or a list of pairs as Python 2 writes it.
func (m *machine) newOrderedDict(args Tuple) error {
	if err := m.pushDict(); err != nil || len(args) == 0 {
		return err
	}
	d := m.stack[len(m.stack)-1].(*Dict)
	list, ok := args[0].(*List)
	if !ok || len(args) > 1 {
		return malformed("OrderedDict takes a list of pairs")
	}
	for _, item := range list.Items {
		pair, ok := item.(Tuple)
		if l, isList := item.(*List); isList {
			pair, ok = l.Items, true
		}
		if !ok || len(pair) != 2 {
			return malformed("OrderedDict takes a list of pairs")
		}
		if err := m.set(d, pair[0], pair[1]); err != nil {
			return err
		}
	}
	return nil
}

// build drops the attributes of a dictionary. PyTorch keeps _metadata there.
func (m *machine) build() error {
	if _, err := m.pop(); err != nil {
		return err
	}
	v, err := m.top()
	if err != nil {
		return err
	}
	if _, ok := v.(*Dict); !ok {
		return malformed("setting attributes of a value that is not a dictionary")
	}
	return nil
}

func (m *machine) persistent() error {
	id, err := m.pop()
	if err != nil {
		return err
	}
	v, err := m.host.Persistent(id)
	return m.pushRead(v, err)
}
