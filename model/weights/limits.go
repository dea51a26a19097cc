package weights

// Limits bound what a file may ask for. The zero value takes the defaults.
type Limits struct {
	FileBytes   int64 // size of the file; default 1 GiB
	Tensors     int   // default 10,000
	HeaderBytes int   // pickles, or the JSON header, or a zip archive's directory; default 8 MiB
}

// objectFactor is how much memory the objects of a pickle may take for each
// byte of Limits.HeaderBytes. Usual ones take about 10.
const objectFactor = 8

func (l Limits) withDefaults() Limits {
	if l.FileBytes == 0 {
		l.FileBytes = 1 << 30
	}
	if l.Tensors == 0 {
		l.Tensors = 10_000
	}
	if l.HeaderBytes == 0 {
		l.HeaderBytes = 8 << 20
	}
	return l
}
