package tflite

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

// ErrModel is returned for a [Model] that no file can express. The text says what to change.
var ErrModel = errors.New("no file can hold this model")

// Type is the type of the values of an input or output.
type Type int

// Types. Pixels are 0 to 255 as Uint8 and Float32, and 128 less as Int8.
const (
	Float32 Type = iota
	Uint8
	Int8
)

// String is the type's name: float32, uint8 or int8.
func (t Type) String() string {
	switch t {
	case Float32:
		return "float32"
	case Uint8:
		return "uint8"
	case Int8:
		return "int8"
	}
	return fmt.Sprintf("Type(%d)", int(t))
}

// ParseType returns the type of that name. The error lists the names.
func ParseType(name string) (Type, error) {
	for _, t := range []Type{Float32, Uint8, Int8} {
		if t.String() == name {
			return t, nil
		}
	}
	return 0, fmt.Errorf("%q is not a type of values: give float32, uint8 or int8", name)
}

// Model says what a file computes.
type Model struct {
	Plan *arch.Plan

	// Encoders hold the tensors of Plan.Arch.Specs; others are ignored. There is one, or
	// two for a join, the pretrained one first.
	Encoders []weights.Set

	// Share is the weight of the second encoder in the cosine of a join, between 0 and 1:
	// the cosine of two vectors is (1-Share) times that of the first encoder's plus Share
	// times that of the second's. 0 is 1/2.
	Share float64

	// Head is the projection head; nil: the file gives the encoder's vector. See [HeadOf].
	Head *Head

	// Map is the name of the step whose map is the second output; "": none. In a join
	// it is that of the last encoder.
	Map string

	Input  Type
	Output Type // Uint8 and Int8 only with Ranges

	// Ranges make a file that computes in int8, one for each encoder. nil: in float.
	Ranges []Ranges

	Info Info
}

// Info is what the metadata of a file say about it. Architecture and size come from
// the plan.
type Info struct {
	Name        string // of the model, one line
	Checkpoint  string // id of the checkpoint that the weights come from
	Blend       string // how adapted and pretrained weights are combined
	License     string // of the weights
	Squash      bool   // wide pictures are seen as a whole: see [rgb.Square]
	Description string // what the vectors are for; the crop is described without it
}

// Maps returns the names of the steps that [Model.Map] may name, in order.
func Maps(p *arch.Plan) []string {
	var names []string
	for _, s := range p.Steps {
		if s.Op != arch.GlobalMean {
			names = append(names, s.Name)
		}
	}
	return names
}

// Dim returns the length of the vector.
func (m Model) Dim() int {
	if m.Head != nil {
		return m.Head.Layers[len(m.Head.Layers)-1].Out
	}
	return len(m.Encoders) * m.Plan.Features
}

// Encode returns the file. Equal models give equal bytes. Errors: [ErrModel] for what no
// file can express, and those of the weights.
func (m Model) Encode() ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	g, err := m.lower()
	if err != nil {
		return nil, err
	}
	return encode(g, m.description(), m.metadata(g)), nil
}

// weights returns the tensors of an encoder. Each is there, has its shape, and is finite: a
// ReLU can hide a NaN, and the vectors would be wrong without an error.
func (m Model) weights(encoder int) (weights.Set, error) {
	set, err := m.Encoders[encoder].Match(m.Plan.Arch.Specs(), func(string) bool { return true })
	if err != nil {
		return nil, fmt.Errorf("weights for %s: %w", m.Plan.Arch.Name, err)
	}
	for _, t := range set {
		if !finite(t.Data) {
			return nil, fmt.Errorf("%w: a value of %s is not finite; choose another checkpoint", ErrModel, t.Name)
		}
	}
	return set, nil
}

func finite(values []float32) bool {
	for _, v := range values {
		if v-v != 0 { // infinities and NaN
			return false
		}
	}
	return true
}

// check returns ErrModel for fields that contradict each other.
func (m Model) check() error {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("%w: "+format, append([]any{ErrModel}, args...)...)
	}
	switch {
	case m.Plan == nil:
		return fail("there is no plan")
	case len(m.Encoders) != 1 && len(m.Encoders) != 2:
		return fail("it has %d encoders; give 1, or 2 for a join", len(m.Encoders))
	case m.Share != 0 && len(m.Encoders) != 2:
		return fail("it has a share of %v and one encoder; only a join has a share", m.Share)
	case !(m.Share >= 0 && m.Share < 1): // also NaN
		return fail("a join has no share of %v; give one between 0 and 1", m.Share)
	case m.Ranges != nil && len(m.Ranges) != len(m.Encoders):
		return fail("it has ranges for %d encoders and has %d encoders", len(m.Ranges), len(m.Encoders))
	case m.Head != nil && len(m.Encoders) != 1:
		return fail("a projection head needs the vector of one encoder, and a join has two; choose another blend")
	case m.Output != Float32 && m.Ranges == nil:
		return fail("its output is %v and it computes in float; choose output float32, or compute in int8", m.Output)
	}
	if err := m.Head.check(m.Plan.Features); err != nil {
		return err
	}
	for i, r := range m.Ranges {
		if err := r.check(m.Plan, m.Head); err != nil {
			return m.inHalf(i, err)
		}
	}
	if m.Map != "" && !slices.Contains(Maps(m.Plan), m.Map) {
		return fail("%s has no map %q; choose one of %s", m.Plan.Arch.Name, m.Map, strings.Join(Maps(m.Plan), ", "))
	}
	return nil
}
