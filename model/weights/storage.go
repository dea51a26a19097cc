package weights

// storage is a flat run of values in a .pth file. Several tensors may be views
// of one.
type storage struct {
	key    string
	dtype  dtype
	length int // values, as the pickle claims
}
