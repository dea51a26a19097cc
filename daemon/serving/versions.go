package serving

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/client"
	"edgeclr/daemon/heartbeat"
	"edgeclr/storage"
)

// Options are what Versions needs of a service.
type Options struct {
	Store   *storage.Store
	Decoder *decode.Decoder // decodes stored pictures
	Opener  *blend.Opener
	// KeepCheckpoints returns how many trained checkpoints may stay. Prune calls it
	// each time, since a reload can change the number.
	KeepCheckpoints func() int
	// Learns tells whether frames are learned from, so that each needs a vector of the
	// root. A reload can change it: see LookForRoot. Nil: they are not.
	Learns func() bool
	// OnSize is told the serving size when a version takes over, in pixels. It must return
	// at once. Nil: nobody is told.
	OnSize  func(size int)
	Publish func(storage.Event)
	Now     func() time.Time   // gives imported checkpoints their time
	Heart   *heartbeat.Monitor // nil: nobody watches
	Log     *slog.Logger
}

// Versions holds the version that serves, and one more that was asked for by
// name. It is safe for concurrent use.
type Versions struct {
	opt   Options
	store *storage.Store

	// promoting is held while another version is made to serve. It is taken before
	// all other locks.
	promoting longLock

	// opening is held while a version is opened beside the serving one, which
	// takes a second or more. Queries of the serving one do not wait for it.
	opening sync.Mutex

	// commit is held while frames are committed with vectors of the serving
	// version, and while that version is swapped for another.
	commit sync.Mutex

	// deleting is held while frames are deleted from the store and the indexes, and
	// while vectors go from the store into an index. So no index holds a deleted
	// frame. It is taken after opening and commit.
	deleting sync.Mutex

	// teaching is held while the teacher is changed, and while its vectors are stored.
	teaching sync.Mutex

	// outdated is set when the serving version has other encoders than the
	// configuration asks for. The holder of promoting reads and changes it.
	outdated bool

	mu      sync.Mutex
	serving *Version
	beside  *Version // the last one that was opened beside the serving one
	next    *Version // the one that is being promoted
	root    *Version // the root beside the serving one: see RootBeside

	rootDue chan struct{} // KeepRoot is to look again; has room for one
}

// Open opens the version that serves. It computes no missing vectors: see
// [Versions.Mend]. When the configuration asks for another precision or accelerator
// than that of the stored vectors, the version serves as before. Mend then embeds the
// frames anew, and changes over.
func Open(ctx context.Context, o Options) (*Versions, error) {
	id, err := o.Store.Serving()
	if err != nil {
		return nil, err
	}
	cp, err := o.Store.Checkpoint(id)
	if err != nil {
		return nil, err
	}
	if err := linkOldVectors(ctx, o); err != nil {
		return nil, err
	}
	encoder, outdated, err := chooseEncoder(ctx, o.Store, cp, o.Opener)
	if err != nil {
		return nil, err
	}
	v, err := loadVersion(ctx, o.Store, cp, encoder)
	if err != nil {
		return nil, err
	}
	if err := o.Store.SetServing(ctx, id, "its encoders are others than before", v.Encoder.Encoders()...); err != nil {
		v.Done()
		return nil, err
	}
	return &Versions{opt: o, store: o.Store, promoting: newLongLock(), serving: v, outdated: outdated, rootDue: make(chan struct{}, 1)}, nil
}

// Close releases the versions. Those in use stay open until their holders call Done.
func (vs *Versions) Close() {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	for _, v := range []*Version{vs.serving, vs.beside, vs.root} {
		if v != nil {
			v.Done()
		}
	}
	vs.serving, vs.beside, vs.root = nil, nil, nil
}

// Current returns the version that serves. The caller calls Done on it.
func (vs *Versions) Current() *Version {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	vs.serving.users.Add(1)
	return vs.serving
}

// Hold keeps the version that serves from being replaced until release is
// called, so that frames can be committed with its vectors. Only one caller
// holds it at a time.
func (vs *Versions) Hold() (v *Version, release func()) {
	vs.commit.Lock()
	v = vs.Current()
	return v, func() {
		v.Done()
		vs.commit.Unlock()
	}
}

// Named returns the version of a checkpoint by a name that [Resolve] knows. It opens a
// version that is not open, which takes a second or more. The caller calls Done on it.
func (vs *Versions) Named(ctx context.Context, name string) (*Version, error) {
	if name == "" || name == client.ServingName {
		return vs.Current(), nil
	}
	cp, err := Resolve(vs.store, name)
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
	encoder, err := encoderBeside(ctx, vs.store, cp, vs.opt.Opener)
	if err != nil {
		return nil, err
	}
	vs.deleting.Lock()
	defer vs.deleting.Unlock()
	v, err := loadVersion(ctx, vs.store, cp, encoder)
	if err != nil {
		return nil, err
	}
	v.acquire()
	vs.replaceBeside(v)
	return v, nil
}

// ready returns the open version of a checkpoint; nil when it is not open. The caller
// calls Done on it.
func (vs *Versions) ready(id storage.CheckpointID) *Version {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	for _, v := range []*Version{vs.serving, vs.beside} {
		if v != nil && v.Checkpoint.ID == id && v.sizeOf(vs.serving) && v.acquire() {
			return v
		}
	}
	return nil
}

// replaceBeside makes v the version beside the serving one, and releases the old one.
// Nil: there is none.
func (vs *Versions) replaceBeside(v *Version) { vs.replace(&vs.beside, v) }

// replace puts v, or nil, in place of another version that is open beside the serving
// one, and releases that. Place is a field of vs that mu guards.
func (vs *Versions) replace(place **Version, v *Version) {
	vs.mu.Lock()
	old := *place
	*place = v
	vs.mu.Unlock()
	if old != nil {
		old.Done()
	}
}

// Delete calls deleteFrames, which deletes frames from the store and returns their
// ids, also with an error. Delete then removes these frames from the indexes.
// Meanwhile no vector is added to an index.
func (vs *Versions) Delete(deleteFrames func() ([]storage.FrameID, error)) error {
	vs.deleting.Lock()
	defer vs.deleting.Unlock()
	ids, err := deleteFrames()
	plain := make([]uint64, len(ids))
	for i, id := range ids {
		plain[i] = uint64(id)
	}
	vs.mu.Lock()
	defer vs.mu.Unlock()
	for _, v := range []*Version{vs.serving, vs.beside, vs.next} {
		if v != nil {
			v.Index.Remove(plain...)
		}
	}
	return err
}

// put commits vectors that the version computed, a list for each of its encoders. Then
// it adds the frames to the version's index, if it has one. It skips frames that were
// deleted meanwhile.
func (vs *Versions) put(ctx context.Context, v *Version, frames []storage.FrameID, computed [][]storage.Vector) error {
	vs.deleting.Lock()
	defer vs.deleting.Unlock()
	encoders := v.Encoder.Encoders()
	for part, batch := range computed {
		if err := vs.store.PutVectors(ctx, encoders[part], batch); err != nil {
			return err
		}
	}
	if v.Index == nil {
		return nil
	}
	var damaged error
	for _, id := range frames {
		// The store may have had the other half before.
		vector, err := vs.store.Vector(encoders, v.Encoder.Share(), id)
		switch {
		case errors.Is(err, storage.ErrNotFound):
			continue
		case errors.Is(err, storage.ErrCorrupt):
			damaged = err
			continue
		case err == nil:
			err = v.Index.Add(uint64(id), vector)
		}
		if err != nil {
			return err
		}
	}
	if damaged != nil { // the next look for missing vectors finds these
		_, err := vs.store.DropDamagedVectors(ctx, encoders)
		return err
	}
	return nil
}

// Picture decodes the picture that the store keeps of a frame. Without one, the error
// matches storage.ErrNotFound.
func (vs *Versions) Picture(ctx context.Context, id storage.FrameID) (*rgb.Image, error) {
	data, err := vs.store.FrameData(id)
	if err != nil {
		return nil, err
	}
	picture, _, err := vs.opt.Decoder.Decode(ctx, data)
	return picture, err
}
