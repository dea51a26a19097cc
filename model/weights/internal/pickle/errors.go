package pickle

import "errors"

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
