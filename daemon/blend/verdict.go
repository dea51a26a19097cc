package blend

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"

	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic"
	"edgeclr/config"
	"edgeclr/daemon/blend/calibrate"
	"edgeclr/daemon/blend/check"
	"edgeclr/internal/tensor"
	"edgeclr/model"
	"edgeclr/tflite/litert"
)

// checkPictures is how many pictures a check compares.
const checkPictures = 16

// The lowest cosine to TensorFlow's vector that a picture may have.
const (
	leastFloat = 0.9999
	leastInt8  = calibrate.LeastWorst
)

// least is the bound of a precision.
func least(precision string) float64 {
	if precision == config.PrecisionInt8 {
		return leastInt8
	}
	return leastFloat
}

// Verdict is the result of comparing an encoder's vectors with those of TensorFlow.
type Verdict struct {
	Key      string  `json:"key"`      // SHA-256 of the .tflite file, version of the library, accelerator
	Pictures int     `json:"pictures"` // compared
	Worst    float64 `json:"worst"`    // the lowest cosine of a picture
	Mean     float64 `json:"mean"`     // of the cosines

	Accelerator string `json:"accelerator"` // that ran the file; never auto
}

// DisagreeError says that an encoder's vectors differ from TensorFlow's.
type DisagreeError struct {
	Verdict Verdict
	Least   float64 // that was asked of the worst picture
}

func (e *DisagreeError) Error() string {
	return fmt.Sprintf("its vectors differ from TensorFlow's: the worst cosine of %d pictures is %.5f, and %v is asked",
		e.Verdict.Pictures, e.Verdict.Worst, e.Least)
}

// States is the part of a store that keeps verdicts and int8 ranges.
type States interface {
	LoadState(ctx context.Context, name string, meta any) ([]tensor.Tensor, error)
	SaveState(ctx context.Context, name string, meta any, tensors []tensor.Tensor) error
	DeleteState(ctx context.Context, name string) error
}

// verdictsName is the name of the verdicts among the store's states.
const verdictsName = "encoder-checks"

// keptVerdicts is how many verdicts the store keeps. The oldest go first.
const keptVerdicts = 32

// checked returns the verdict on a .tflite file: the stored one, else that of a child
// process, which is then stored. The verdict on the best accelerator is not stored, since
// that may be another one tomorrow, and neither is that on a library of unknown version. A
// file that fails the bound is a *DisagreeError.
func (o *Opener) checked(ctx context.Context, n network, file []byte, options litert.Options, version string) (Verdict, error) {
	sum := sha256.Sum256(file)
	key := fmt.Sprintf("%s %s %s", hex.EncodeToString(sum[:]), version, options.Accelerator)
	var known []Verdict
	keeps := o.States != nil && options.Accelerator != litert.Auto && version == litert.Release
	if keeps {
		known = o.verdicts(ctx)
	}
	i := slices.IndexFunc(known, func(v Verdict) bool { return v.Key == key })
	if i >= 0 {
		return judged(known[i], n.precision)
	}
	v, err := o.compare(ctx, n, file, options, version)
	if err != nil {
		return v, err
	}
	v.Key = key
	if keeps {
		o.keeping.Lock()
		defer o.keeping.Unlock()
		known = o.verdicts(ctx) // another may have been added meanwhile
		known = append(known, v)
		known = known[max(len(known)-keptVerdicts, 0):]
		if err := o.States.SaveState(ctx, verdictsName, known, nil); err != nil {
			return v, err
		}
	}
	return judged(v, n.precision)
}

// verdicts reads the stored verdicts. A damaged list is made anew.
func (o *Opener) verdicts(ctx context.Context) (known []Verdict) {
	_, _ = o.States.LoadState(ctx, verdictsName, &known)
	return known
}

// judged returns a *DisagreeError for a verdict below the bound.
func judged(v Verdict, precision string) (Verdict, error) {
	if bound := least(precision); !(v.Worst >= bound) { // not a number fails too
		return v, &DisagreeError{v, bound}
	}
	return v, nil
}

// compare computes the vectors of a few pictures in a child process, by the file and by
// TensorFlow.
func (o *Opener) compare(ctx context.Context, n network, file []byte, options litert.Options, version string) (Verdict, error) {
	var inputs [][]byte
	for _, p := range o.pictures(ctx, checkPictures) {
		inputs = append(inputs, p.EvalSquare(n.size).Pix)
	}
	result, err := check.Run(ctx, check.Request{
		Model: file, Library: o.Library, Options: options, Inputs: inputs, Timeout: o.checkTimeout,
		Reference: &check.Reference{Arch: n.arch.Name, Size: n.size, Threads: o.Device.Threads, Weights: n.set},
	})
	if err != nil {
		return Verdict{}, err
	}
	if result.Library != version {
		return Verdict{}, fmt.Errorf("the library file is LiteRT %s by now, and this process runs %s: restart it", result.Library, version)
	}
	if len(result.Outputs) != len(inputs) || len(result.Vectors) != len(inputs) {
		return Verdict{}, errors.New("the child process that tried the encoder gave too few vectors")
	}
	rows := make([][]float32, len(inputs))
	for i, output := range result.Outputs {
		rows[i] = floats(output)
		model.MarkBlank(rows[i])
	}
	agreement, err := calibrate.Compare(rows, result.Vectors)
	if err != nil {
		return Verdict{}, err
	}
	v := Verdict{Pictures: len(inputs), Worst: agreement.Worst, Mean: agreement.Mean, Accelerator: result.Accelerator.String()}
	if math.IsNaN(v.Worst) {
		return Verdict{}, errors.New("its vectors are not numbers")
	}
	return v, nil
}

// pictures are those that a check compares: some that are held back from learning, or
// rendered ones when there are too few.
func (o *Opener) pictures(ctx context.Context, n int) []*rgb.Image {
	var list []*rgb.Image
	if o.Pictures != nil {
		list = o.Pictures(ctx, n)
	}
	scene := synthetic.New(synthetic.Options{Seed: 14})
	for i := len(list); i < n; i++ {
		m, _ := scene.Render(i)
		list = append(list, m)
	}
	return list[:n]
}
