package blend

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"edgeclr/internal/tensor"
	"edgeclr/storage"
	"edgeclr/tflite/verify"
)

// FileArch is the architecture that a checkpoint of the kind storage.CheckpointFile
// names: what is in a user's own .tflite file. [arch.Get] does not know it, since the
// file can be run and not trained.
const FileArch = "file"

// EncoderFile is a user's own encoder: a .tflite file that passed [verify.Check], and
// how pixels become its input.
type EncoderFile struct {
	data []byte // nil once a network is open, which has a copy
	hash string
	is   *verify.File

	// given is the normalisation that the configuration gives, nil for that of the file.
	given *verify.Normalization
	// scale is the normalisation that holds, nil for pixels as they are.
	scale *verify.Normalization
}

// Scaling says how pixels of 0 to 255 become a float input: (pixel - mean) / std, with
// one number or one for each of R, G, B. Empty: the file's metadata say it.
type Scaling struct {
	Mean, Std []float32
	// MeanKey and StdKey are what a user sets, for messages. "": those of encoder.file.
	MeanKey, StdKey string
}

func (s Scaling) keys() (mean, std string) {
	return cmp.Or(s.MeanKey, "encoder.mean"), cmp.Or(s.StdKey, "encoder.std")
}

// NewEncoderFile checks the bytes of a .tflite file. The errors say what is wrong and what
// mends it.
func NewEncoderFile(data []byte, scaling Scaling) (*EncoderFile, error) {
	is, err := verify.Check(data, verify.Limits{Dim: storage.MaxVector})
	if err != nil {
		return nil, err
	}
	meanKey, stdKey := scaling.keys()
	f := &EncoderFile{data: data, is: is, scale: is.Normalization}
	sum := sha256.Sum256(data)
	if mean, std := scaling.Mean, scaling.Std; len(mean) > 0 || len(std) > 0 {
		f.given = &verify.Normalization{Mean: mean, Std: std}
		if err := f.given.Check(); err != nil {
			return nil, fmt.Errorf("%s and %s: %w", meanKey, stdKey, err)
		}
		f.scale = f.given
		sum = sha256.Sum256(fmt.Appendf(sum[:], "%v %v", mean, std))
	}
	f.hash = hex.EncodeToString(sum[:])
	switch {
	case is.Input.Type == verify.Float32 && f.scale == nil:
		return nil, fmt.Errorf("the input is FLOAT32, and the file does not say which values it expects; "+
			"set %s and %s, such as 127.5 and 127.5 for values of -1 to 1, or 0 and 1 for values of 0 to 255", meanKey, stdKey)
	case is.Input.Type == verify.Uint8 && f.given == nil:
		f.scale = nil // the bytes of the picture, as MediaPipe gives them
	case is.Input.Type != verify.Float32 && is.Input.Scale == 0 && f.given != nil:
		return nil, fmt.Errorf("the input is %s without a scale, so that values cannot be brought into it; leave %s and %s empty", is.Input.Type, meanKey, stdKey)
	case is.Input.Type == verify.Int8 && is.Input.Scale == 0:
		f.scale = nil
	}
	return f, nil
}

// Size is the side of the square that the file sees, in pixels.
func (f *EncoderFile) Size() int { return f.is.Size }

// Dim is the number of values of its vector.
func (f *EncoderFile) Dim() int { return f.is.Dim }

// Hash names what the file computes, in hex: the SHA-256 of its bytes, or of that and the
// numbers of the configuration when it gives some.
func (f *EncoderFile) Hash() string { return f.hash }

// Checkpoint describes the file as a checkpoint, without note and time.
func (f *EncoderFile) Checkpoint() storage.Checkpoint {
	return storage.Checkpoint{Kind: storage.CheckpointFile, Arch: FileArch, Size: f.Size(), Dim: f.Dim(), SHA256: f.Hash()}
}

// Names of the tensors in which the store keeps a file.
const (
	fileTensor   = "file"   // the bytes, three in each value
	lengthTensor = "length" // of the file: the last value of fileTensor may have bytes too many
	meanTensor   = "mean"   // of the configuration, may be empty
	stdTensor    = "std"
)

// Tensors are the file as the store keeps it, so that neither a file that is moved nor
// one that is changed takes an old encoder away. A float32 holds whole numbers of up to
// 24 bits exactly, so each holds three bytes.
func (f *EncoderFile) Tensors() []tensor.Tensor {
	words := make([]float32, (len(f.data)+2)/3)
	for i := range words {
		var b [3]byte
		copy(b[:], f.data[3*i:])
		words[i] = float32(uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16)
	}
	one := func(name string, values []float32) tensor.Tensor {
		return tensor.Tensor{Name: name, Shape: []int{len(values)}, Data: values}
	}
	list := []tensor.Tensor{one(fileTensor, words), one(lengthTensor, []float32{float32(len(f.data) >> 12), float32(len(f.data) & (1<<12 - 1))})}
	if f.given != nil {
		list = append(list, one(meanTensor, f.given.Mean), one(stdTensor, f.given.Std))
	}
	return list
}

// encoderFileOf reads back what Tensors made, and checks the file again: nothing reaches
// the library without that.
func encoderFileOf(tensors []tensor.Tensor) (*EncoderFile, error) {
	values := func(name string) []float32 {
		i := slices.IndexFunc(tensors, func(t tensor.Tensor) bool { return t.Name == name })
		if i < 0 {
			return nil
		}
		return tensors[i].Data
	}
	words, length := values(fileTensor), values(lengthTensor)
	if len(length) != 2 {
		return nil, fmt.Errorf("the store's copy of the encoder file has no length")
	}
	n := int(length[0])<<12 | int(length[1])
	data := make([]byte, 0, 3*len(words))
	for _, w := range words {
		v := uint32(w)
		data = append(data, byte(v), byte(v>>8), byte(v>>16))
	}
	if n < 0 || n > len(data) {
		return nil, fmt.Errorf("the store's copy of the encoder file has %d bytes instead of %d", len(data), n)
	}
	return NewEncoderFile(data[:n], Scaling{Mean: values(meanTensor), Std: values(stdTensor)})
}
