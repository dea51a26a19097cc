package blend

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/daemon/blend/calibrate"
	"edgeclr/daemon/blend/check"
	"edgeclr/storage"
	"edgeclr/tflite"
)

// The store keeps the ranges of the last keptRanges encoders, each as a state of its own,
// and rangesList, a list of their names. The one that was used last is the last one.
const (
	rangesList = "int8-ranges"
	keptRanges = 8
)

// rangesName is the name of an encoder's ranges among the store's states.
func rangesName(n network) string { return rangesNameOf(WeightsHash(n.set), n.size) }

func rangesNameOf(weights string, size int) string {
	return fmt.Sprintf("%s-%.16s-%d", rangesList, weights, size)
}

// UseRanges notes that the int8 ranges of a network are still in use, although it has been
// open for long. Otherwise those of networks that are opened meanwhile push them out, and
// the next calibration gives it other vectors. Float is that network in float.
func (o *Opener) UseRanges(ctx context.Context, float storage.Encoder) error {
	return o.useRanges(ctx, rangesNameOf(float.Weights, float.Size))
}

// ranges returns the int8 ranges of a network: the stored ones, else those of a
// calibration in a child process, which are then stored. An encoder keeps its ranges, so
// that its vectors stay comparable. A float network has none. It is an error when int8
// loses too much: see [calibrate.Agreement.Check].
func (o *Opener) ranges(ctx context.Context, n network) ([]tflite.Ranges, error) {
	if n.precision != config.PrecisionInt8 {
		return nil, nil
	}
	name := rangesName(n)
	result, err := o.storedRanges(ctx, name)
	if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrCorrupt) {
		if result, err = o.calibrate(ctx, n); err == nil && o.States != nil {
			err = o.States.SaveState(ctx, name, result, nil)
		}
	}
	if err == nil { // also ranges that fail: otherwise nothing would ever delete them
		err = o.useRanges(ctx, name)
	}
	if err == nil {
		err = result.Check()
	}
	if err != nil {
		return nil, err
	}
	return []tflite.Ranges{result.Ranges}, nil
}

// storedRanges reads ranges from the store. Without any, the error matches
// storage.ErrNotFound.
func (o *Opener) storedRanges(ctx context.Context, name string) (result calibrate.Result, err error) {
	if o.States == nil {
		return result, storage.ErrNotFound
	}
	_, err = o.States.LoadState(ctx, name, &result)
	return result, err
}

// calibrate finds the ranges of a network in a child process.
func (o *Opener) calibrate(ctx context.Context, n network) (calibrate.Result, error) {
	var squares [][]byte
	if o.Calibration != nil {
		for _, p := range o.Calibration(ctx, calibrate.Pictures, n.size) {
			squares = append(squares, p.Pix)
		}
	}
	return check.Calibrate(ctx, check.Calibration{
		Network: calibrate.Network{Arch: n.arch.Name, Size: n.size, Weights: n.set, Threads: o.Device.Threads},
		Library: o.Library, Squares: squares,
	})
}

// useRanges notes that ranges are in use, and deletes those that were not for longest.
func (o *Opener) useRanges(ctx context.Context, name string) error {
	if o.States == nil {
		return nil
	}
	o.keeping.Lock()
	defer o.keeping.Unlock()
	var names []string
	// A damaged list is made anew; the ranges that it named stay.
	_, _ = o.States.LoadState(ctx, rangesList, &names)
	if slices.Contains(names[max(len(names)-keptRanges/2, 0):], name) {
		return nil
	}
	names = append(slices.DeleteFunc(names, func(n string) bool { return n == name }), name)
	gone := names[:max(len(names)-keptRanges, 0)]
	if err := o.States.SaveState(ctx, rangesList, names[len(gone):], nil); err != nil {
		return err
	}
	for _, n := range gone {
		if err := o.States.DeleteState(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// PictureSource gives up to n pictures, as they are stored in time.
type PictureSource func(ctx context.Context, n int) []*rgb.Image
