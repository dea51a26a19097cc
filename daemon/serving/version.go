package serving

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"edgeclr/daemon/blend"
	"edgeclr/search"
	"edgeclr/storage"
)

// Version is an open checkpoint: its embedder and the index of the vectors that it
// computed. Nobody passes the two around separately, so vectors of different
// checkpoints are never compared.
type Version struct {
	Checkpoint storage.Checkpoint
	Encoder    *blend.Embedder
	Index      *search.Index

	// root is the checkpoint that training began from, unless the blend has its vectors;
	// else nil. RootFloat names its network in float.
	root      *storage.Checkpoint
	rootFloat func() ([]storage.Encoder, error)
	asked     blend.Identity // of a root beside a version: see Versions.RootBeside

	users atomic.Int64 // holders; the last Done closes the encoder
}

// sizeOf tells whether the version has the serving size of the one that serves. One that
// was opened beside it while the store was resized does not. A user's file has its own.
func (v *Version) sizeOf(serving *Version) bool {
	file := v.Checkpoint.Kind == storage.CheckpointFile || serving.Checkpoint.Kind == storage.CheckpointFile
	return file || v.Checkpoint.Size == serving.Checkpoint.Size
}

// acquire adds a holder. It returns false when the version had no holder any more and
// is closed.
func (v *Version) acquire() bool {
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

// Done removes a holder. That holder must not use the version any more.
func (v *Version) Done() {
	if v.users.Add(-1) == 0 {
		v.Encoder.Close()
	}
}

// openEncoder builds the embedder of a checkpoint with that identity. That takes a second or
// more, and longer when a LiteRT encoder is compared with TensorFlow's. So the caller
// holds no lock that the ingest needs.
func openEncoder(ctx context.Context, st *storage.Store, cp storage.Checkpoint, id blend.Identity, o *blend.Opener) (*blend.Embedder, error) {
	encoder, err := o.OpenCheckpoint(ctx, st, cp, id)
	if err != nil {
		return nil, err
	}
	debug.FreeOSMemory() // the encoder has copied the weights
	return encoder, nil
}

// loadVersion makes a version of an open embedder, which it closes on an error, and loads
// its vectors. The caller is its first holder.
func loadVersion(ctx context.Context, st *storage.Store, cp storage.Checkpoint, encoder *blend.Embedder) (*Version, error) {
	v := &Version{Checkpoint: cp, Encoder: encoder, Index: search.New(encoder.Dim())}
	v.users.Store(1)
	if cp.Kind == storage.CheckpointTrained && !encoder.Joined() {
		if err := v.findRoot(ctx, st); err != nil {
			v.Done()
			return nil, err
		}
	}
	if err := v.loadIndex(ctx, st); err != nil {
		v.Done()
		return nil, fmt.Errorf("loading the vectors of checkpoint %s: %w", cp.ID, err)
	}
	return v, nil
}

// findRoot sets root and rootFloat of a trained version whose blend does not have its
// root. They stay nil when the root is gone.
func (v *Version) findRoot(ctx context.Context, st *storage.Store) (err error) {
	v.root, err = blend.LivingRoot(st, v.Checkpoint)
	ctx = context.WithoutCancel(ctx)
	v.rootFloat = sync.OnceValues(func() ([]storage.Encoder, error) { return blend.RootEncoders(ctx, st, v.Checkpoint) })
	return err
}

// loadIndex reads the vectors of the frames that have one by each of the version's
// encoders. It drops damaged ones from the store.
// Their frames then count as missing and are embedded again. The others answer
// queries meanwhile.
func (v *Version) loadIndex(ctx context.Context, st *storage.Store) error {
	err := st.Vectors(ctx, v.Encoder.Encoders(), v.Encoder.Share(), func(id storage.FrameID, vector []float32) error {
		return v.Index.Add(uint64(id), vector)
	})
	if errors.Is(err, storage.ErrCorrupt) {
		_, err = st.DropDamagedVectors(ctx, v.Encoder.Encoders())
	}
	return err
}
