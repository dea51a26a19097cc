package daemon

import (
	"context"
	"errors"
	"sync"

	"edgeclr/model"
	"edgeclr/storage"
)

// versions holds the version that serves, and one more that was asked for by
// name.
type versions struct {
	store   *storage.Store
	runtime model.Runtime
	log     logger

	mu      sync.Mutex
	serving *version
	other   *version // the last one opened beside it
	coming  *version // the one that is being promoted

	// opening is held while a version is opened beside the serving one, which
	// takes a second or more: queries of the serving one do not wait for it.
	opening sync.Mutex

	// commit is held while frames are committed with vectors of the serving
	// version, and while that version is swapped for another.
	commit sync.Mutex

	// deleting is held while frames leave store and indexes, and while vectors
	// go from the store into an index, so that no index holds a frame that is
	// gone. It is taken after opening and commit.
	deleting sync.Mutex
}

// logger is the part of slog that the versions use.
type logger interface{ Warn(msg string, args ...any) }

// load opens the version that serves. [Service.mend] computes the vectors that
// it lacks.
func (vs *versions) load(ctx context.Context) error {
	id, err := vs.store.Serving()
	if err != nil {
		return err
	}
	cp, err := vs.store.Checkpoint(id)
	if err != nil {
		return err
	}
	v, err := openVersion(ctx, vs.store, cp, vs.runtime, true)
	if err != nil {
		return err
	}
	vs.mu.Lock()
	vs.serving = v
	vs.mu.Unlock()
	return nil
}

// current is the version that serves. The caller calls done on it.
func (vs *versions) current() *version {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	vs.serving.users.Add(1)
	return vs.serving
}

// named gives the version of a checkpoint: "" and "serving" mean the one that
// serves, "pretrained" the first. The caller calls done on it.
func (vs *versions) named(ctx context.Context, name string) (*version, error) {
	if name == "" || name == "serving" {
		return vs.current(), nil
	}
	cp, err := resolveCheckpoint(vs.store, name)
	if err != nil {
		return nil, err
	}
	if v := vs.ready(cp.ID); v != nil {
		return v, nil
	}
	vs.opening.Lock()
	defer vs.opening.Unlock()
	if v := vs.ready(cp.ID); v != nil {
		return v, nil // another request opened it meanwhile
	}
	vs.deleting.Lock()
	defer vs.deleting.Unlock()
	v, err := openVersion(ctx, vs.store, cp, vs.runtime, true)
	if err != nil {
		return nil, err
	}
	v.acquire()
	vs.replaceOther(v)
	return v, nil
}

// ready is the open version of a checkpoint, nil when there is none. The caller
// calls done on it.
func (vs *versions) ready(id storage.CheckpointID) *version {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	for _, v := range []*version{vs.serving, vs.other} {
		if v != nil && v.checkpoint.ID == id && v.acquire() {
			return v
		}
	}
	return nil
}

// replaceOther keeps v, or none, as the version beside the serving one.
func (vs *versions) replaceOther(v *version) {
	vs.mu.Lock()
	old := vs.other
	vs.other = v
	vs.mu.Unlock()
	if old != nil {
		old.done()
	}
}

// prepare opens a version that is to be promoted. The caller swaps it in or
// gives it up by abandon.
func (vs *versions) prepare(ctx context.Context, cp storage.Checkpoint) (*version, error) {
	vs.deleting.Lock()
	defer vs.deleting.Unlock()
	v, err := openVersion(ctx, vs.store, cp, vs.runtime, true)
	if err != nil {
		return nil, err
	}
	vs.mu.Lock()
	vs.coming = v
	vs.mu.Unlock()
	return v, nil
}

// abandon closes a version that is not promoted after all.
func (vs *versions) abandon(v *version) {
	vs.mu.Lock()
	vs.coming = nil
	vs.mu.Unlock()
	v.done()
}

// swap makes v serve. The caller holds commit. The version beside it goes: it
// may be of the same checkpoint, with what was there when it was opened.
func (vs *versions) swap(v *version) {
	vs.mu.Lock()
	old := vs.serving
	vs.serving, vs.coming = v, nil
	vs.mu.Unlock()
	old.done()
	vs.replaceOther(nil)
}

// remove takes deleted frames out of the indexes.
func (vs *versions) remove(ids []storage.FrameID) {
	plain := make([]uint64, len(ids))
	for i, id := range ids {
		plain[i] = uint64(id)
	}
	vs.mu.Lock()
	defer vs.mu.Unlock()
	for _, v := range []*version{vs.serving, vs.other, vs.coming} {
		if v != nil {
			v.index.Remove(plain...)
		}
	}
}

func (vs *versions) close() {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	for _, v := range []*version{vs.serving, vs.other} {
		if v != nil {
			v.done()
		}
	}
	vs.serving, vs.other = nil, nil
}

// put commits vectors that the version computed and adds them to its index,
// those of frames that were deleted meanwhile left out.
func (vs *versions) put(ctx context.Context, v *version, batch []storage.Vector) error {
	vs.deleting.Lock()
	defer vs.deleting.Unlock()
	if err := vs.store.PutVectors(ctx, v.checkpoint.ID, batch); err != nil {
		return err
	}
	for _, one := range batch {
		_, err := vs.store.Frame(one.ID)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err == nil {
			err = v.index.Add(uint64(one.ID), one.Values)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
