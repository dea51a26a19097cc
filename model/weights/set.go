package weights

// Set is an ordered list of tensors with different names.
type Set []Tensor

// Find returns the tensor of that name. It shares the Set's memory.
func (s Set) Find(name string) (Tensor, bool) {
	for _, t := range s {
		if t.Name == name {
			return t, true
		}
	}
	return Tensor{}, false
}

// Names returns the names in the Set's order.
func (s Set) Names() []string {
	names := make([]string, len(s))
	for i, t := range s {
		names[i] = t.Name
	}
	return names
}
