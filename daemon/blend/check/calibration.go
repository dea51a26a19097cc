package check

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"edgeclr/daemon/blend/calibrate"
	"edgeclr/tflite/litert"
)

// CalibrationTimeout is generous: a small board runs TensorFlow on 250 pictures.
const CalibrationTimeout = 20 * time.Minute

// Calibration is an encoder to calibrate for int8, see [calibrate.Run]. A child does it,
// since it takes TensorFlow.
type Calibration struct {
	Network calibrate.Network
	Library string   // the path of LiteRT, as [litert.Load] takes it
	Squares [][]byte // pictures as they are stored in time: size x size x 3 bytes of RGB
	// Timeout bounds the life of the child. 0: CalibrationTimeout.
	Timeout time.Duration
}

// Calibrate finds the ranges of an encoder in a child process. Errors are those of [Run]
// and of [calibrate.Run].
func Calibrate(ctx context.Context, c Calibration) (calibrate.Result, error) {
	for i, pixels := range c.Squares {
		if want := 3 * c.Network.Size * c.Network.Size; len(pixels) != want {
			return calibrate.Result{}, fmt.Errorf("picture %d has %d bytes; a square of %d px has %d", i, len(pixels), c.Network.Size, want)
		}
	}
	set := c.Network.Weights
	c.Network.Weights = nil
	a, err := exchange(ctx, header{Calibration: &c, Weights: true}, set, cmp.Or(c.Timeout, CalibrationTimeout))
	return a.Calibrated, err
}

// run is the work of the child.
func (c Calibration) run(result *calibrate.Result) error {
	library, err := litert.Load(c.Library)
	if err != nil {
		return err
	}
	*result, err = calibrate.Run(context.Background(), c.Network, library, squares(c.Network.Size, c.Squares))
	return err
}
