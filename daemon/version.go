package daemon

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"

	"edgeclr/daemon/blend"
	"edgeclr/model"
	"edgeclr/search"
	"edgeclr/storage"
)

// version is one checkpoint made ready to answer: its encoder and the index of
// the vectors that it computed. The two never part, so vectors of different
// checkpoints cannot meet.
type version struct {
	checkpoint storage.Checkpoint
	encoder    *blend.Embedder
	index      *search.Index

	users   atomic.Int64 // holders; the last one to leave a retired version closes it
	release func()
}

// acquire counts a holder in. It fails once the version has no holder left.
func (v *version) acquire() bool {
	for {
		n := v.users.Load()
		if n == 0 {
			return false
		}
		if v.users.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// done counts a holder out.
func (v *version) done() {
	if v.users.Add(-1) == 0 {
		v.release()
	}
}

// openVersion builds the encoder of a checkpoint, in its blend, and, when
// withIndex, loads its vectors.
func openVersion(ctx context.Context, st *storage.Store, cp storage.Checkpoint, rt model.Runtime, withIndex bool) (*version, error) {
	encoder, err := blend.OpenCheckpoint(ctx, st, cp, blend.IdentityOf(cp), rt)
	if err != nil {
		return nil, err
	}
	v := &version{checkpoint: cp, encoder: encoder, index: search.New(encoder.Dim())}
	debug.FreeOSMemory() // the encoder has copied the weights
	v.users.Store(1)
	v.release = func() { encoder.Close() }
	if !withIndex {
		return v, nil
	}
	if err := loadIndex(ctx, st, v); err != nil {
		v.done()
		return nil, fmt.Errorf("loading the vectors of checkpoint %s: %w", cp.ID, err)
	}
	return v, nil
}

// loadIndex reads the version's vectors. Damaged ones are dropped from the
// store, so that their frames count as missing and are embedded again; the
// others answer queries meanwhile.
func loadIndex(ctx context.Context, st *storage.Store, v *version) error {
	err := st.Vectors(ctx, v.checkpoint.ID, func(id storage.FrameID, vector []float32) error {
		return v.index.Add(uint64(id), vector)
	})
	if errors.Is(err, storage.ErrCorrupt) {
		_, err = st.DropDamagedVectors(ctx, v.checkpoint.ID)
	}
	return err
}
