package verify

// modelIdentifier stands in bytes 4 to 7 of a .tflite file.
const modelIdentifier = "TFL3"

// modelTable describes the tables of a .tflite file that the library follows. The source
// is the schema of ai-edge-litert 2.3.0 (schema_py_generated.py of its wheel), which is
// newer than tensorflow/lite/schema/schema.fbs of TensorFlow 2.11: the fields after
// Buffer.data, Operator.intermediates, SubGraph.name and Model.signature_defs come from
// there. They hold data that lies outside the flatbuffer, or operators that are not
// built in, and are refused.
func modelTable() table {
	operatorCode := table{"OperatorCode", []field{
		{name: "deprecated_builtin_code", width: 1}, {name: "custom_code", kind: text}, {name: "version", width: 4}, {name: "builtin_code", width: 4},
	}}
	buffer := table{"Buffer", []field{
		{name: "data", kind: vector, width: 1}, {name: "offset", width: 8}, {name: "size", width: 8}, // offset and size: see parse
	}}
	metadata := table{"Metadata", []field{{name: "name", kind: text}, {name: "buffer", width: 4}}}
	subgraph, signature := subgraphTable(), signatureTable()
	return table{"Model", []field{
		{name: "version", width: 4},
		{name: "operator_codes", kind: many, table: &operatorCode},
		{name: "subgraphs", kind: many, table: &subgraph},
		{name: "description", kind: text},
		{name: "buffers", kind: many, table: &buffer},
		{name: "metadata_buffer", kind: vector, width: 4},
		{name: "metadata", kind: many, table: &metadata},
		{name: "signature_defs", kind: many, table: &signature},
		{name: "external_buffer_groups", kind: refused},
		{name: "external_buffers", kind: refused},
	}}
}

func signatureTable() table {
	tensorMap := table{"TensorMap", []field{{name: "name", kind: text}, {name: "tensor_index", width: 4}}}
	return table{"SignatureDef", []field{
		{name: "inputs", kind: many, table: &tensorMap},
		{name: "outputs", kind: many, table: &tensorMap},
		{name: "signature_key", kind: text},
		{name: "deprecated_tag", kind: text},
		{name: "subgraph_index", width: 4},
	}}
}

func subgraphTable() table {
	quantisation := table{"QuantizationParameters", []field{
		{name: "min", kind: vector, width: 4}, {name: "max", kind: vector, width: 4},
		{name: "scale", kind: vector, width: 4}, {name: "zero_point", kind: vector, width: 8},
		{name: "details_type", width: 1}, {name: "details", kind: refused},
		{name: "quantized_dimension", width: 4},
	}}
	tensor := table{"Tensor", []field{
		{name: "shape", kind: vector, width: 4}, {name: "type", width: 1}, {name: "buffer", width: 4}, {name: "name", kind: text},
		{name: "quantization", kind: one, table: &quantisation},
		{name: "is_variable", width: 1}, {name: "sparsity", kind: refused}, {name: "shape_signature", kind: vector, width: 4},
		{name: "has_rank", width: 1}, {name: "variant_tensors", kind: vector, width: 4}, {name: "external_buffer", width: 4}, // see parse
	}}
	operator := table{"Operator", []field{
		{name: "opcode_index", width: 4}, {name: "inputs", kind: vector, width: 4}, {name: "outputs", kind: vector, width: 4},
		{name: "builtin_options_type", width: 1}, {name: "builtin_options", kind: union, union: optionTables()},
		{name: "custom_options", kind: vector, width: 1}, {name: "custom_options_format", width: 1},
		{name: "mutating_variable_inputs", kind: vector, width: 1}, {name: "intermediates", kind: vector, width: 4},
		{name: "large_custom_options_offset", width: 8}, {name: "large_custom_options_size", width: 8},
		{name: "builtin_options_2_type", width: 1}, {name: "builtin_options_2", kind: refused},
		{name: "debug_metadata_index", width: 4},
	}}
	return table{"SubGraph", []field{
		{name: "tensors", kind: many, table: &tensor},
		{name: "inputs", kind: vector, width: 4}, {name: "outputs", kind: vector, width: 4},
		{name: "operators", kind: many, table: &operator},
		{name: "name", kind: text}, {name: "debug_metadata_index", width: 4},
	}}
}

// Values of Operator.builtin_options_type for the tables that rules read or allow.
const (
	optionsNone            = 0
	optionsConv2D          = 1
	optionsDepthwiseConv2D = 2
	optionsPool2D          = 5
	optionsFullyConnected  = 8
	optionsSoftmax         = 9
	optionsConcatenation   = 10
	optionsAdd             = 11
	optionsL2Norm          = 12
	optionsResizeBilinear  = 15
	optionsReshape         = 17
	optionsSpaceToDepth    = 19
	optionsMul             = 21
	optionsPad             = 22
	optionsGather          = 23
	optionsTranspose       = 26
	optionsReducer         = 27
	optionsSub             = 28
	optionsDiv             = 29
	optionsSqueeze         = 30
	optionsStridedSlice    = 32
	optionsExp             = 33
	optionsSplit           = 35
	optionsCast            = 37
	optionsDequantize      = 38
	optionsMaximumMinimum  = 39
	optionsNeg             = 42
	optionsPadV2           = 43
	optionsSlice           = 47
	optionsExpandDims      = 52
	optionsPow             = 56
	optionsPack            = 59
	optionsSquare          = 66
	optionsResizeNearest   = 74
	optionsLeakyRelu       = 75
	optionsSquaredDiff     = 76
	optionsMirrorPad       = 77
	optionsAbs             = 78
	optionsQuantize        = 89
	optionsHardSwish       = 91
	optionsDepthToSpace    = 94
	optionsBatchMatMul     = 101
	optionsGelu            = 116
)

// optionTables describes the options of the operators that rules allow, by the type of
// the union.
func optionTables() map[byte]table {
	b, i, f := func(name string) field { return field{name: name, width: 1} },
		func(name string) field { return field{name: name, width: 4} },
		func(name string) field { return field{name: name, width: 4} }
	activation := b("fused_activation_function")
	tables := map[byte]table{
		optionsConv2D: {"Conv2DOptions", []field{b("padding"), i("stride_w"), i("stride_h"), activation,
			i("dilation_w_factor"), i("dilation_h_factor"), b("quantized_bias_type")}},
		optionsDepthwiseConv2D: {"DepthwiseConv2DOptions", []field{b("padding"), i("stride_w"), i("stride_h"), i("depth_multiplier"), activation,
			i("dilation_w_factor"), i("dilation_h_factor")}},
		optionsPool2D: {"Pool2DOptions", []field{b("padding"), i("stride_w"), i("stride_h"), i("filter_width"), i("filter_height"), activation}},
		optionsFullyConnected: {"FullyConnectedOptions", []field{activation, b("weights_format"), b("keep_num_dims"),
			b("asymmetric_quantize_inputs"), b("quantized_bias_type"), {name: "quant_spec", kind: refused}}},
		optionsSoftmax:        {"SoftmaxOptions", []field{f("beta")}},
		optionsConcatenation:  {"ConcatenationOptions", []field{i("axis"), activation}},
		optionsAdd:            {"AddOptions", []field{activation, b("pot_scale_int16")}},
		optionsSub:            {"SubOptions", []field{activation, b("pot_scale_int16")}},
		optionsMul:            {"MulOptions", []field{activation}},
		optionsDiv:            {"DivOptions", []field{activation}},
		optionsL2Norm:         {"L2NormOptions", []field{activation}},
		optionsResizeBilinear: {"ResizeBilinearOptions", []field{i("new_height"), i("new_width"), b("align_corners"), b("half_pixel_centers")}},
		optionsResizeNearest:  {"ResizeNearestNeighborOptions", []field{b("align_corners"), b("half_pixel_centers")}},
		optionsReshape:        {"ReshapeOptions", []field{{name: "new_shape", kind: vector, width: 4}}},
		optionsSpaceToDepth:   {"SpaceToDepthOptions", []field{i("block_size")}},
		optionsDepthToSpace:   {"DepthToSpaceOptions", []field{i("block_size")}},
		optionsGather:         {"GatherOptions", []field{i("axis"), i("batch_dims")}},
		optionsReducer:        {"ReducerOptions", []field{b("keep_dims")}},
		optionsSqueeze:        {"SqueezeOptions", []field{{name: "squeeze_dims", kind: vector, width: 4}}},
		optionsStridedSlice: {"StridedSliceOptions", []field{i("begin_mask"), i("end_mask"), i("ellipsis_mask"), i("new_axis_mask"),
			i("shrink_axis_mask"), b("offset")}},
		optionsSplit:       {"SplitOptions", []field{i("num_splits")}},
		optionsCast:        {"CastOptions", []field{b("in_data_type"), b("out_data_type")}},
		optionsPack:        {"PackOptions", []field{i("values_count"), i("axis")}},
		optionsLeakyRelu:   {"LeakyReluOptions", []field{f("alpha")}},
		optionsMirrorPad:   {"MirrorPadOptions", []field{b("mode")}},
		optionsBatchMatMul: {"BatchMatMulOptions", []field{b("adj_x"), b("adj_y"), b("asymmetric_quantize_inputs")}},
		optionsGelu:        {"GeluOptions", []field{b("approximate")}},
	}
	for _, empty := range []byte{optionsPad, optionsTranspose, optionsExp, optionsDequantize, optionsMaximumMinimum, optionsNeg, optionsPadV2,
		optionsSlice, optionsExpandDims, optionsPow, optionsSquare, optionsSquaredDiff, optionsAbs, optionsQuantize, optionsHardSwish} {
		tables[empty] = table{name: "options"}
	}
	return tables
}

// metadataIdentifier stands in bytes 4 to 7 of the buffer TFLITE_METADATA.
const metadataIdentifier = "M001"

// metadataTable describes what [File] takes from the buffer TFLITE_METADATA. The source
// is metadata_schema.fbs of mediapipe 1.2.3. The library does not read this buffer, so
// fields of newer schemas are ignored there: see checkMetadata.
func metadataTable() table {
	const normalizationOptions = 1 // in the union ProcessUnitOptions
	unit := table{"ProcessUnit", []field{{name: "options_type", width: 1}, {name: "options", kind: union, union: map[byte]table{
		normalizationOptions: {"NormalizationOptions", []field{{name: "mean", kind: vector, width: 4}, {name: "std", kind: vector, width: 4}}},
	}}}}
	tensor := table{"TensorMetadata", []field{
		{name: "name", kind: text}, {name: "description", kind: text}, {name: "dimension_names", kind: texts},
		{name: "content", kind: ignored}, {name: "process_units", kind: many, table: &unit}, {name: "stats", kind: ignored}, {name: "associated_files", kind: ignored},
	}}
	subgraph := table{"SubGraphMetadata", []field{
		{name: "name", kind: text}, {name: "description", kind: text},
		{name: "input_tensor_metadata", kind: many, table: &tensor}, {name: "output_tensor_metadata", kind: many, table: &tensor},
		{name: "associated_files", kind: ignored}, {name: "input_process_units", kind: ignored}, {name: "output_process_units", kind: ignored},
		{name: "input_tensor_groups", kind: ignored}, {name: "output_tensor_groups", kind: ignored}, {name: "custom_metadata", kind: ignored},
	}}
	return table{"ModelMetadata", []field{
		{name: "name", kind: text}, {name: "description", kind: text}, {name: "version", kind: text},
		{name: "subgraph_metadata", kind: many, table: &subgraph},
		{name: "author", kind: text}, {name: "license", kind: text}, {name: "associated_files", kind: ignored}, {name: "min_parser_version", kind: text},
	}}
}
