package model

import (
	"fmt"
	"slices"
	"sync"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/camera/jfif"
	"edgeclr/camera/rgb"
)

// JPEGDecoder decodes JPEG files to the pixels of libjpeg (as Pillow does): exact inverse
// DCT, smooth chroma. While TensorFlow is not loaded, package jfif decodes. Afterwards
// TensorFlow's libjpeg-turbo does, in a fraction of the time for large pictures. The pixels
// are the same. It is safe for concurrent use and fits decode.JPEGDecoder.
type JPEGDecoder struct {
	mu     sync.RWMutex
	fast   *turboJPEG // nil until it is needed
	closed bool
}

// NewJPEGDecoder makes a decoder, which the caller closes. It does not load TensorFlow.
func NewJPEGDecoder() *JPEGDecoder { return &JPEGDecoder{} }

// DecodeJPEG decodes a picture at 1/ratio of its size. ratio is 1, 2, 4 or 8. Only
// TensorFlow reduces the size: while it is not loaded, the picture has its full size. The
// caller must check the size in the header first.
func (d *JPEGDecoder) DecodeJPEG(data []byte, ratio int) (*rgb.Image, error) {
	if !slices.Contains(ratios(), ratio) {
		return nil, fmt.Errorf("JPEG at 1/%d of its size: only 1, 2, 4 and 8 exist", ratio)
	}
	if Loaded() {
		if err := d.open(); err != nil {
			return nil, err
		}
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	switch {
	case d.closed:
		return nil, ErrClosed
	case d.fast == nil:
		return jfif.Decode(data)
	}
	return d.fast.decode(data, ratio)
}

// open opens TensorFlow's decoder unless it is open.
func (d *JPEGDecoder) open() (err error) {
	d.mu.RLock()
	done := d.fast != nil || d.closed
	d.mu.RUnlock()
	if done {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fast == nil && !d.closed {
		d.fast, err = newTurboJPEG()
	}
	return err
}

// Close waits for the current pictures and frees the decoder.
func (d *JPEGDecoder) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	if d.fast == nil {
		return nil
	}
	session := d.fast.session
	d.fast = nil
	return session.Close()
}

// ratios of the size at which libjpeg-turbo decodes.
func ratios() []int { return []int{1, 2, 4, 8} }

// turboJPEG is TensorFlow's libjpeg-turbo.
type turboJPEG struct {
	contents tf.Output
	images   map[int]tf.Output // by ratio
	session  *tf.Session
}

func newTurboJPEG() (*turboJPEG, error) {
	s, err := newScope()
	if err != nil {
		return nil, err
	}
	d := &turboJPEG{images: map[int]tf.Output{}}
	d.contents = op.Placeholder(at(s), tf.String, op.PlaceholderShape(tf.ScalarShape()))
	for _, ratio := range ratios() {
		d.images[ratio] = op.DecodeJpeg(at(s), d.contents, op.DecodeJpegChannels(3), op.DecodeJpegRatio(int64(ratio)),
			op.DecodeJpegFancyUpscaling(true), op.DecodeJpegDctMethod("INTEGER_ACCURATE"))
	}
	graph, err := s.Finalize()
	if err != nil {
		return nil, fmt.Errorf("building the JPEG decoder: %w", err)
	}
	if d.session, err = newSession(graph, Runtime{Device: "cpu"}); err != nil {
		return nil, err
	}
	return d, nil
}

func (d *turboJPEG) decode(data []byte, ratio int) (*rgb.Image, error) {
	in, err := tf.NewTensor(string(data))
	if err != nil {
		return nil, fmt.Errorf("JPEG: %w", err)
	}
	out, err := d.session.Run(map[tf.Output]*tf.Tensor{d.contents: in}, []tf.Output{d.images[ratio]}, nil)
	if err != nil {
		return nil, fmt.Errorf("JPEG: %w", err)
	}
	shape := out[0].Shape()
	m := rgb.New(int(shape[1]), int(shape[0]))
	if err := contents(out[0], m.Pix); err != nil {
		return nil, fmt.Errorf("JPEG of %d x %d: %w", m.Width, m.Height, err)
	}
	return m, nil
}
