package weights

// storage is a flat run of values in a .pth file. Several tensors may be views
// of one.
type storage struct {
	key    string
	dtype  dtype
	length int // values, as the pickle claims
}

// storageType maps the names of PyTorch's storage classes.
func storageType(name string) (dtype, bool) {
	switch name {
	case "FloatStorage":
		return float32Type, true
	case "DoubleStorage":
		return float64Type, true
	case "HalfStorage":
		return float16Type, true
	case "BFloat16Storage":
		return bfloat16Type, true
	case "LongStorage":
		return int64Type, true
	case "IntStorage":
		return int32Type, true
	case "ShortStorage":
		return int16Type, true
	case "CharStorage":
		return int8Type, true
	case "ByteStorage":
		return uint8Type, true
	case "BoolStorage":
		return boolType, true
	}
	return 0, false
}
