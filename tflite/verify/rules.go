package verify

import (
	"fmt"
	"slices"
)

// rule says what an operator must look like. The checks are those that the library's
// kernels rely on (tensorflow/lite/kernels of TensorFlow 2.11), and stricter where a
// kernel would abort or divide by zero.
type rule struct {
	code    int // BuiltinOperator of the schema
	name    string
	options byte   // type of its options
	inputs  [2]int // least and most
	types   []Type // of the first input

	needsOptions bool // without its options the library takes zeros, such as a stride of 0
	optionalBias bool // input 2 may be -1
	converts     bool // the output may have another type
	weighs       bool // it multiplies by weights
	moves        bool // it moves values and calculates nothing, so that integers need no scale

	shape   func(o *operator) ([]int, error) // shape of the one output
	several func(o *operator) error          // of an operator with several outputs, instead of shape
}

// rules lists the operators that are allowed: those of image encoders that current
// converters write. To allow one more, add its line, its options to optionTables, and a
// test.
func rules() []rule {
	float, numbers := []Type{Float32}, []Type{Float32, Int8, Uint8}
	all := []Type{Float32, Int8, Uint8, Int32}
	anything := [2]int{1, 128}
	one, two, three := [2]int{1, 1}, [2]int{2, 2}, [2]int{3, 3}
	return []rule{
		// CONV_2D without a bias is refused by LiteRT 2.3.0, and DEPTHWISE_CONV_2D crashes it.
		{code: 3, name: "CONV_2D", options: optionsConv2D, inputs: three, types: numbers, needsOptions: true, weighs: true, shape: convolution},
		{code: 4, name: "DEPTHWISE_CONV_2D", options: optionsDepthwiseConv2D, inputs: three, types: numbers, needsOptions: true, weighs: true, shape: depthwise},
		{code: 9, name: "FULLY_CONNECTED", options: optionsFullyConnected, inputs: [2]int{2, 3}, types: numbers, needsOptions: true, optionalBias: true, weighs: true, shape: fullyConnected},
		{code: 126, name: "BATCH_MATMUL", options: optionsBatchMatMul, inputs: two, types: []Type{Float32, Int8}, needsOptions: true, shape: batchMatMul},

		{code: 1, name: "AVERAGE_POOL_2D", options: optionsPool2D, inputs: one, types: numbers, needsOptions: true, shape: pool},
		{code: 17, name: "MAX_POOL_2D", options: optionsPool2D, inputs: one, types: numbers, needsOptions: true, shape: pool},
		{code: 40, name: "MEAN", options: optionsReducer, inputs: two, types: numbers, shape: reduce},
		{code: 74, name: "SUM", options: optionsReducer, inputs: two, types: numbers, shape: reduce},
		{code: 82, name: "REDUCE_MAX", options: optionsReducer, inputs: two, types: numbers, shape: reduce},
		{code: 89, name: "REDUCE_MIN", options: optionsReducer, inputs: two, types: numbers, shape: reduce},
		{code: 11, name: "L2_NORMALIZATION", options: optionsL2Norm, inputs: one, types: numbers, shape: l2Normalization},
		{code: 25, name: "SOFTMAX", options: optionsSoftmax, inputs: one, types: numbers, needsOptions: true, shape: softmax},

		{code: 0, name: "ADD", options: optionsAdd, inputs: two, types: numbers, shape: sum},
		{code: 41, name: "SUB", options: optionsSub, inputs: two, types: numbers, shape: sum},
		{code: 18, name: "MUL", options: optionsMul, inputs: two, types: numbers, shape: pairwise},
		{code: 42, name: "DIV", options: optionsDiv, inputs: two, types: float, shape: pairwise},
		{code: 55, name: "MAXIMUM", options: optionsMaximumMinimum, inputs: two, types: numbers, shape: pairwise},
		{code: 57, name: "MINIMUM", options: optionsMaximumMinimum, inputs: two, types: numbers, shape: pairwise},
		{code: 78, name: "POW", options: optionsPow, inputs: two, types: float, shape: pairwise},
		{code: 99, name: "SQUARED_DIFFERENCE", options: optionsSquaredDiff, inputs: two, types: float, shape: pairwise},
		{code: 54, name: "PRELU", inputs: two, types: numbers, shape: prelu},

		{code: 19, name: "RELU", inputs: one, types: numbers, shape: unary},
		{code: 20, name: "RELU_N1_TO_1", inputs: one, types: numbers, shape: unary},
		{code: 21, name: "RELU6", inputs: one, types: numbers, shape: unary},
		{code: 98, name: "LEAKY_RELU", options: optionsLeakyRelu, inputs: one, types: numbers, needsOptions: true, shape: leakyRelu},
		{code: 14, name: "LOGISTIC", inputs: one, types: numbers, shape: unary},
		{code: 28, name: "TANH", inputs: one, types: numbers, shape: unary},
		{code: 111, name: "ELU", inputs: one, types: []Type{Float32, Int8}, shape: unary},
		{code: 117, name: "HARD_SWISH", options: optionsHardSwish, inputs: one, types: numbers, shape: unary},
		{code: 150, name: "GELU", options: optionsGelu, inputs: one, types: numbers, shape: unary},
		{code: 47, name: "EXP", options: optionsExp, inputs: one, types: float, shape: unary},
		{code: 59, name: "NEG", options: optionsNeg, inputs: one, types: float, shape: unary},
		{code: 75, name: "SQRT", inputs: one, types: float, shape: unary},
		{code: 76, name: "RSQRT", inputs: one, types: float, shape: unary},
		{code: 92, name: "SQUARE", options: optionsSquare, inputs: one, types: float, shape: unary},
		{code: 101, name: "ABS", options: optionsAbs, inputs: one, types: float, shape: unary},

		{code: 114, name: "QUANTIZE", options: optionsQuantize, inputs: one, types: numbers, converts: true, shape: quantize},
		{code: 6, name: "DEQUANTIZE", options: optionsDequantize, inputs: one, types: []Type{Float16, Int8, Uint8}, converts: true, moves: true, shape: dequantize},
		{code: 53, name: "CAST", options: optionsCast, inputs: one, types: all, converts: true, moves: true, shape: cast},

		{code: 22, name: "RESHAPE", options: optionsReshape, inputs: [2]int{1, 2}, types: all, moves: true, shape: reshape},
		{code: 43, name: "SQUEEZE", options: optionsSqueeze, inputs: one, types: all, moves: true, shape: squeeze},
		{code: 70, name: "EXPAND_DIMS", options: optionsExpandDims, inputs: two, types: all, moves: true, shape: expandDims},
		{code: 39, name: "TRANSPOSE", options: optionsTranspose, inputs: two, types: numbers, moves: true, shape: transpose},
		{code: 34, name: "PAD", options: optionsPad, inputs: two, types: numbers, moves: true, shape: pad},
		{code: 60, name: "PADV2", options: optionsPadV2, inputs: three, types: numbers, moves: true, shape: padWith},
		{code: 100, name: "MIRROR_PAD", options: optionsMirrorPad, inputs: two, types: numbers, needsOptions: true, moves: true, shape: mirrorPad},
		{code: 2, name: "CONCATENATION", options: optionsConcatenation, inputs: anything, types: numbers, needsOptions: true, shape: concatenation},
		{code: 83, name: "PACK", options: optionsPack, inputs: anything, types: numbers, needsOptions: true, moves: true, shape: pack},
		{code: 49, name: "SPLIT", options: optionsSplit, inputs: two, types: []Type{Int32}, needsOptions: true, converts: true, moves: true, several: split},
		{code: 65, name: "SLICE", options: optionsSlice, inputs: three, types: numbers, moves: true, shape: slice},
		{code: 45, name: "STRIDED_SLICE", options: optionsStridedSlice, inputs: [2]int{4, 4}, types: numbers, needsOptions: true, moves: true, shape: stridedSlice},
		{code: 36, name: "GATHER", options: optionsGather, inputs: two, types: numbers, needsOptions: true, moves: true, shape: gather},
		{code: 26, name: "SPACE_TO_DEPTH", options: optionsSpaceToDepth, inputs: one, types: numbers, needsOptions: true, moves: true, shape: spaceToDepth},
		{code: 5, name: "DEPTH_TO_SPACE", options: optionsDepthToSpace, inputs: one, types: numbers, needsOptions: true, moves: true, shape: depthToSpace},
		{code: 23, name: "RESIZE_BILINEAR", options: optionsResizeBilinear, inputs: two, types: numbers, needsOptions: true, shape: resizeBilinear},
		{code: 97, name: "RESIZE_NEAREST_NEIGHBOR", options: optionsResizeNearest, inputs: two, types: numbers, needsOptions: true, moves: true, shape: resizeNearest},
	}
}

// otherOperators names operators that files of other kinds have, for the message.
var otherOperators = map[int]string{
	7: "EMBEDDING_LOOKUP", 10: "HASHTABLE_LOOKUP", 16: "LSTM", 24: "RNN", 27: "SVDF", 32: "CUSTOM", 44: "UNIDIRECTIONAL_SEQUENCE_LSTM", 48: "TOPK_V2",
	56: "ARG_MAX", 67: "TRANSPOSE_CONV", 77: "SHAPE", 94: "FILL", 118: "IF", 119: "WHILE", 120: "NON_MAX_SUPPRESSION_V4", 121: "NON_MAX_SUPPRESSION_V5", 124: "DENSIFY",
	129: "CALL_ONCE", 130: "BROADCAST_TO", 136: "HASHTABLE", 142: "VAR_HANDLE", 143: "READ_VARIABLE", 144: "ASSIGN_VARIABLE", 206: "STABLEHLO_COMPOSITE",
}

// findRules finds the rule of each operator code. The library looks them all up, used or
// not. A code stands in one of two fields: the first is a byte, and too small for new
// operators.
func findRules(codes []view) ([]rule, error) {
	const deprecatedCode, customCode, builtinCode = 0, 1, 3
	known := map[int]rule{}
	for _, r := range rules() {
		known[r.code] = r
	}
	found := make([]rule, len(codes))
	for i, v := range codes {
		code := max(int(int8(v.byte(deprecatedCode))), v.int32(builtinCode, 0))
		r, ok := known[code]
		if ok {
			found[i] = r
			continue
		}
		name := otherOperators[code]
		if name == "" {
			name = fmt.Sprintf("number %d", code)
		}
		if custom := v.string(customCode); code == 32 && custom != "" {
			name = fmt.Sprintf("CUSTOM %q", shortened(custom))
		}
		return nil, unsupported(fmt.Sprintf("operator code %d", i), mendOperator, "the operator %s is not one of those that image encoders use", name)
	}
	return found, nil
}

// Allowed lists the names of the operators that a file may have.
func Allowed() []string {
	var names []string
	for _, r := range rules() {
		names = append(names, r.name)
	}
	slices.Sort(names)
	return names
}
