package tflite_test

import (
	"bytes"
	"testing"

	"edgeclr/model/arch"
	"edgeclr/model/arch/archtest"
	"edgeclr/model/weights"
	"edgeclr/tflite"
)

// Equal models give equal bytes.
func TestEncodeTwice(t *testing.T) {
	a := archtest.Tiny()
	plan, err := arch.NewPlan(a, 32)
	if err != nil {
		t.Fatal(err)
	}
	encode := func() []byte {
		data, err := tflite.Model{Plan: plan, Encoders: []weights.Set{archtest.Weights(a)}}.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	if !bytes.Equal(encode(), encode()) {
		t.Error("two files of one model differ")
	}
}
