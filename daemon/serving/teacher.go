package serving

import (
	"context"
	"errors"
	"slices"

	"edgeclr/storage"
)

// teacherState is the name of the state in the store that says which encoder is the
// teacher of learn.teacher, whose vectors stay.
const teacherState = "teacher"

// Teacher returns the encoder whose vectors UseTeacher keeps. Ok is false when there is
// none.
func (vs *Versions) Teacher(ctx context.Context) (e storage.Encoder, ok bool, err error) {
	_, err = vs.store.LoadState(ctx, teacherState, &e)
	if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrCorrupt) {
		return storage.Encoder{}, false, nil // damaged: its vectors are computed again
	}
	return e, err == nil, err
}

// UseTeacher keeps the vectors of an encoder from now on, whatever serves, and deletes
// those of the teacher before. They are vectors like all others: they go with their
// frames. Nil: there is no teacher any more.
func (vs *Versions) UseTeacher(ctx context.Context, e *storage.Encoder) error {
	vs.teaching.Lock()
	defer vs.teaching.Unlock()
	before, had, err := vs.Teacher(ctx)
	switch {
	case err != nil:
		return err
	case e != nil && (!had || before != *e):
		err = vs.store.SaveState(ctx, teacherState, *e, nil)
	case e == nil && had:
		err = vs.store.DeleteState(ctx, teacherState)
	default:
		return nil
	}
	if err != nil || !had {
		return err
	}
	return vs.dropTeacher(ctx, before) // after a kill before this, the next promotion deletes them
}

// PutTeacherVectors stores vectors of the teacher. It leaves them out when another encoder
// is the teacher by now, or when a frame is gone.
func (vs *Versions) PutTeacherVectors(ctx context.Context, e storage.Encoder, vectors []storage.Vector) error {
	vs.teaching.Lock()
	defer vs.teaching.Unlock()
	now, ok, err := vs.Teacher(ctx)
	if err != nil || !ok || now != e {
		return err
	}
	return vs.store.PutVectors(ctx, e, vectors)
}

// keepVectors deletes the vectors of all encoders but these and the teacher.
func (vs *Versions) keepVectors(ctx context.Context, keep []storage.Encoder) error {
	vs.teaching.Lock()
	defer vs.teaching.Unlock()
	teacher, ok, err := vs.Teacher(ctx)
	if err != nil {
		return err
	}
	if ok {
		keep = append(keep, teacher)
	}
	return vs.store.KeepVectors(ctx, keep)
}

// dropTeacher deletes the vectors of an encoder, unless it is also one that serves, that
// served before, or that is to serve: a file can be both.
func (vs *Versions) dropTeacher(ctx context.Context, e storage.Encoder) error {
	vs.mu.Lock()
	for _, v := range []*Version{vs.serving, vs.beside, vs.next} {
		if v != nil && slices.Contains(v.Encoder.Encoders(), e) {
			vs.mu.Unlock()
			return nil
		}
	}
	vs.mu.Unlock()
	checkpoints, err := vs.protected(ctx)
	if err != nil {
		return err
	}
	for id := range checkpoints {
		if id == "" {
			continue
		}
		served, err := vs.store.Encoders(id)
		if err != nil {
			return err
		}
		if slices.Contains(served, e) {
			return nil
		}
	}
	return vs.store.DropVectors(ctx, e)
}
