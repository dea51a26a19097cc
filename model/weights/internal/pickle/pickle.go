package pickle

import (
	"errors"
	"fmt"
)

// Host gives a meaning to the opcodes that leave plain data. The package
// itself knows collections.OrderedDict, which becomes a *Dict.
type Host interface {
	// Global returns the value that stands for a class or function. It must
	// refuse every name it does not know.
	Global(module, name string) (any, error)

	// Call applies what Global returned. It must not copy args without bound:
	// a small pickle can call thousands of times with the same large tuple.
	Call(function any, args Tuple) (any, error)

	// Persistent returns what a persistent identifier stands for.
	Persistent(id any) (any, error)
}

// orderedDict stands for the class collections.OrderedDict.
type orderedDict struct{}

// Errors of Load. All are matched with errors.Is and come with the byte at
// which the pickle broke off; errors of the Host are passed on as they are.
var (
	// ErrTruncated: an opcode or its argument reaches beyond the end.
	ErrTruncated = errors.New("the pickle ends early")

	// ErrMalformed: an opcode that does not exist, that weights do not need,
	// or that finds the wrong values on the stack.
	ErrMalformed = errors.New("the pickle is malformed")

	// ErrBudget: the values need more memory than the Budget allows.
	ErrBudget = errors.New("the pickle asks for too much memory")
)

// Besides the types below, values are nil, bool, int64, *big.Int (beyond 64
// bits), float64, string, []byte and whatever the Host returned.

// Tuple is a Python tuple. It must not be changed: several values may share it.
type Tuple []any

// List is a Python list.
type List struct{ Items []any }

// Item is one entry of a Dict.
type Item struct{ Key, Value any }

// Dict is a Python dict or collections.OrderedDict, in insertion order.
type Dict struct {
	Items []Item
	index map[string]int // of the text keys, all that weights have
}

// Get returns the value of a text key.
func (d *Dict) Get(key string) (any, bool) {
	i, ok := d.index[key]
	if !ok {
		return nil, false
	}
	return d.Items[i].Value, true
}

// set replaces the value of a text key in place, as Python does. Other keys
// are not compared: they keep every entry.
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

// Approximate costs in bytes, generous: what the runtime takes at worst, with
// a slice or map that has just doubled.
const (
	costValue = 64  // a slot of the stack and a boxed value
	costMark  = 32  //
	costMemo  = 128 // an entry of the memo
	costDict  = 512 // a dictionary and its first table
	costItem  = 192 // an entry of a dictionary
)

// Budget is the memory, in bytes, that values of one or several pickles may
// take. Not safe for concurrent use.
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
