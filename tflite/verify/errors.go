package verify

import (
	"errors"
	"fmt"
)

// What is wrong with a file. Each error of Check matches one of these.
var (
	// ErrForeign: the file is no .tflite file.
	ErrForeign = errors.New("not a .tflite file")
	// ErrDamaged: the file contradicts itself, as a truncated one does.
	ErrDamaged = errors.New("damaged .tflite file")
	// ErrUnsupported: the file is whole, but it is no encoder that can be served here.
	ErrUnsupported = errors.New("unsupported .tflite file")
)

// errNormalization says what Normalization.Check asks for.
var errNormalization = errors.New("mean and std need 1 or 3 numbers each, and std none near 0")

// Error says what is wrong, where, and what mends it.
type Error struct {
	Kind    error  // ErrForeign, ErrDamaged or ErrUnsupported
	Where   string // such as `operator 12 (CONV_2D)`; "" is the whole file
	Problem string
	Mend    string // what to do
}

func (e *Error) Error() string {
	text := e.Problem
	if e.Where != "" {
		text = e.Where + ": " + text
	}
	if e.Mend != "" {
		text += "; " + e.Mend
	}
	return text
}

func (e *Error) Unwrap() error { return e.Kind }

// Advice that several errors share.
const (
	mendCopy     = "copy the file again, or export it again"
	mendStatic   = "export the model with a batch size of 1 and fixed shapes"
	mendOperator = "export the encoder alone, without pre- and postprocessing, by a current converter"
	mendVector   = "cut the model behind its pooled features, so that it gives one vector"
	mendQuantise = "quantise the model again with a current converter"
)

func damaged(where, format string, args ...any) error {
	return &Error{ErrDamaged, where, fmt.Sprintf(format, args...), mendCopy}
}

func unsupported(where, mend, format string, args ...any) error {
	return &Error{ErrUnsupported, where, fmt.Sprintf(format, args...), mend}
}

// shortened is a name from a file, for a message.
func shortened(name string) string {
	const most = 80
	if len(name) <= most {
		return name
	}
	return name[:most] + "..."
}
