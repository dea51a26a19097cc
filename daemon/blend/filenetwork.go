package blend

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic"
	"edgeclr/config"
	"edgeclr/daemon/blend/check"
	"edgeclr/model"
	"edgeclr/storage"
	"edgeclr/tflite/litert"
	"edgeclr/tflite/verify"
)

// triedPictures is how many rendered pictures a child process embeds with a file.
const triedPictures = 2

// TryFile runs a user's file in a child process, which a crash of the library ends
// alone. Name is the file's, for messages.
func (o *Opener) TryFile(ctx context.Context, f *EncoderFile, name string) error {
	accelerator, err := fileAccelerator(o.Accelerator)
	if err != nil {
		return err
	}
	_, err = o.tryFile(ctx, f, name, accelerator)
	if err != nil && accelerator != litert.CPU && ctx.Err() == nil {
		_, err = o.tryFile(ctx, f, name, litert.CPU) // openFile goes back to it too
	}
	return err
}

// fileAccelerator reads the name of an accelerator; "" is the CPU.
func fileAccelerator(name string) (litert.Accelerator, error) {
	return litert.ParseAccelerator(cmp.Or(name, config.AcceleratorCPU))
}

// tryFile is TryFile on an accelerator, which may be the best one. It returns which one
// ran the file.
func (o *Opener) tryFile(ctx context.Context, f *EncoderFile, name string, wish litert.Accelerator) (ran litert.Accelerator, err error) {
	if _, err := o.liteRT(); err != nil { // the reason is clearer from here than from the child
		return wish, fmt.Errorf("%s needs LiteRT: %w", name, err)
	}
	var inputs [][]byte
	scene := synthetic.New(synthetic.Options{Seed: 14})
	for i := range triedPictures {
		picture, _ := scene.Render(i)
		inputs = append(inputs, f.input(picture))
	}
	result, err := check.Run(ctx, check.Request{Model: f.data, Library: o.Library, Inputs: inputs, Timeout: o.checkTimeout,
		Options: litert.Options{Threads: o.Device.Threads, Accelerator: wish}})
	var crash *check.CrashError
	switch {
	case errors.As(err, &crash):
		return wish, fmt.Errorf("LiteRT crashed while loading %s: %w", name, err)
	case err != nil:
		return wish, fmt.Errorf("LiteRT cannot run %s: %w", name, err)
	}
	for _, output := range result.Outputs {
		if _, err := f.vector(output); err != nil {
			return wish, fmt.Errorf("%s: %w", name, err)
		}
	}
	return result.Accelerator, nil
}

// openFile opens the file that a checkpoint holds. A child process runs it first, each
// time: the library or a driver may be another one than before. LiteRT runs it, whatever
// runtime is configured: no other can.
func (o *Opener) openFile(ctx context.Context, st Checkpoints, cp storage.Checkpoint, id Identity) (*Embedder, error) {
	tensors, err := st.Tensors(ctx, cp.ID)
	if err != nil {
		return nil, err
	}
	f, err := encoderFileOf(tensors)
	if err != nil {
		return nil, err
	}
	if id.Size != 0 && id.Size != f.Size() {
		return nil, fmt.Errorf("the file sees %d px, and no other size: leave --size out", f.Size())
	}
	if id.Blend != "" && id.Blend != config.BlendNone {
		return nil, fmt.Errorf("the file cannot be blended with another encoder: leave --blend out")
	}
	e, err := o.openUsers(ctx, f, "the encoder file", id.Accelerator)
	if err == nil && e.report.Instead != "" {
		o.tell(e.report)
	}
	return e, err
}

// OpenFile opens a user's file that no checkpoint holds. A child process runs it first.
// Name is the file's, for messages. It takes the file, which cannot be opened again.
func (o *Opener) OpenFile(ctx context.Context, f *EncoderFile, name string) (*Embedder, error) {
	return o.openUsers(ctx, f, name, o.Accelerator)
}

// openUsers opens a user's file on an accelerator, or else on the CPU.
func (o *Opener) openUsers(ctx context.Context, f *EncoderFile, name, accelerator string) (*Embedder, error) {
	wish, err := fileAccelerator(accelerator)
	if err != nil {
		return nil, err
	}
	e, err := o.openFileOn(ctx, f, name, wish)
	if err != nil && wish != litert.CPU && ctx.Err() == nil {
		instead := err.Error()
		if e, err = o.openFileOn(ctx, f, name, litert.CPU); err == nil {
			e.report.Instead = instead
		}
	}
	return e, err
}

// openFileOn opens a file on an accelerator. It takes the file: its bytes are let go.
func (o *Opener) openFileOn(ctx context.Context, f *EncoderFile, name string, accelerator litert.Accelerator) (*Embedder, error) {
	ran, err := o.tryFile(ctx, f, name, accelerator)
	if err != nil {
		return nil, err
	}
	library, err := o.liteRT()
	if err != nil {
		return nil, err
	}
	encoder, err := newLiteRTEncoder(library, f.data, litert.Options{Threads: o.Device.Threads, Accelerator: ran}, f)
	if err != nil {
		return nil, err
	}
	f.data = nil
	report := Report{Runtime: config.RuntimeLiteRT, Library: library.Version(), Precision: config.PrecisionFloat,
		Accelerator: encoder.network.Ran().String(), Threads: o.Device.Threads}
	if f.is.Integer {
		report.Precision = config.PrecisionInt8
	}
	is := storage.Encoder{Weights: f.Hash(), Size: f.Size(), Precision: precisionOf(report), Accelerator: report.Accelerator, Dim: f.Dim()}
	return &Embedder{Encoder: encoder, halves: []half{{opened{Encoder: encoder, report: report}, is}}, report: report,
		identity: Identity{Arch: FileArch, Size: f.Size(), Blend: config.BlendNone, Runtime: report.Runtime, Precision: report.Precision, Accelerator: report.Accelerator},
	}, nil
}

// input makes the bytes of the file's input from a picture of any size. Without a
// normalisation, UINT8 takes the pixels, and INT8 the pixels less 128.
func (f *EncoderFile) input(picture *rgb.Image) []byte {
	pixels, in := picture.EvalSquare(f.Size()).Pix, f.is.Input
	if f.scale == nil {
		if in.Type == verify.Uint8 {
			return pixels
		}
		data := make([]byte, len(pixels))
		for i, p := range pixels {
			data[i] = p ^ 0x80 // less 128, in two's complement
		}
		return data
	}
	var table [3][256]float32 // by channel and pixel
	for c := range table {
		mean, std := f.scale.Mean[c%len(f.scale.Mean)], f.scale.Std[c%len(f.scale.Std)]
		for p := range table[c] {
			table[c][p] = (float32(p) - mean) / std
		}
	}
	data := make([]byte, 0, len(pixels)*in.Type.Bytes())
	for i, p := range pixels {
		v := table[i%3][p]
		if in.Type == verify.Float32 {
			data = binary.NativeEndian.AppendUint32(data, math.Float32bits(v))
			continue
		}
		least, most := 0.0, 255.0
		if in.Type == verify.Int8 {
			least, most = -128, 127
		}
		q := math.Round(float64(v)/float64(in.Scale)) + float64(in.ZeroPoint)
		data = append(data, byte(int(max(least, min(most, q)))))
	}
	return data
}

// vector reads the file's output, and gives it the length 1.
func (f *EncoderFile) vector(output []byte) ([]float32, error) {
	out := f.is.Output
	if len(output) != f.Dim()*out.Type.Bytes() {
		return nil, fmt.Errorf("the output has %d bytes instead of %d", len(output), f.Dim()*out.Type.Bytes())
	}
	row, sum := make([]float32, f.Dim()), 0.0
	for i := range row {
		switch out.Type {
		case verify.Float32:
			row[i] = math.Float32frombits(binary.NativeEndian.Uint32(output[4*i:]))
		case verify.Int8:
			row[i] = out.Scale * float32(int(int8(output[i]))-out.ZeroPoint)
		case verify.Uint8:
			row[i] = out.Scale * float32(int(output[i])-out.ZeroPoint)
		}
		sum += float64(row[i]) * float64(row[i])
	}
	if math.IsNaN(sum) || math.IsInf(sum, 0) {
		return nil, errors.New("its vector has values that are not finite")
	}
	if sum > 0 {
		length := math.Sqrt(sum)
		for i := range row {
			row[i] = float32(float64(row[i]) / length)
		}
	}
	model.MarkBlank(row)
	return row, nil
}
