package model

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"testing"

	"edgeclr/camera/rgb"
	"edgeclr/model/arch/archtest"
	"edgeclr/model/weights"
)

func tinyEncoder(t testing.TB) *Encoder {
	return openEncoder(t, formulaEncoder(tiny()), EncoderOptions{Arch: tiny(), Size: tinySize})
}

// scenes are pictures of many shapes.
func scenes(n int) []*rgb.Image {
	var pictures []*rgb.Image
	for i := range n {
		side := 24 + 7*(i%9)
		m := &rgb.Image{Width: side, Height: side, Pix: picture(i, 0, side)}
		pictures = append(pictures, m.Crop(0, 0, side, side-i%5))
	}
	return pictures
}

func TestNewEncoderErrors(t *testing.T) {
	nan := formulaEncoder(tiny())
	nan[0].Data[3] = float32(math.NaN())
	transposed := formulaEncoder(tiny())
	transposed[0].Shape = []int{3, 8, 3, 3}
	tests := []struct {
		name string
		set  weights.Set
		size int
		is   func(error) bool
	}{
		{"no size", formulaEncoder(tiny()), 0, isError(ErrShape)},
		{"no weights", nil, tinySize, isMismatch},
		{"a tensor missing", formulaEncoder(tiny())[1:], tinySize, isMismatch},
		{"a tensor transposed", transposed, tinySize, isMismatch},
		{"not a number", nan, tinySize, isError(ErrDiverged)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			encoder, err := NewEncoder(tt.set, EncoderOptions{Arch: tiny(), Size: tt.size})
			if err == nil {
				encoder.Close()
			}
			if !tt.is(err) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func isError(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

func isMismatch(err error) bool {
	_, ok := errors.AsType[*weights.MismatchError](err)
	return ok
}

func TestEncoderSurplusTensors(t *testing.T) {
	set := append(formulaEncoder(tiny()), archtest.Classifier(tiny())...)
	openEncoder(t, set, EncoderOptions{Arch: tiny(), Size: tinySize})
}

// A vector is the features divided by their length.
func TestEmbedNormalised(t *testing.T) {
	encoder := tinyEncoder(t)
	vectors, err := encoder.Embed(t.Context(), scenes(9))
	if err != nil {
		t.Fatal(err)
	}
	features, err := encoder.Features(t.Context(), scenes(9))
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range vectors {
		if len(v) != encoder.Dim() || cap(v) != encoder.Dim() {
			t.Fatalf("vector %d has %d values and room for %d, want %d", i, len(v), cap(v), encoder.Dim())
		}
		var length, size float64
		for j := range v {
			length += float64(v[j]) * float64(v[j])
			size += float64(features[i][j]) * float64(features[i][j])
		}
		if math.Abs(length-1) > 1e-5 {
			t.Errorf("vector %d has length %v", i, math.Sqrt(length))
		}
		for j := range v {
			if math.Abs(float64(v[j])-float64(features[i][j])/math.Sqrt(size)) > 1e-6 {
				t.Errorf("vector %d: value %d is %v of a feature of %v", i, j, v[j], features[i][j])
			}
		}
	}
}

// A picture in which the encoder finds nothing gets the vector of MarkBlank. Its
// features are all 0 and have no direction, but the vector is not NaN.
func TestEmbedBlank(t *testing.T) {
	set := formulaEncoder(tiny())
	for _, tensor := range set[len(set)-5:] { // the node "top"
		if tensor.Name != "top_norm.running_var" {
			clear(tensor.Data)
		}
	}
	encoder := openEncoder(t, set, EncoderOptions{Arch: tiny(), Size: tinySize})
	vectors, err := encoder.Embed(t.Context(), scenes(1))
	if err != nil {
		t.Fatal(err)
	}
	want := make([]float32, encoder.Dim())
	MarkBlank(want)
	if !slices.Equal(vectors[0], want) {
		t.Errorf("vector %v, want %v", vectors[0], want)
	}
}

// A picture's vector does not depend on the pictures that are embedded with it. That
// holds below and above the limit of one run.
func TestEmbedBatches(t *testing.T) {
	encoder := tinyEncoder(t)
	pictures := scenes(2*embedBatch + 1)
	together, err := encoder.Embed(t.Context(), pictures)
	if err != nil {
		t.Fatal(err)
	}
	if len(together) != len(pictures) {
		t.Fatalf("%d vectors of %d pictures", len(together), len(pictures))
	}
	for _, i := range []int{0, 1, embedBatch - 1, embedBatch, 2 * embedBatch} {
		alone, err := encoder.Embed(t.Context(), pictures[i:i+1])
		if err != nil {
			t.Fatal(err)
		}
		if off := relativeError(alone[0], together[i]); !(off < 1e-5) {
			t.Errorf("picture %d: alone it is off by %.1e", i, off)
		}
	}
	none, err := encoder.Embed(t.Context(), nil)
	if err != nil || len(none) != 0 {
		t.Errorf("nothing gives %v, %v", none, err)
	}
}

// Pictures are resized by their short side and cut to the centre square.
func TestEmbedResizes(t *testing.T) {
	encoder := tinyEncoder(t)
	for _, side := range []int{1, 8, 31, 33, 200} {
		wide := (&rgb.Image{Width: side, Height: side, Pix: picture(3, 0, side)}).Resize(2*side, side)
		got, err := encoder.Embed(t.Context(), []*rgb.Image{wide, wide.EvalSquare(tinySize)})
		if err != nil {
			t.Fatal(err)
		}
		if off := relativeError(got[0], got[1]); !(off < 1e-6) {
			t.Errorf("%d x %d: off by %.1e", wide.Width, wide.Height, off)
		}
	}
}

func TestEncoderConcurrent(t *testing.T) {
	encoder := tinyEncoder(t)
	want, err := encoder.Embed(t.Context(), scenes(5))
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 4 {
				got, err := encoder.Embed(t.Context(), scenes(5))
				if err != nil {
					t.Error(err)
					return
				}
				for i := range want {
					if off := relativeError(got[i], want[i]); !(off < 1e-6) {
						t.Errorf("picture %d is off by %.1e", i, off)
					}
				}
			}
		})
	}
	wait.Wait()
}

// Close waits for the current runs. Later runs get ErrClosed.
func TestEncoderClose(t *testing.T) {
	encoder, err := NewEncoder(formulaEncoder(tiny()), EncoderOptions{Arch: tiny(), Size: tinySize})
	if err != nil {
		t.Fatal(err)
	}
	started := make(chan struct{}, 4)
	var wait sync.WaitGroup
	for range cap(started) {
		wait.Go(func() {
			for i := 0; ; i++ {
				_, err := encoder.Embed(t.Context(), scenes(2))
				if i == 0 {
					started <- struct{}{}
				}
				if errors.Is(err, ErrClosed) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	<-started
	for range 2 {
		if err := encoder.Close(); err != nil {
			t.Error(err)
		}
	}
	wait.Wait()
}

func TestEmbedCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tinyEncoder(t).Embed(ctx, scenes(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestMarkBlank(t *testing.T) {
	kept := []float32{0, 0.6, 0, 0.8}
	MarkBlank(kept)
	if !slices.Equal(kept, []float32{0, 0.6, 0, 0.8}) {
		t.Errorf("a vector that has a direction became %v", kept)
	}
	blank := make([]float32, 1280)
	MarkBlank(blank)
	var length, cosine float64
	for i, v := range blank {
		length += float64(v) * float64(v)
		cosine += float64(v) * float64(kept[i%4])
	}
	if math.Abs(length-1) > 1e-6 || cosine >= 0 {
		t.Errorf("squared length %v and a sum of products with others of %v, want 1 and below 0", length, cosine)
	}
	MarkBlank(nil)
}
