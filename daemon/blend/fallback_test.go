package blend

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"edgeclr/config"
	"edgeclr/daemon/blend/check"
	"edgeclr/internal/tensor"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/storage"
	"edgeclr/tflite/litert"
)

// told collects what an opener publishes.
func told(o *Opener) *[]storage.Event {
	var list []storage.Event
	o.Publish = func(e storage.Event) { list = append(list, e) }
	return &list
}

// states keeps states in memory.
type states map[string][]byte

func (s states) LoadState(_ context.Context, name string, meta any) ([]tensor.Tensor, error) {
	text, ok := s[name]
	if !ok {
		return nil, storage.ErrNotFound
	}
	return nil, json.Unmarshal(text, meta)
}

func (s states) SaveState(_ context.Context, name string, meta any, _ []tensor.Tensor) (err error) {
	s[name], err = json.Marshal(meta)
	return err
}

func (s states) DeleteState(_ context.Context, name string) error {
	delete(s, name)
	return nil
}

const missingLibrary = "/nonexistent/libLiteRt.so"

// shifted writes a file whose weights are not those of the encoder: a mistake that a
// check must find.
func shifted(plan *arch.Plan, n network) ([]byte, error) {
	n.set = slices.Clone(n.set)
	for i, t := range n.set {
		if len(t.Shape) == 4 { // a kernel
			n.set[i].Data = slices.Clone(t.Data)
			for j := range t.Data {
				n.set[i].Data[j] *= 1 + 0.2*float32(j%3)
			}
			break
		}
	}
	return encode(plan, n)
}

// Where LiteRT cannot run the encoder, auto lets TensorFlow serve and says why, once. A
// named runtime is an error.
func TestFallback(t *testing.T) {
	for _, tt := range []struct {
		name    string
		change  func(o *Opener)
		library bool // the library is needed
		is      func(err error) bool
		says    string
	}{
		{"no library", func(o *Opener) { o.Library = missingLibrary }, false,
			func(err error) bool { return errors.Is(err, litert.ErrMissing) }, missingLibrary},
		{"other weights", func(o *Opener) { o.encode = shifted }, true,
			func(err error) bool { _, ok := errors.AsType[*DisagreeError](err); return ok }, "differ from TensorFlow's"},
		{"a check that takes too long", func(o *Opener) { o.checkTimeout = time.Millisecond }, true,
			func(err error) bool { c, ok := errors.AsType[*check.CrashError](err); return ok && c.Timed }, "longer than 1ms"},
		{"no file", func(o *Opener) {
			o.encode = func(*arch.Plan, network) ([]byte, error) { return nil, errors.New("no file") }
		}, true,
			func(err error) bool { return true }, "no file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.library {
				needLiteRT(t)
			}
			o := &Opener{}
			tt.change(o)
			events := told(o)
			id := Identity{Arch: "resnet18", Size: 32, Runtime: config.RuntimeAuto}
			for range 2 {
				e := openAs(t, o, id, random(t, "resnet18", 1))
				r := e.Report()
				if r.Runtime != config.RuntimeTensorFlow || e.Identity().Runtime != r.Runtime || !strings.Contains(r.Instead, tt.says) || r.Check != nil {
					t.Errorf("%+v", r)
				}
				if vectors, err := e.Embed(t.Context(), rendered(1)); err != nil || len(vectors) != 1 {
					t.Error(err)
				}
			}
			if len(*events) != 1 || (*events)[0].Kind != storage.EventRuntime || !strings.Contains((*events)[0].Text, tt.says) {
				t.Errorf("events %+v", *events)
			}
			id.Runtime = config.RuntimeLiteRT
			_, err := o.Open(t.Context(), id, random(t, "resnet18", 1))
			var cannot *RuntimeError
			if !errors.As(err, &cannot) || !tt.is(err) {
				t.Errorf("litert: error %v", err)
			}
		})
	}
}

// An accelerator that is not there: the CPU runs the encoder, by LiteRT.
func TestMissingAccelerator(t *testing.T) {
	needLiteRT(t)
	o := &Opener{}
	events := told(o)
	id := Identity{Arch: "resnet18", Size: 32, Runtime: config.RuntimeAuto, Accelerator: config.AcceleratorNPU}
	e := openAs(t, o, id, random(t, "resnet18", 1))
	if r := e.Report(); r.Runtime != config.RuntimeLiteRT || r.Accelerator != config.AcceleratorCPU || !strings.Contains(r.Instead, "npu") {
		t.Errorf("%+v", r)
	}
	if len(*events) != 1 {
		t.Errorf("events %+v", *events)
	}
	if is := e.Encoders()[0]; is.Accelerator != storage.AcceleratorCPU || is.Precision != storage.PrecisionFloat {
		t.Errorf("%+v", is)
	}
	id.Runtime = config.RuntimeLiteRT
	if _, err := o.Open(t.Context(), id, random(t, "resnet18", 1)); !errors.Is(err, litert.ErrAccelerator) {
		t.Errorf("litert: error %v", err)
	}
}

// The best accelerator is the CPU where there is no other. It is looked for each time.
func TestBestAccelerator(t *testing.T) {
	needLiteRT(t)
	kept := states{}
	id := Identity{Arch: "resnet18", Size: 32, Runtime: config.RuntimeAuto, Accelerator: config.AcceleratorAuto}
	e := openAs(t, &Opener{States: kept}, id, random(t, "resnet18", 1))
	if r := e.Report(); r.Runtime != config.RuntimeLiteRT || r.Accelerator == config.AcceleratorAuto || r.Instead != "" || e.Identity().Accelerator != r.Accelerator {
		t.Errorf("%+v", r)
	}
	if len(kept) != 0 {
		t.Errorf("states %v", kept)
	}
}

// A verdict is kept: the same file is not checked again, for better or worse.
func TestVerdictsAreKept(t *testing.T) {
	needLiteRT(t)
	for name, encode := range map[string]func(*arch.Plan, network) ([]byte, error){"good": nil, "bad": shifted} {
		t.Run(name, func(t *testing.T) {
			kept := states{}
			open := func(timeout time.Duration, seed uint64) Report {
				o := &Opener{States: kept, encode: encode, checkTimeout: timeout}
				return openAs(t, o, Identity{Arch: "resnet18", Size: 32, Runtime: config.RuntimeAuto}, random(t, "resnet18", seed)).Report()
			}
			first := open(0, 1)
			again := open(time.Nanosecond, 1) // no child can finish
			if again.Runtime != first.Runtime || again.Instead != first.Instead {
				t.Errorf("first %+v, then %+v", first, again)
			}
			if wanted := name == "good"; (first.Runtime == config.RuntimeLiteRT) != wanted || wanted && *again.Check != *first.Check {
				t.Errorf("%+v", again)
			}
			if other := open(time.Nanosecond, 2); !strings.Contains(other.Instead, "longer than") {
				t.Errorf("other weights were not checked: %+v", other)
			}
		})
	}
}

// Errors of the weights are not blamed on a runtime.
func TestWeightsThatCannotBeRead(t *testing.T) {
	o := &Opener{}
	events := told(o)
	gone := errors.New("gone")
	_, err := o.Open(t.Context(), Identity{Arch: "resnet18", Size: 32, Runtime: config.RuntimeAuto},
		Halves{Adapted: func() (weights.Set, error) { return nil, gone }})
	if !errors.Is(err, gone) || len(*events) != 0 {
		t.Errorf("error %v, events %+v", err, *events)
	}
}
