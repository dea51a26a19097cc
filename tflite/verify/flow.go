package verify

import (
	"fmt"
	"slices"
)

// maxRank is the largest number of dimensions that the library's kernels take.
const maxRank = 6

// checkFlow checks the input, the outputs and the order of the operators: each tensor is
// written once, before it is read.
func (g *graph) checkFlow(l Limits) error {
	if len(g.operators) > l.Operators {
		return unsupported("", "give a smaller encoder", "the file has %d operators, and the limit is %d", len(g.operators), l.Operators)
	}
	if err := g.checkInput(l); err != nil {
		return err
	}
	written := make([]bool, len(g.tensors))
	written[g.inputs[0]] = true
	for i := range g.operators {
		o := &g.operators[i]
		for _, t := range o.in {
			if t != nil && !t.constant() && !written[t.index] {
				return damaged(o.where(), "it reads %s before an operator writes it", t.where())
			}
		}
		for _, t := range o.out {
			if t.constant() || written[t.index] {
				return damaged(o.where(), "it writes %s, which is a constant or is written before", t.where())
			}
			written[t.index] = true
		}
	}
	return g.checkOutputs(l, written)
}

// checkInput checks that the graph takes one square picture.
func (g *graph) checkInput(l Limits) error {
	if len(g.inputs) != 1 {
		return unsupported("", mendOperator, "the file has %d inputs, and an image encoder has one", len(g.inputs))
	}
	t := &g.tensors[g.inputs[0]]
	switch {
	case t.constant():
		return damaged(t.where(), "the input is a constant")
	case t.typ != Uint8 && t.typ != Int8 && t.typ != Float32:
		return unsupported(t.where(), "convert it with an input of FLOAT32, UINT8 or INT8", "the input has the type %s", t.typ)
	case len(t.shape) != 4 || t.shape[0] != 1 || t.shape[1] != t.shape[2] || t.shape[3] != 3:
		return unsupported(t.where(), "export it with the input [1, SIDE, SIDE, 3]", "the input is %v, and must be one square RGB picture", t.shape)
	case t.shape[1] < l.MinSide || t.shape[1] > l.MaxSide:
		return unsupported(t.where(), "", "the input is %d pixels wide, and must have %d to %d", t.shape[1], l.MinSide, l.MaxSide)
	case len(t.scales) > 1:
		return damaged(t.where(), "the input has %d scales", len(t.scales))
	}
	return nil
}

// checkOutputs checks that the first output is one vector, and that operators write all.
func (g *graph) checkOutputs(l Limits, written []bool) error {
	if len(g.outputs) == 0 || len(g.outputs) > l.Outputs {
		return unsupported("", mendVector, "the file has %d outputs, and an encoder has %d", len(g.outputs), l.Outputs)
	}
	for i, index := range g.outputs {
		if !written[index] || index == g.inputs[0] || slices.Contains(g.outputs[:i], index) {
			return damaged(g.tensors[index].where(), "it is an output, and no operator writes it, or it is listed twice")
		}
	}
	t := &g.tensors[g.outputs[0]]
	switch {
	case t.typ != Uint8 && t.typ != Int8 && t.typ != Float32:
		return unsupported(t.where(), "convert it with an output of FLOAT32, UINT8 or INT8", "the output has the type %s", t.typ)
	case len(t.shape) == 0 || t.shape[len(t.shape)-1] != t.values || t.values < 2:
		return unsupported(t.where(), mendVector, "the output has the shape %v, and must be one vector", t.shape)
	case t.values > l.Dim:
		return unsupported(t.where(), mendVector, "the vector has %d values, and the limit is %d", t.values, l.Dim)
	case t.typ.integer() && !t.perTensor():
		return damaged(t.where(), "the output is %s and has no scale", t.typ)
	}
	return nil
}

// memory estimates the arena: the largest sum of the tensors that are alive at the same
// time, and what an operator needs beside them.
func (g *graph) memory() int64 {
	last := make([]int, len(g.tensors)) // operator that reads the tensor last
	for i := range g.operators {
		for _, t := range g.operators[i].in {
			if t != nil {
				last[t.index] = i
			}
		}
	}
	for _, index := range g.outputs {
		last[index] = len(g.operators)
	}
	live, most := g.tensors[g.inputs[0]].bytes(), int64(0)
	for i := range g.operators {
		o := &g.operators[i]
		for _, t := range o.out {
			live += t.bytes()
		}
		most = max(most, live)
		for j, t := range o.in {
			if t != nil && !t.constant() && last[t.index] == i && !slices.Contains(o.in[:j], t) {
				live -= t.bytes()
			}
		}
		for _, t := range o.out {
			if last[t.index] < i { // nobody reads it
				live -= t.bytes()
			}
		}
	}
	return most
}

// file describes the graph, when it keeps the limits.
func (g *graph) file(l Limits) (*File, error) {
	in, out := &g.tensors[g.inputs[0]], &g.tensors[g.outputs[0]]
	f := &File{Description: g.description, Size: in.shape[1], Dim: out.values, Input: in.public(), Output: out.public(),
		Operators: len(g.operators), Arena: g.memory()}
	for i := range g.operators {
		o := &g.operators[i]
		if o.rule.weighs {
			f.Integer = o.in[0].typ.integer()
		}
		f.MACs += o.macs
		for _, t := range o.out {
			f.MACs += int64(t.values)
		}
		if f.MACs > l.MACs {
			return nil, unsupported(o.where(), "give a smaller encoder", "up to here one picture takes more than %d multiplications", l.MACs)
		}
	}
	if f.Arena > l.Arena {
		return nil, unsupported("", "give a smaller encoder", "one picture takes %d bytes of memory, and the limit is %d", f.Arena, l.Arena)
	}
	if err := f.readMetadata(g.metadata, in); err != nil {
		return nil, err
	}
	return f, nil
}

func (t *tensor) public() Tensor {
	p := Tensor{Name: t.name, Type: t.typ, Shape: slices.Clone(t.shape)}
	if t.perTensor() {
		p.Scale, p.ZeroPoint = t.scales[0], int(t.zeros[0])
	}
	return p
}

// checkOperators applies the rule of each operator.
func (g *graph) checkOperators() error {
	for i := range g.operators {
		o := &g.operators[i]
		if err := o.check(); err != nil {
			return err
		}
	}
	return nil
}

// check applies the operator's rule: options, number and types of inputs and outputs,
// and the shape of the outputs.
func (o *operator) check() error {
	r := o.rule
	if o.optionsType != r.options && (r.needsOptions || o.optionsType != optionsNone) || r.needsOptions && o.options.pos == 0 {
		return damaged(o.where(), "it has the options of another operator (kind %d), or none", o.optionsType)
	}
	if len(o.in) < r.inputs[0] || len(o.in) > r.inputs[1] {
		return damaged(o.where(), "it has %d inputs, and needs %d to %d", len(o.in), r.inputs[0], r.inputs[1])
	}
	if r.shape != nil && len(o.out) != 1 {
		return damaged(o.where(), "it has %d outputs, and needs 1", len(o.out))
	}
	for i, t := range o.in {
		if t == nil && !(r.optionalBias && i == 2) {
			return damaged(o.where(), "input %d is missing", i)
		}
	}
	if err := o.checkTypes(); err != nil {
		return err
	}
	if r.shape == nil {
		return r.several(o)
	}
	shape, err := r.shape(o)
	if err != nil {
		return err
	}
	return o.wantShape(o.out[0], shape)
}

func (o *operator) wantShape(t *tensor, shape []int) error {
	if !slices.Equal(t.shape, shape) {
		return o.fail("its output %s has the shape %v, and the inputs and options give %v", t.where(), t.shape, shape)
	}
	return nil
}

// checkTypes checks the types of the first input and of the outputs, and that integers
// have a scale where the operator calculates with them.
func (o *operator) checkTypes() error {
	r := o.rule
	if !slices.Contains(r.types, o.in[0].typ) {
		return o.unsupported("its input has the type %s, and may have %v", o.in[0].typ, r.types)
	}
	for _, t := range o.out {
		if !r.converts && t.typ != o.in[0].typ {
			return o.unsupported("its input has the type %s, and its output %s", o.in[0].typ, t.typ)
		}
	}
	if r.moves {
		return nil
	}
	for _, t := range slices.Concat(o.in[:1], o.out) {
		if t.typ.integer() && !t.perTensor() {
			return o.fail("%s is %s and has %d scales instead of one", t.where(), t.typ, len(t.scales))
		}
	}
	return nil
}

func (o *operator) fail(format string, args ...any) error {
	return damaged(o.where(), format, args...)
}

func (o *operator) unsupported(format string, args ...any) error {
	return unsupported(o.where(), mendOperator, "%s", fmt.Sprintf(format, args...))
}
