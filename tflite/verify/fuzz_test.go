package verify_test

import (
	"testing"

	"edgeclr/tflite/internal/schema"
	"edgeclr/tflite/verify"
	"edgeclr/tflite/verify/verifytest"
)

// Check takes any bytes: it returns a file that keeps the limits, or an error, and never
// panics.
func FuzzCheck(f *testing.F) {
	for _, data := range exported(f) {
		f.Add(data)
	}
	for _, typ := range []schema.TensorType{schema.TensorTypeFLOAT32, schema.TensorTypeUINT8, schema.TensorTypeINT8} {
		f.Add(verifytest.Encoder(32, typ).Bytes())
	}
	for _, s := range operators() {
		for _, s := range s.variants() {
			f.Add(s.graph.Bytes())
		}
	}
	f.Add([]byte("\x1c\x00\x00\x00TFL3"))
	limits := verify.Limits{MaxSide: 512, Dim: 4096}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := verify.Check(data, limits)
		if (file == nil) == (err == nil) {
			t.Fatalf("file %v, error %v", file, err)
		}
		if err == nil && (file.Size < 16 || file.Size > 512 || file.Dim < 2 || file.Dim > 4096 || file.Arena <= 0 || file.MACs <= 0) {
			t.Errorf("file %+v does not keep the limits", *file)
		}
	})
}
