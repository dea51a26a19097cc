package fixedcamera

import (
	"context"
	"errors"
)

func (s Served) trained() bool { return s.Kind == "trained" }

func (b *bench) runSeed(ctx context.Context, seed uint64) error {
	return errors.New("the daemon does not run yet: give --minutes 0, which measures the frozen encoder")
}
