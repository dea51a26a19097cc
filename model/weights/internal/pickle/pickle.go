package pickle

import (
	"errors"
	"fmt"
)

// Host handles the opcodes that go beyond plain data. The package itself knows
// collections.OrderedDict, which becomes a *Dict.
type Host interface {
	// Global returns a value that stands for a class or function. It must refuse
	// every name that it does not know.
	Global(module, name string) (any, error)

	// Call applies a value that Global returned. It must not copy args without
	// bound: a small pickle can call thousands of times with the same large tuple.
	Call(function any, args Tuple) (any, error)

	// Persistent returns the value of a persistent identifier.
	Persistent(id any) (any, error)
}

// orderedDict stands for the class collections.OrderedDict.
type orderedDict struct{}

// Errors of Load. Match them with errors.Is. They come with the byte at which reading
// stopped. Errors of the Host are wrapped in the same way.
var (
	// ErrTruncated is returned if an opcode or its argument reaches beyond the end.
	ErrTruncated = errors.New("the pickle ends early")

	// ErrMalformed is returned for an opcode that does not exist, that weights do
	// not need, or that finds the wrong values on the stack.
	ErrMalformed = errors.New("the pickle is malformed")

	// ErrBudget is returned if the values need more memory than the Budget allows.
	ErrBudget = errors.New("the pickle asks for too much memory")
)

// Tuple is a Python tuple. It must not be changed: several values may share it.
//
// The other values of a pickle are *List, *Dict, nil, bool, int64, *big.Int (beyond 64
// bits), float64, string, []byte, and whatever the Host returned.
type Tuple []any

// List is a Python list.
type List struct{ Items []any }

// Item is one entry of a Dict.
type Item struct{ Key, Value any }

// Dict is a Python dict or collections.OrderedDict, in insertion order.
type Dict struct {
	Items []Item
	index map[string]int // place of each text key; weights have no other keys
}

// Get returns the value of a text key.
func (d *Dict) Get(key string) (any, bool) {
	i, ok := d.index[key]
	if !ok {
		return nil, false
	}
	return d.Items[i].Value, true
}

// set replaces the value of a text key in place, as Python does. Other keys are not
// compared: every entry stays.
func (d *Dict) set(key, value any) {
	if text, ok := key.(string); ok {
		if i, ok := d.index[text]; ok {
			d.Items[i].Value = value
			return
		}
		if d.index == nil {
			d.index = make(map[string]int)
		}
		d.index[text] = len(d.Items)
	}
	d.Items = append(d.Items, Item{key, value})
}

// Approximate costs in bytes. They are generous: the worst case has a slice or map that
// has just doubled.
const (
	costValue = 64  // a slot of the stack and a boxed value
	costMark  = 32  // a mark
	costMemo  = 128 // an entry of the memo
	costDict  = 512 // a dictionary and its first table
	costItem  = 192 // an entry of a dictionary
)

// Budget is the memory in bytes that the values of one or several pickles may take. It
// is not safe for concurrent use.
type Budget struct{ left int }

// NewBudget allows values of about n bytes.
func NewBudget(n int) *Budget { return &Budget{left: n} }

func (b *Budget) charge(n int) error {
	if n > b.left {
		return fmt.Errorf("%w: %d bytes are left of its budget and the next value needs %d", ErrBudget, b.left, n)
	}
	b.left -= n
	return nil
}
