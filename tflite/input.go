package tflite

import (
	"edgeclr/model/arch"
	"edgeclr/tflite/internal/schema"
)

// input adds the input of the file and returns its pixels as the network's numbers hold
// them: 0 to 255.
func (m Model) input(g *graph, n numbers) id {
	shape := dims(m.Plan.Input)
	pixels := n.computed("pixels", shape, Range{Min: 0, Max: 255})
	image := tensor{name: arch.Input, shape: shape, kind: schema.TensorTypeFLOAT32}
	switch m.Input {
	case Uint8:
		image.kind, image.quant = schema.TensorTypeUINT8, &quantization{scale: []float32{1}, zero: []int64{0}}
	case Int8:
		image.kind, image.quant = schema.TensorTypeINT8, &quantization{scale: []float32{1}, zero: []int64{-128}}
	}
	x := g.add(image)
	g.inputs = append(g.inputs, port{arch.Input, x})
	return g.convert(x, pixels)
}

// convert returns x with the type and quantization of a description, and x itself when it
// has them.
func (g *graph) convert(x id, to tensor) id {
	from := g.at(x)
	switch {
	case from.kind == to.kind && quantKey(from.quant) == quantKey(to.quant):
		return x
	case to.kind == schema.TensorTypeFLOAT32:
		return g.apply(schema.BuiltinOperatorDEQUANTIZE, empty{schema.BuiltinOptionsDequantizeOptions}, to, x)
	}
	return g.apply(schema.BuiltinOperatorQUANTIZE, empty{schema.BuiltinOptionsQuantizeOptions}, to, x)
}

// normalise lowers the normalisation of the pixels, (x - mean) / std for each channel, to a
// 1x1 depthwise convolution.
//
// It is not folded into the first convolution, although that is linear too: the border of
// a convolution is zeros, and after the normalisation these are pixels of the mean. A folded
// convolution would see black ones there.
func (n *network) normalise(pixels id) id {
	a := n.plan.Arch
	scale, bias := make([]float32, len(a.Mean)), make([]float32, len(a.Mean))
	var r Range
	if known, ok := n.ranges()[arch.Input]; ok {
		r.Means = known.Means
	}
	for c := range a.Mean {
		scale[c], bias[c] = 1/a.Std[c], -a.Mean[c]/a.Std[c]
		r.Min, r.Max = min(r.Min, bias[c]), max(r.Max, 255*scale[c]+bias[c])
	}
	kernel := values{"normalisation", []int32{1, 1, 1, int32(len(scale))}, scale}
	return n.convolve(convolution{depthwise: true, stride: 1, same: true}, pixels, kernel, 3, bias,
		n.computed(n.prefix+"normalised", dims(n.plan.Input), r))
}
