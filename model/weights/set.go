package weights

import (
	"fmt"

	"edgeclr/internal/tensor"
)

// Set is an ordered list of tensors with different names.
type Set []tensor.Tensor

// Find returns the tensor of that name. It shares the Set's memory.
func (s Set) Find(name string) (tensor.Tensor, bool) {
	for _, t := range s {
		if t.Name == name {
			return t, true
		}
	}
	return tensor.Tensor{}, false
}

// Names returns the names in the Set's order.
func (s Set) Names() []string {
	names := make([]string, len(s))
	for i, t := range s {
		names[i] = t.Name
	}
	return names
}

// quote makes text from a file fit for a message.
func quote(s string) string {
	const longest = 80
	if len(s) > longest {
		return fmt.Sprintf("%q...", s[:longest])
	}
	return fmt.Sprintf("%q", s)
}
