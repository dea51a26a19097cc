package verify_test

import (
	"errors"
	"slices"
	"testing"

	"edgeclr/tflite/internal/schema"
	"edgeclr/tflite/verify"
	"edgeclr/tflite/verify/verifytest"
)

// stage is a graph with one operator of interest between the picture and the vector: a
// picture of 16 pixels, RESHAPE or not, the operator, RESHAPE to one vector.
type stage struct {
	name  string
	graph verifytest.Graph
	good  bool
}

// operators has for each allowed operator a graph that passes, and graphs that do not. Long because it is a table.
func operators() []stage {
	type T = verifytest.Tensor
	type O = verifytest.Operator
	ints := func(values ...int32) T {
		return T{Name: "ints", Type: schema.TensorTypeINT32, Shape: []int32{int32(len(values))}, Data: verifytest.Ints(values...)}
	}
	pairs := func(values ...int32) T {
		t := ints(values...)
		t.Shape = []int32{int32(len(values)) / 2, 2}
		return t
	}
	weights := func(shape ...int32) T {
		n := int32(1)
		for _, d := range shape {
			n *= d
		}
		values := make([]float32, n)
		for i := range values {
			values[i] = float32(i%7) / 8
		}
		return T{Name: "weights", Shape: shape, Data: verifytest.Floats(values...)}
	}
	var list []stage
	// add appends a graph: the picture, the operator's constants, its output, and a reshape of that.
	add := func(good bool, name string, o O, out []int32, constants ...T) {
		n := int32(1)
		for _, d := range out {
			n *= d
		}
		g := verifytest.Graph{Tensors: []T{{Name: "image", Shape: []int32{1, 16, 16, 3}}}, Inputs: []int32{0}, Signature: true}
		if o.Inputs == nil {
			o.Inputs = []int32{0}
			for i := range constants {
				o.Inputs = append(o.Inputs, int32(i+1))
			}
		}
		g.Tensors = append(g.Tensors, constants...)
		at := int32(len(g.Tensors))
		if o.Outputs == nil {
			g.Tensors = append(g.Tensors, T{Name: "out", Shape: out})
			o.Outputs = []int32{at}
		} else { // two outputs
			g.Tensors = append(g.Tensors, T{Name: "out", Shape: out}, T{Name: "other", Shape: out})
			o.Outputs = []int32{at, at + 1}
		}
		g.Tensors = append(g.Tensors, ints(1, n), T{Name: "embedding", Shape: []int32{1, n}})
		last := int32(len(g.Tensors) - 1)
		g.Operators = []O{o, {Code: schema.BuiltinOperatorRESHAPE, Inputs: []int32{at, last - 1}, Outputs: []int32{last}}}
		g.Outputs = []int32{last}
		list = append(list, stage{name, g, good})
	}
	b := func(v byte) any { return v }
	same := []int32{1, 16, 16, 3}
	conv := func(padding byte, sw, sh, act int32, dw, dh int32) O {
		return O{Code: schema.BuiltinOperatorCONV_2D, Options: schema.BuiltinOptionsConv2DOptions, Fields: []any{padding, sw, sh, byte(act), dw, dh}}
	}
	add(true, "CONV_2D same", conv(0, 2, 2, 3, 1, 1), []int32{1, 8, 8, 4}, weights(4, 3, 3, 3), weights(4))
	add(true, "CONV_2D valid", conv(1, 1, 3, 0, 2, 1), []int32{1, 5, 12, 4}, weights(4, 3, 3, 3), weights(4))
	add(true, "CONV_2D grouped", conv(0, 1, 1, 0, 1, 1), []int32{1, 16, 16, 6}, weights(6, 1, 1, 1), weights(6))
	add(false, "CONV_2D without bias", conv(0, 1, 1, 0, 1, 1), []int32{1, 16, 16, 4}, weights(4, 1, 1, 3))
	add(false, "CONV_2D filter larger than the input", conv(1, 1, 1, 0, 1, 1), []int32{1, 1, 1, 4}, weights(4, 17, 17, 3), weights(4))
	add(false, "CONV_2D channels", conv(0, 1, 1, 0, 1, 1), []int32{1, 16, 16, 4}, weights(4, 1, 1, 2), weights(4))
	add(false, "CONV_2D bias", conv(0, 1, 1, 0, 1, 1), []int32{1, 16, 16, 4}, weights(4, 1, 1, 3), weights(3))
	dw := func(multiplier int32) O {
		return O{Code: schema.BuiltinOperatorDEPTHWISE_CONV_2D, Options: schema.BuiltinOptionsDepthwiseConv2DOptions,
			Fields: []any{b(0), int32(1), int32(1), multiplier, b(1), int32(1), int32(1)}}
	}
	add(true, "DEPTHWISE_CONV_2D", dw(2), []int32{1, 16, 16, 6}, weights(1, 3, 3, 6), weights(6))
	add(false, "DEPTHWISE_CONV_2D without bias", dw(1), []int32{1, 16, 16, 3}, weights(1, 3, 3, 3))
	add(false, "DEPTHWISE_CONV_2D multiplier 0", dw(0), []int32{1, 16, 16, 6}, weights(1, 3, 3, 6), weights(6))
	add(false, "DEPTHWISE_CONV_2D channels", dw(1), []int32{1, 16, 16, 4}, weights(1, 3, 3, 4), weights(4))
	fc := func(format, keep byte) O {
		return O{Code: schema.BuiltinOperatorFULLY_CONNECTED, Options: schema.BuiltinOptionsFullyConnectedOptions, Fields: []any{b(0), format, keep}}
	}
	add(true, "FULLY_CONNECTED", fc(0, 0), []int32{4, 5}, weights(5, 192), weights(5))
	add(true, "FULLY_CONNECTED keeping dimensions", fc(0, 1), []int32{1, 16, 16, 5}, weights(5, 3), weights(5))
	add(true, "FULLY_CONNECTED without bias", fc(0, 0), []int32{4, 5}, weights(5, 192))
	add(false, "FULLY_CONNECTED shuffled", fc(1, 0), []int32{4, 5}, weights(5, 192), weights(5))
	add(false, "FULLY_CONNECTED sizes", fc(0, 0), []int32{1, 5}, weights(5, 500), weights(5))
	mul := func(x, y byte) O {
		return O{Code: schema.BuiltinOperatorBATCH_MATMUL, Options: schema.BuiltinOptionsBatchMatMulOptions, Fields: []any{x, y, b(0)}}
	}
	add(true, "BATCH_MATMUL", mul(0, 1), []int32{1, 16, 16, 5}, weights(1, 1, 5, 3))
	add(false, "BATCH_MATMUL sizes", mul(0, 0), []int32{1, 16, 16, 5}, weights(1, 1, 5, 3))
	pool := func(code schema.BuiltinOperator, padding byte, stride, filter int32) O {
		return O{Code: code, Options: schema.BuiltinOptionsPool2DOptions, Fields: []any{padding, stride, stride, filter, filter, b(0)}}
	}
	add(true, "AVERAGE_POOL_2D", pool(schema.BuiltinOperatorAVERAGE_POOL_2D, 1, 16, 16), []int32{1, 1, 1, 3})
	add(true, "MAX_POOL_2D", pool(schema.BuiltinOperatorMAX_POOL_2D, 0, 2, 3), []int32{1, 8, 8, 3})
	add(false, "MAX_POOL_2D filter 0", pool(schema.BuiltinOperatorMAX_POOL_2D, 0, 2, 0), []int32{1, 8, 8, 3})
	add(false, "AVERAGE_POOL_2D stride 0", pool(schema.BuiltinOperatorAVERAGE_POOL_2D, 0, 0, 3), []int32{1, 16, 16, 3})
	add(false, "AVERAGE_POOL_2D stride -1", pool(schema.BuiltinOperatorAVERAGE_POOL_2D, 0, -1, 3), []int32{1, 16, 16, 3})
	for _, code := range []schema.BuiltinOperator{schema.BuiltinOperatorMEAN, schema.BuiltinOperatorSUM, schema.BuiltinOperatorREDUCE_MAX, schema.BuiltinOperatorREDUCE_MIN} {
		reduce := func(keep byte) O {
			return O{Code: code, Options: schema.BuiltinOptionsReducerOptions, Fields: []any{keep}}
		}
		add(true, code.String(), reduce(0), []int32{1, 3}, ints(1, -2))
		add(true, code.String()+" keeping dimensions", reduce(1), []int32{1, 1, 1, 3}, ints(1, 2))
		add(false, code.String()+" axis", reduce(0), []int32{1, 3}, ints(1, 4))
	}
	norm := O{Code: schema.BuiltinOperatorL2_NORMALIZATION, Options: schema.BuiltinOptionsL2NormOptions, Fields: []any{b(0)}}
	add(true, "L2_NORMALIZATION", norm, same)
	soft := func(beta float32) O {
		return O{Code: schema.BuiltinOperatorSOFTMAX, Options: schema.BuiltinOptionsSoftmaxOptions, Fields: []any{beta}}
	}
	add(true, "SOFTMAX", soft(1), same)
	add(false, "SOFTMAX beta 0", soft(0), same)
	for code, options := range map[schema.BuiltinOperator]schema.BuiltinOptions{
		schema.BuiltinOperatorADD: schema.BuiltinOptionsAddOptions, schema.BuiltinOperatorSUB: schema.BuiltinOptionsSubOptions,
		schema.BuiltinOperatorMUL: schema.BuiltinOptionsMulOptions, schema.BuiltinOperatorDIV: schema.BuiltinOptionsDivOptions,
		schema.BuiltinOperatorMAXIMUM: schema.BuiltinOptionsMaximumMinimumOptions, schema.BuiltinOperatorMINIMUM: schema.BuiltinOptionsMaximumMinimumOptions,
		schema.BuiltinOperatorPOW: schema.BuiltinOptionsPowOptions, schema.BuiltinOperatorSQUARED_DIFFERENCE: schema.BuiltinOptionsSquaredDifferenceOptions,
	} {
		o := O{Code: code, Options: options}
		add(true, code.String(), o, same, weights(3))
		add(true, code.String()+" of scalar", o, same, weights())
		add(true, code.String()+" growing", o, []int32{1, 16, 16, 3}, weights(16, 1, 1))
		add(false, code.String()+" shapes", o, same, weights(5))
		add(false, code.String()+" of 5 dimensions", o, []int32{2, 1, 16, 16, 3}, weights(2, 1, 1, 1, 1))
	}
	add(true, "PRELU", O{Code: schema.BuiltinOperatorPRELU}, same, weights(1, 1, 3))
	add(false, "PRELU growing", O{Code: schema.BuiltinOperatorPRELU}, []int32{2, 16, 16, 3}, weights(2, 1, 1, 1))
	for _, code := range []schema.BuiltinOperator{schema.BuiltinOperatorRELU, schema.BuiltinOperatorRELU_N1_TO_1, schema.BuiltinOperatorRELU6, schema.BuiltinOperatorLOGISTIC,
		schema.BuiltinOperatorTANH, schema.BuiltinOperatorELU, schema.BuiltinOperatorHARD_SWISH, schema.BuiltinOperatorGELU, schema.BuiltinOperatorEXP, schema.BuiltinOperatorNEG,
		schema.BuiltinOperatorSQRT, schema.BuiltinOperatorRSQRT, schema.BuiltinOperatorSQUARE, schema.BuiltinOperatorABS} {
		add(true, code.String(), O{Code: code}, same)
		add(false, code.String()+" shape", O{Code: code}, []int32{1, 16, 16, 4})
	}
	leaky := O{Code: schema.BuiltinOperatorLEAKY_RELU, Options: schema.BuiltinOptionsLeakyReluOptions, Fields: []any{float32(.1)}}
	add(true, "LEAKY_RELU", leaky, same)
	half := T{Name: "half", Type: schema.TensorTypeFLOAT16, Shape: []int32{3}, Data: make([]byte, 6)}
	add(true, "DEQUANTIZE", O{Code: schema.BuiltinOperatorDEQUANTIZE, Inputs: []int32{1}}, []int32{3}, half)

	add(true, "RESHAPE", O{Code: schema.BuiltinOperatorRESHAPE}, []int32{3, 256}, ints(3, -1))
	add(true, "RESHAPE by options", O{Code: schema.BuiltinOperatorRESHAPE, Options: schema.BuiltinOptionsReshapeOptions, Fields: []any{[]int32{768}}}, []int32{768})
	add(false, "RESHAPE size", O{Code: schema.BuiltinOperatorRESHAPE}, []int32{3, 255}, ints(3, 255))
	add(false, "RESHAPE two unknown", O{Code: schema.BuiltinOperatorRESHAPE}, []int32{3, 256}, ints(-1, -1))
	add(false, "RESHAPE overflow", O{Code: schema.BuiltinOperatorRESHAPE}, []int32{1 << 10, 1 << 10}, ints(1<<30, 1<<30, 1<<30))
	squeeze := func(axes ...int32) O {
		return O{Code: schema.BuiltinOperatorSQUEEZE, Options: schema.BuiltinOptionsSqueezeOptions, Fields: []any{axes}}
	}
	add(true, "SQUEEZE", squeeze(0), []int32{16, 16, 3})
	add(true, "SQUEEZE all", squeeze(), []int32{16, 16, 3})
	add(false, "SQUEEZE a larger one", squeeze(1), []int32{1, 16, 3})
	add(false, "SQUEEZE axis", squeeze(4), []int32{16, 16, 3})
	add(true, "EXPAND_DIMS", O{Code: schema.BuiltinOperatorEXPAND_DIMS}, []int32{1, 16, 16, 1, 3}, ints(-2))
	add(false, "EXPAND_DIMS axis", O{Code: schema.BuiltinOperatorEXPAND_DIMS}, []int32{1, 16, 16, 1, 3}, ints(5))
	add(true, "TRANSPOSE", O{Code: schema.BuiltinOperatorTRANSPOSE}, []int32{1, 3, 16, 16}, ints(0, 3, 1, 2))
	add(false, "TRANSPOSE twice the same", O{Code: schema.BuiltinOperatorTRANSPOSE}, []int32{1, 3, 16, 16}, ints(0, 3, 1, 1))
	add(false, "TRANSPOSE short", O{Code: schema.BuiltinOperatorTRANSPOSE}, []int32{1, 3, 16}, ints(0, 3, 1))
	add(true, "PAD", O{Code: schema.BuiltinOperatorPAD}, []int32{1, 18, 18, 3}, pairs(0, 0, 1, 1, 2, 0, 0, 0))
	add(false, "PAD negative", O{Code: schema.BuiltinOperatorPAD}, []int32{1, 16, 15, 3}, pairs(0, 0, 1, -1, -1, 0, 0, 0))
	add(false, "PAD short", O{Code: schema.BuiltinOperatorPAD}, []int32{1, 18, 18, 3}, pairs(0, 0, 1, 1))
	add(true, "PADV2", O{Code: schema.BuiltinOperatorPADV2}, []int32{1, 18, 16, 3}, pairs(0, 0, 1, 1, 0, 0, 0, 0), weights())
	mirror := func(mode byte) O {
		return O{Code: schema.BuiltinOperatorMIRROR_PAD, Options: schema.BuiltinOptionsMirrorPadOptions, Fields: []any{mode}}
	}
	add(true, "MIRROR_PAD", mirror(0), []int32{1, 31, 16, 3}, pairs(0, 0, 15, 0, 0, 0, 0, 0))
	add(true, "MIRROR_PAD symmetric", mirror(1), []int32{1, 32, 16, 3}, pairs(0, 0, 16, 0, 0, 0, 0, 0))
	add(false, "MIRROR_PAD too far", mirror(0), []int32{1, 32, 16, 3}, pairs(0, 0, 16, 0, 0, 0, 0, 0))
	concat := func(axis int32) O {
		return O{Code: schema.BuiltinOperatorCONCATENATION, Options: schema.BuiltinOptionsConcatenationOptions, Fields: []any{axis, b(0)}, Inputs: []int32{0, 0}}
	}
	add(true, "CONCATENATION", concat(-1), []int32{1, 16, 16, 6})
	add(false, "CONCATENATION axis", concat(4), []int32{1, 16, 16, 6})
	pack := func(n, axis int32) O {
		return O{Code: schema.BuiltinOperatorPACK, Options: schema.BuiltinOptionsPackOptions, Fields: []any{n, axis}, Inputs: []int32{0, 0}}
	}
	add(true, "PACK", pack(2, 0), []int32{2, 1, 16, 16, 3})
	add(false, "PACK count", pack(3, 0), []int32{2, 1, 16, 16, 3})
	split := func(n int32) O {
		return O{Code: schema.BuiltinOperatorSPLIT, Options: schema.BuiltinOptionsSplitOptions, Fields: []any{n}, Inputs: []int32{1, 0}, Outputs: []int32{}}
	}
	add(true, "SPLIT", split(2), []int32{1, 8, 16, 3}, ints(1))
	add(false, "SPLIT by 0", split(0), []int32{1, 8, 16, 3}, ints(1))
	add(false, "SPLIT axis", split(2), []int32{1, 8, 16, 3}, ints(7))
	add(true, "SLICE", O{Code: schema.BuiltinOperatorSLICE}, []int32{1, 8, 15, 3}, ints(0, 4, 1, 0), ints(1, 8, -1, 3))
	add(false, "SLICE outside", O{Code: schema.BuiltinOperatorSLICE}, []int32{1, 16, 16, 3}, ints(0, 4, 0, 0), ints(1, 16, 16, 3))
	strided := func(begin, end, shrink int32) O {
		return O{Code: schema.BuiltinOperatorSTRIDED_SLICE, Options: schema.BuiltinOptionsStridedSliceOptions, Fields: []any{begin, end, int32(0), int32(0), shrink}}
	}
	add(true, "STRIDED_SLICE", strided(0, 8, 1), []int32{8, 15, 3}, ints(0, 0, -15, 0), ints(0, 16, 16, 0), ints(1, 2, 1, 1))
	add(false, "STRIDED_SLICE stride 0", strided(0, 0, 0), same, ints(0, 0, 0, 0), ints(1, 16, 16, 3), ints(1, 0, 1, 1))
	add(false, "STRIDED_SLICE backwards", strided(0, 0, 0), same, ints(0, 15, 0, 0), ints(1, -17, 16, 3), ints(1, -1, 1, 1))
	gather := func(axis int32) O {
		return O{Code: schema.BuiltinOperatorGATHER, Options: schema.BuiltinOptionsGatherOptions, Fields: []any{axis, int32(0)}}
	}
	add(true, "GATHER", gather(3), same, ints(2, 1, 0))
	add(false, "GATHER outside", gather(3), same, ints(2, 1, 3))
	add(false, "GATHER negative", gather(3), same, ints(2, 1, -1))
	block := func(code schema.BuiltinOperator, options schema.BuiltinOptions, n int32) O {
		return O{Code: code, Options: options, Fields: []any{n}}
	}
	add(true, "SPACE_TO_DEPTH", block(schema.BuiltinOperatorSPACE_TO_DEPTH, schema.BuiltinOptionsSpaceToDepthOptions, 4), []int32{1, 4, 4, 48})
	add(false, "SPACE_TO_DEPTH block 0", block(schema.BuiltinOperatorSPACE_TO_DEPTH, schema.BuiltinOptionsSpaceToDepthOptions, 0), same)
	add(false, "DEPTH_TO_SPACE block", block(schema.BuiltinOperatorDEPTH_TO_SPACE, schema.BuiltinOptionsDepthToSpaceOptions, 2), []int32{1, 32, 32, 1})
	add(true, "DEPTH_TO_SPACE", block(schema.BuiltinOperatorDEPTH_TO_SPACE, schema.BuiltinOptionsDepthToSpaceOptions, 1), same)
	resize := O{Code: schema.BuiltinOperatorRESIZE_BILINEAR, Options: schema.BuiltinOptionsResizeBilinearOptions, Fields: []any{nil, nil, b(0), b(1)}}
	add(true, "RESIZE_BILINEAR", resize, []int32{1, 24, 20, 3}, ints(24, 20))
	add(false, "RESIZE_BILINEAR to 0", resize, []int32{1, 24, 20, 3}, ints(0, 20))
	nearest := O{Code: schema.BuiltinOperatorRESIZE_NEAREST_NEIGHBOR, Options: schema.BuiltinOptionsResizeNearestNeighborOptions, Fields: []any{b(0), b(1)}}
	add(true, "RESIZE_NEAREST_NEIGHBOR", nearest, []int32{1, 8, 8, 3}, ints(8, 8))
	return list
}

func TestRules(t *testing.T) {
	seen := map[schema.BuiltinOperator]bool{}
	all := operators()
	for _, s := range operators() {
		all = append(all, s.weighed()...)
	}
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			seen[s.graph.Operators[0].Code] = true
			_, err := verify.Check(s.graph.Bytes(), verify.Limits{})
			if s.good && err != nil {
				t.Error(err)
			}
			if !s.good && !errors.Is(err, verify.ErrDamaged) && !errors.Is(err, verify.ErrUnsupported) {
				t.Errorf("error %v", err)
			}
		})
	}
	for code := range schema.EnumNamesBuiltinOperator {
		allowed := slices.Contains(verify.Allowed(), code.String())
		elsewhere := code == schema.BuiltinOperatorQUANTIZE || code == schema.BuiltinOperatorCAST // in files of our writer
		if allowed && !seen[code] && !elsewhere {
			t.Errorf("%v is allowed and has no test here", code)
		}
	}
}

// weighed are the ways in which converters write the weights of an operator, apart from
// floats and integers with one scale: int8 with a scale for each channel, int8 weights of
// a float operator ("dynamic range"), and half precision that is expanded first.
func (s stage) weighed() []stage {
	o := s.graph.Operators[0]
	axis, ok := map[schema.BuiltinOperator]int{schema.BuiltinOperatorCONV_2D: 0, schema.BuiltinOperatorDEPTHWISE_CONV_2D: 3, schema.BuiltinOperatorFULLY_CONNECTED: 0}[o.Code]
	if !ok {
		return nil
	}
	channels := int(s.graph.Tensors[1].Shape[axis])
	scales, zeros := make([]float32, channels), make([]int64, channels)
	for i := range scales {
		scales[i] = .01 * float32(i+1)
	}
	perChannel := s.quantised(schema.TensorTypeINT8)
	weights := &perChannel.graph.Tensors[1]
	weights.Scales, weights.Zeros, weights.Axis = scales, zeros, int32(axis)
	if len(o.Inputs) > 2 {
		bias := &perChannel.graph.Tensors[2]
		bias.Scales, bias.Zeros = nil, zeros
		for _, scale := range scales {
			bias.Scales = append(bias.Scales, .05*scale)
		}
	}
	perChannel.name += " by channel"

	dynamic := s
	dynamic.name += " of dynamic range"
	dynamic.graph.Tensors = slices.Clone(s.graph.Tensors)
	dynamic.graph.Tensors[1] = *weights

	half := s
	half.name += " of half precision"
	half.graph.Tensors = slices.Clone(s.graph.Tensors)
	at := int32(len(half.graph.Tensors))
	stored := half.graph.Tensors[1]
	stored.Type, stored.Data = schema.TensorTypeFLOAT16, make([]byte, len(stored.Data)/2)
	half.graph.Tensors[1].Data = nil
	half.graph.Tensors = append(half.graph.Tensors, stored)
	half.graph.Operators = append([]verifytest.Operator{{Code: schema.BuiltinOperatorDEQUANTIZE, Inputs: []int32{at}, Outputs: []int32{1}}}, half.graph.Operators...)
	return []stage{perChannel, dynamic, half}
}

// variants are a stage and the same in other types.
func (s stage) variants() []stage {
	return append([]stage{s, s.quantised(schema.TensorTypeINT8), s.quantised(schema.TensorTypeUINT8)}, s.weighed()...)
}

// quantised is a stage in integers: every float becomes one, with a scale. Not every
// operator can be like that.
func (s stage) quantised(typ schema.TensorType) stage {
	g := s.graph
	g.Tensors = slices.Clone(g.Tensors)
	zero := int64(3)
	if typ == schema.TensorTypeUINT8 {
		zero = 131
	}
	for i, t := range g.Tensors {
		if t.Type != schema.TensorTypeFLOAT32 {
			continue
		}
		t.Type, t.Scales, t.Zeros = typ, []float32{.05}, []int64{zero}
		switch o := g.Operators[0]; {
		case len(t.Data) > 0 && len(o.Inputs) == 3 && o.Inputs[2] == int32(i) && o.Code != schema.BuiltinOperatorPADV2: // the bias
			t.Type, t.Scales, t.Zeros = schema.TensorTypeINT32, []float32{.0025}, []int64{0}
		case len(t.Data) > 0:
			t.Data = make([]byte, len(t.Data)/4)
			for j := range t.Data {
				t.Data[j] = byte(j)
			}
			if typ == schema.TensorTypeINT8 && o.Code != schema.BuiltinOperatorPADV2 {
				t.Zeros[0] = 0
			}
		}
		switch o := g.Operators[0]; {
		case o.Outputs[0] != int32(i):
		case o.Code == schema.BuiltinOperatorSOFTMAX:
			t.Scales, t.Zeros = []float32{1. / 256}, []int64{zero - 131} // -128 for INT8, 0 for UINT8
		case o.Code == schema.BuiltinOperatorL2_NORMALIZATION:
			t.Scales, t.Zeros = []float32{1. / 128}, []int64{zero - 3}
		}
		g.Tensors[i] = t
	}
	return stage{s.name + " of " + typ.String(), g, s.good}
}
