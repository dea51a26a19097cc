package weights_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"edgeclr/model/weights"
)

// A checkpoint of PyTorch holds more than the encoder needs. The classifier and batch
// norm's counter are optional here.
func ExampleSet_Match() {
	set, err := weights.ReadFile("../../testdata/golden/weights/checkpoint.pth", weights.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("file:", strings.Join(set.Names(), " "))

	kernel := []weights.Spec{{Name: "0.weight", Shape: []int{4, 3, 3, 3}}}
	set, err = set.Match(kernel, func(name string) bool { return strings.HasPrefix(name, "1.") })
	fmt.Println("matched:", strings.Join(set.Names(), " "), err)
	// Output:
	// file: 0.weight 1.weight 1.bias 1.running_mean 1.running_var 1.num_batches_tracked
	// matched: 0.weight <nil>
}

func ExampleMismatchError() {
	set := weights.Set{{Name: "conv1.weight", Shape: []int{2}, Data: []float32{1, 2}}}
	_, err := set.Match([]weights.Spec{{Name: "conv1.weight", Shape: []int{3}}, {Name: "fc.bias", Shape: []int{1}}}, nil)
	if mismatch, ok := errors.AsType[*weights.MismatchError](err); ok {
		fmt.Println(mismatch.Missing, mismatch.Shapes[0].Have)
	}
	fmt.Println(err)
	// Output:
	// [fc.bias] [2]
	// the tensors do not fit the architecture: 1 missing (fc.bias); 1 of another shape (conv1.weight is [2] and should be [3])
}

func ExampleWriteSafetensors() {
	set := weights.Set{{Name: "scale", Shape: []int{2}, Data: []float32{1, -0.5}}}
	var file bytes.Buffer
	if err := weights.WriteSafetensors(&file, set, map[string]string{"arch": "resnet18"}); err != nil {
		fmt.Println(err)
		return
	}
	back, err := weights.Read(bytes.NewReader(file.Bytes()), int64(file.Len()), weights.Limits{})
	fmt.Println(back, err)
	// Output: [{scale [2] [1 -0.5]}] <nil>
}
