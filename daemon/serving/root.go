package serving

import (
	"context"
	"fmt"
	"slices"
	"time"

	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/heartbeat"
	"edgeclr/storage"
)

// maxRoots is how many roots keep their vectors: that of what serves, and the one before,
// to which a rollback may go back.
const maxRoots = 2

// rootRetry is the pause after which KeepRoot tries again what failed.
const rootRetry = 5 * time.Minute

// Root names the network whose vector every frame has while frames are learned from: the
// checkpoint that training began from, at the size, precision and accelerator of what
// serves. It never changes while training goes on, so its vector of a frame is computed
// once. Frames that lack it get it in the background: see [Versions.KeepRoot]. Ok is
// false when the root is gone, when a user's file serves, and as long as the name of a
// root that computes in int8 is not known.
func (vs *Versions) Root(context.Context) (encoder storage.Encoder, ok bool) {
	v := vs.Current()
	defer v.Done()
	if r := vs.RootBeside(v); r != nil {
		defer r.Done()
		return r.Encoder.Encoders()[0], true
	}
	return v.rootName()
}

// rootName names the root of a version without opening it, if it can.
func (v *Version) rootName() (encoder storage.Encoder, ok bool) {
	switch {
	case v.Checkpoint.Kind == storage.CheckpointFile:
		return storage.Encoder{}, false
	case v.root == nil:
		// The blend has the root, or the version is one. A trained one without a root
		// has none.
		ok = v.Encoder.Joined() || v.Checkpoint.Kind != storage.CheckpointTrained
	case v.Encoder.Identity().Precision == config.PrecisionFloat && v.Encoder.Identity().Accelerator == config.AcceleratorCPU:
		list, err := v.rootFloat()
		if err != nil || len(list) == 0 { // it may be gone since the version was opened
			return storage.Encoder{}, false
		}
		return list[0], true
	}
	if !ok {
		return storage.Encoder{}, false
	}
	return v.Encoder.Encoders()[0], true
}

// RootBeside returns the open network of a version's root, by which each frame needs a
// vector besides those of the version. It is nil when the version has the root itself,
// when nothing is learned, and until KeepRoot has opened it. The caller calls Done on it.
// Its Index is nil.
func (vs *Versions) RootBeside(v *Version) *Version {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	if r := vs.root; r.isRootOf(v) && vs.opt.learns() && r.acquire() {
		return r
	}
	return nil
}

// isRootOf tells whether an open root, or nil, is the one that another version needs.
func (v *Version) isRootOf(other *Version) bool {
	return v != nil && other.root != nil && v.Checkpoint.ID == other.root.ID && v.asked == other.askRoot()
}

// askRoot is what a version asks of the network of its root.
func (v *Version) askRoot() blend.Identity {
	id := blend.IdentityOf(*v.root)
	is := v.Encoder.Identity()
	id.Size, id.Precision, id.Accelerator = is.Size, is.Precision, is.Accelerator
	return id
}

func (o Options) learns() bool { return o.Learns != nil && o.Learns() }

// KeepRoot sees to it that each frame has a vector of the root while frames are learned
// from, also when the blend that serves does not have it: training finds neighbours by
// it, and a promotion to a join computes the adapted half alone. It opens the network
// for the ingest, and computes what is missing, newest first. It runs until ctx ends.
// Failures become events, and are tried again after a pause.
func (vs *Versions) KeepRoot(ctx context.Context) {
	beat := vs.opt.Heart.Beat("root vectors", heartbeat.WorkTime)
	defer beat.Stop()
	ctx = heartbeat.With(ctx, beat)
	told := "" // the last failure
	for {
		err := vs.keepRoot(ctx)
		failed := err != nil && ctx.Err() == nil
		if failed && err.Error() != told {
			told = err.Error()
			vs.event(storage.EventReembed, fmt.Sprintf("the vectors of the encoder that training began from are not complete: %v", err), map[string]any{"error": told})
		}
		var retry *time.Timer
		if failed { // the disk may be full, for example, until retention has made room
			retry = time.AfterFunc(rootRetry, vs.LookForRoot)
		}
		err = heartbeat.Wait(ctx, vs.rootDue)
		if retry != nil {
			retry.Stop()
		}
		if err != nil {
			vs.setRoot(nil)
			return
		}
	}
}

// LookForRoot makes KeepRoot look again: another version serves, or the configuration has
// changed.
func (vs *Versions) LookForRoot() {
	select {
	case vs.rootDue <- struct{}{}:
	default: // it is going to look
	}
}

// keepRoot opens the root of the version that serves, if it needs one, and computes the
// vectors that are missing.
func (vs *Versions) keepRoot(ctx context.Context) error {
	v := vs.Current()
	defer v.Done()
	if v.root == nil || !vs.opt.learns() {
		vs.setRoot(nil)
		return nil
	}
	if r := vs.RootBeside(v); r != nil {
		err := vs.useRanges(ctx, v, r)
		r.Done()
		if err != nil {
			return err
		}
	} else if err := vs.openRoot(ctx, v); err != nil {
		return err
	}
	r := vs.RootBeside(v)
	if r == nil {
		return nil // another version took over meanwhile, and LookForRoot was called
	}
	defer r.Done()
	if err := vs.pinRoot(ctx, r.Encoder.Encoders()[0]); err != nil {
		return err
	}
	// From now on ingest stores these vectors. A batch that it began without them is
	// committed before the version can be held.
	held, release := vs.Hold()
	release()
	if held != v {
		return nil // LookForRoot was called
	}
	return vs.fillRoot(ctx, v, r)
}

// useRanges keeps the int8 ranges of an open root in the store, whatever is promoted.
func (vs *Versions) useRanges(ctx context.Context, v, r *Version) error {
	if r.Encoder.Identity().Precision != config.PrecisionInt8 {
		return nil
	}
	float, err := v.rootFloat()
	if err != nil || len(float) == 0 {
		return err
	}
	return vs.opt.Opener.UseRanges(ctx, float[0])
}

// openRoot opens the network of a version's root.
func (vs *Versions) openRoot(ctx context.Context, v *Version) error {
	vs.setRoot(nil) // two would need more memory
	asked := v.askRoot()
	id := asked
	id.Runtime = vs.opt.Opener.Serving(*v.root).Runtime
	encoder, err := openEncoder(ctx, vs.store, *v.root, id, vs.opt.Opener)
	if err != nil {
		return err
	}
	r := &Version{Checkpoint: *v.root, Encoder: encoder, asked: asked}
	r.users.Store(1)
	vs.setRoot(r)
	return nil
}

// setRoot replaces the open root. Nil: there is none.
func (vs *Versions) setRoot(r *Version) { vs.replace(&vs.root, r) }

// fillRoot computes the vectors by root r that frames lack while v serves. A promotion
// waits for one batch at most.
func (vs *Versions) fillRoot(ctx context.Context, v, r *Version) error {
	missing, err := vs.store.MissingVectors(ctx, r.Encoder.Encoders(), 0)
	if err != nil {
		return err
	}
	lost := map[storage.FrameID]bool{}
	for batch := range slices.Chunk(missing, commitFrames) {
		if err := vs.promoting.lock(ctx); err != nil {
			return err
		}
		if !vs.serves(v) || !vs.opt.learns() {
			vs.promoting.unlock()
			return nil // LookForRoot was called
		}
		_, err := vs.reembed(ctx, r, batch, lost)
		vs.promoting.unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

func (vs *Versions) serves(v *Version) bool {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	return vs.serving == v
}

// pinServing keeps the vectors of the root of what serves, if its name is known. KeepRoot
// does it when it has opened another. While a user's file serves, those of the last root
// stay.
func (vs *Versions) pinServing(ctx context.Context) error {
	if root, ok := vs.Root(ctx); ok {
		return vs.pinRoot(ctx, root)
	}
	return nil
}

// pinRoot keeps the vectors of a root in the store, whatever is promoted or deleted.
func (vs *Versions) pinRoot(ctx context.Context, root storage.Encoder) error {
	roots, err := vs.store.Roots()
	if err != nil {
		roots = nil // the list is damaged, and is made anew
	}
	if len(roots) > 0 && roots[0] == root {
		return nil
	}
	roots = slices.DeleteFunc(roots, func(e storage.Encoder) bool { return e == root })
	roots = slices.Insert(roots, 0, root)
	return vs.store.SetRoots(ctx, roots[:min(len(roots), maxRoots)]...)
}
