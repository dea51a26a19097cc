package verify

import (
	"math"
	"slices"
)

// readMetadata reads name, description and normalisation from the buffer
// TFLITE_METADATA. A file without it, or with metadata of another kind, has none.
func (f *File) readMetadata(data []byte, in *tensor) error {
	if !identified(data, metadataIdentifier) {
		return nil
	}
	if err := (&structure{data: data, newer: true}).check(metadataTable()); err != nil {
		return err
	}
	v := rootView(data)
	f.Name = v.string(0)
	if text := v.string(1); text != "" {
		f.Description = text
	}
	for _, graph := range v.tables(3) {
		for _, input := range graph.tables(2) {
			for _, unit := range input.tables(4) {
				const normalizationOptions = 1
				if unit.byte(0) != normalizationOptions || f.Normalization != nil {
					continue
				}
				f.Normalization = &Normalization{Mean: unit.table(1).float32s(0), Std: unit.table(1).float32s(1)}
				if err := f.Normalization.Check(); err != nil {
					return damaged("the metadata of "+in.where(), "%v", err)
				}
			}
		}
	}
	return nil
}

// Check tells whether the numbers can be used.
func (n *Normalization) Check() error {
	count := func(values []float32) bool { return len(values) == 1 || len(values) == 3 }
	finite := func(x float32) bool { return !math.IsNaN(float64(x)) && math.Abs(float64(x)) <= 1e6 }
	if !count(n.Mean) || !count(n.Std) {
		return errNormalization
	}
	for _, x := range slices.Concat(n.Mean, n.Std) {
		if !finite(x) {
			return errNormalization
		}
	}
	for _, x := range n.Std {
		if !(math.Abs(float64(x)) >= 1e-6) {
			return errNormalization
		}
	}
	return nil
}
