package pickle

import "fmt"

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
