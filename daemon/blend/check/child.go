package check

import (
	"bufio"
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"edgeclr/camera/rgb"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/tflite/litert"
)

// Child does the work of a child process and returns true when this process is one that
// [Run] started. Then the caller exits at once. It is the first call of main.
func Child() bool {
	if !isChild() {
		return false
	}
	// When memory runs out, the kernel ends this process and not the service.
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0)
	reply := os.NewFile(3, "reply")
	defer reply.Close()
	var a answer
	if err := serve(os.Stdin, &a); err != nil {
		a.fail(err)
	}
	_ = gob.NewEncoder(reply).Encode(a) // the parent sees that nothing came
	return true
}

// isChild tells whether Run started this process.
func isChild() bool { return len(os.Args) == 2 && os.Args[1] == command }

// serve reads what to do and does it.
func serve(in io.Reader, a *answer) error {
	b := bufio.NewReaderSize(in, 1<<16) // gob reads no byte too many from it
	var h header
	if err := gob.NewDecoder(b).Decode(&h); err != nil {
		return fmt.Errorf("reading the request: %w", err)
	}
	var set weights.Set
	if h.Weights {
		data, err := io.ReadAll(b)
		if err == nil {
			set, err = weights.Read(bytes.NewReader(data), int64(len(data)), weights.Limits{})
		}
		if err != nil {
			return fmt.Errorf("reading the weights: %w", err)
		}
	}
	switch {
	case h.Calibration != nil:
		h.Calibration.Network.Weights = set
		return h.Calibration.run(&a.Calibrated)
	case h.Request != nil:
		if h.Request.Reference != nil {
			h.Request.Reference.Weights = set
		}
		if err := h.Request.run(&a.Result); err != nil {
			return err
		}
		return h.Request.refer(&a.Result)
	}
	return errors.New("the request is empty")
}

// run computes the vectors of the file.
func (r Request) run(result *Result) error {
	library, err := litert.Load(r.Library)
	if err != nil {
		return err
	}
	network, err := library.Open(r.Model, r.Options)
	if err != nil {
		return err
	}
	defer network.Close()
	outputs := make([][]byte, len(network.Outputs()))
	for i, t := range network.Outputs() {
		outputs[i] = make([]byte, t.Bytes)
	}
	for i, input := range r.Inputs {
		if err := network.Run([][]byte{input}, outputs); err != nil {
			return fmt.Errorf("picture %d: %w", i, err)
		}
		result.Outputs = append(result.Outputs, slices.Clone(outputs[0]))
	}
	result.Library, result.Accelerator = library.Version(), network.Ran()
	return nil
}

// refer computes the vectors of the reference.
func (r Request) refer(result *Result) error {
	if r.Reference == nil {
		return nil
	}
	a, err := arch.Get(r.Reference.Arch)
	if err != nil {
		return err
	}
	size, pictures := r.Reference.Size, squares(r.Reference.Size, r.Inputs)
	encoder, err := model.NewEncoder(r.Reference.Weights, model.EncoderOptions{
		Arch: a, Size: size, Runtime: model.Runtime{Threads: r.Reference.Threads, Device: "cpu"}})
	if err != nil {
		return err
	}
	defer encoder.Close()
	result.Vectors, err = encoder.Embed(context.Background(), pictures)
	return err
}

// squares are pictures of size x size pixels.
func squares(size int, pixels [][]byte) []*rgb.Image {
	pictures := make([]*rgb.Image, len(pixels))
	for i, p := range pixels {
		pictures[i] = &rgb.Image{Width: size, Height: size, Pix: p}
	}
	return pictures
}
