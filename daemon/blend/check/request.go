package check

import (
	"errors"
	"fmt"
	"time"

	"edgeclr/model/weights"
	"edgeclr/tflite/litert"
)

// Request says what the child computes.
type Request struct {
	// Model is a .tflite file with one input. Its first output is the vector.
	Model []byte
	// Library is the path of LiteRT, as [litert.Load] takes it.
	Library string
	// Options say on what LiteRT computes.
	Options litert.Options
	// Inputs are the bytes of the input, one for each picture.
	Inputs [][]byte

	// Reference is what TensorFlow computes for the same pictures. Nil: nothing, and
	// TensorFlow is not loaded.
	Reference *Reference

	// Timeout bounds the life of the child. 0: DefaultTimeout.
	Timeout time.Duration
}

// DefaultTimeout is generous: a small board reads 600 MB of TensorFlow from an SD card.
const DefaultTimeout = 3 * time.Minute

// Reference is an encoder in TensorFlow. The inputs of its request are squares of Size
// pixels: Size x Size x 3 bytes of RGB.
type Reference struct {
	Arch    string // a name that [arch.Get] knows
	Size    int
	Threads int         // 0: all cores
	Weights weights.Set // the encoder's tensors
}

// Result is what the child has computed.
type Result struct {
	Library     string             // the version of LiteRT
	Accelerator litert.Accelerator // that ran the file
	Outputs     [][]byte           // the first output for each input
	Vectors     [][]float32        // by TensorFlow, of length 1; nil without a Reference
}

// CrashError says that the child ended without an answer.
type CrashError struct {
	How   string // how it ended: "signal: killed"
	Said  string // the beginning of its standard error
	Timed bool   // it did not finish in time
}

func (e *CrashError) Error() string {
	text := "the child process that tried the encoder ended: " + e.How
	if e.Timed {
		text = "the child process that tried the encoder was ended: it took longer than " + e.How
	}
	if e.Said != "" {
		text += ": " + e.Said
	}
	return text
}

// check refuses a request that the child could not carry out.
func (r Request) check() error {
	if len(r.Inputs) == 0 {
		return errors.New("no picture to try the encoder on")
	}
	if r.Reference == nil {
		return nil
	}
	for i, in := range r.Inputs {
		if want := 3 * r.Reference.Size * r.Reference.Size; len(in) != want {
			return fmt.Errorf("picture %d has %d bytes; a square of %d px has %d", i, len(in), r.Reference.Size, want)
		}
	}
	return nil
}
