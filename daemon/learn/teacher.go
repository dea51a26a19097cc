package learn

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"edgeclr/camera/rgb"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/client"
	"edgeclr/daemon/heartbeat"
	"edgeclr/daemon/serving"
	"edgeclr/storage"
)

// Vectors is what the learner needs of the stored vectors, besides reading them. See
// [serving.Versions].
type Vectors interface {
	Root(ctx context.Context) (storage.Encoder, bool)
	Teacher(ctx context.Context) (storage.Encoder, bool, error)
	UseTeacher(ctx context.Context, e *storage.Encoder) error
	PutTeacherVectors(ctx context.Context, e storage.Encoder, vectors []storage.Vector) error
}

// teacher is the encoder that learn.teacher names. It may be larger than the one that is
// trained, and never serves. Its vectors say, together with those of other encoders, which
// pictures are neighbours. Who trains owns it: the running learner, or Train.
type teacher struct {
	wish    int             // number of the wish that it fulfils
	network *blend.Embedder // nil: there is none
	is      storage.Encoder // of the network
	done    map[uint64]bool // frames to learn from that have its vector, or cannot be read
	rest    time.Time       // no frame is embedded before, since that failed
}

// teacherWish is the teacher that is to be used. Learner.mu guards it: a reload changes it.
type teacherWish struct {
	number int                  // counted from 1; 0 is fulfilled by nothing
	file   *serving.EncoderFile // read and tried; nil: read what the configuration names
	failed error                // why it cannot be used
}

const (
	// teachTime bounds how long frames are embedded before the learner looks whether a
	// round is due. When none is, it goes on with the next look.
	teachTime = 30 * time.Second
	// teachBatch is how many vectors are committed together.
	teachBatch = 16
)

// SetTeacher says which teacher the configuration names now. The file was read and tried;
// nil is none. It takes effect when no round runs.
func (l *Learner) SetTeacher(file *serving.EncoderFile) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wish = teacherWish{number: l.wish.number + 1, file: file}
}

// followTeacher opens the teacher that is wished for, and closes the one before. When it
// cannot be used, an event says why, and learning goes on without it until the
// configuration is loaded again. The error is that of ctx.
func (l *Learner) followTeacher(ctx context.Context) error {
	l.mu.Lock()
	wish := l.wish
	l.wish.file = nil // it can be opened once
	l.mu.Unlock()
	if l.teacher.wish == wish.number {
		return nil
	}
	var err error
	if l.teacher.network != nil && wish.file != nil && wish.file.Hash() == l.teacher.is.Weights {
		// It is open. A reload between without a teacher has deleted its vectors.
		l.teacher.done = nil
		err = l.opt.Vectors.UseTeacher(ctx, &l.teacher.is)
	} else {
		l.closeTeacher()
		err = l.openTeacher(ctx, wish.file)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	l.teacher.wish = wish.number
	l.mu.Lock()
	if l.wish.number == wish.number {
		l.wish.failed = err
	}
	l.mu.Unlock()
	if err != nil {
		l.tellTeacher(fmt.Sprintf("learning goes on without a teacher: %v", err), err)
	}
	return nil
}

func (l *Learner) tellTeacher(text string, err error) {
	l.opt.Publish(storage.Event{Kind: storage.EventLearn, Text: text,
		Data: map[string]any{"file": l.opt.Config().Learn.Teacher, "error": err.Error()}})
}

// openTeacher opens the file that the configuration names. File is that file if it was read
// before.
func (l *Learner) openTeacher(ctx context.Context, file *serving.EncoderFile) (err error) {
	named := l.opt.Config().TeacherFile()
	if named.Path == "" {
		return l.opt.Vectors.UseTeacher(ctx, nil)
	}
	if file == nil {
		if file, err = serving.ReadEncoderFile(named); err != nil {
			return err
		}
	}
	network, err := l.opt.Opener.OpenFile(ctx, file.EncoderFile, "the file")
	if err != nil {
		return serving.Unusable(named, err)
	}
	is := network.Encoders()[0]
	if err := l.opt.Vectors.UseTeacher(ctx, &is); err != nil {
		return errors.Join(err, network.Close())
	}
	l.teacher.network, l.teacher.is = network, is
	return nil
}

// closeTeacher closes the teacher. It is opened again when it is needed again.
func (l *Learner) closeTeacher() {
	if l.teacher.network != nil {
		_ = l.teacher.network.Close()
	}
	l.teacher = teacher{}
}

// teach computes the teacher's vectors of the frames to learn from that lack one, newest
// first, for at most teachTime. Between batches the governor may let it wait, as between
// the steps of a round. When it fails, it is tried again after a pause; the error is that
// of ctx.
func (l *Learner) teach(ctx context.Context) error {
	if l.teacher.network == nil || l.opt.Config().Learn.Neighbours == 0 || time.Now().Before(l.teacher.rest) {
		return ctx.Err()
	}
	begin := time.Now()
	for batch := range slices.Chunk(l.lackTeacher(), teachBatch) {
		if time.Since(begin) > teachTime {
			break
		}
		heartbeat.Allow(ctx, heartbeat.LoopTime)
		if err := l.untilAllowed(ctx); err != nil {
			return err
		}
		heartbeat.Allow(ctx, heartbeat.WorkTime)
		began := time.Now()
		if err := l.teachSome(ctx, batch); err != nil && ctx.Err() == nil {
			l.teacher.rest = time.Now().Add(retryAfter)
			l.tellTeacher(fmt.Sprintf("the teacher did not embed frames, which is tried again in %v: %v", retryAfter, err), err)
			break
		}
		l.governor.After(time.Since(began))
	}
	return ctx.Err()
}

// lackTeacher returns the frames to learn from that have no vector of the teacher, newest
// first.
func (l *Learner) lackTeacher() (lacking []uint64) {
	done := map[uint64]bool{} // of the frames that are still there
	for _, e := range slices.Backward(l.opt.Corpus.buffer.Entries()) {
		if !l.teacher.done[e.ID] {
			if _, err := l.opt.Store.Vector([]storage.Encoder{l.teacher.is}, 0, storage.FrameID(e.ID)); err != nil {
				lacking = append(lacking, e.ID) // a damaged vector is computed again
				continue
			}
		}
		done[e.ID] = true
	}
	l.teacher.done = done
	return lacking
}

// teachSome embeds a few frames and stores the vectors. It leaves out those whose picture
// cannot be read.
func (l *Learner) teachSome(ctx context.Context, ids []uint64) error {
	small := l.opt.Corpus.picture(l.opt.Decoder)
	kept, pictures, err := loadEach(ctx, ids, func(ctx context.Context, id uint64) (*rgb.Image, error) {
		m, err := l.opt.Versions.Picture(ctx, storage.FrameID(id)) // may be larger
		if err != nil {
			m, err = small(ctx, id)
		}
		if err != nil {
			return nil, err
		}
		return rgb.Square{Size: l.teacher.is.Size, Squash: l.opt.Config().Squash()}.Of(m), nil // full pictures would not fit into the memory of a small board
	})
	if err != nil {
		return err
	}
	rows, err := l.teacher.network.Embed(ctx, pictures)
	if err != nil {
		return err
	}
	vectors := make([]storage.Vector, len(kept))
	for i, id := range kept {
		vectors[i] = storage.Vector{ID: storage.FrameID(id), Values: rows[i]}
	}
	if err := l.opt.Vectors.PutTeacherVectors(ctx, l.teacher.is, vectors); err != nil {
		return err
	}
	for _, id := range ids {
		l.teacher.done[id] = true
	}
	return nil
}

// teacherNetworks is the teacher's network, which stays open; none when there is no
// teacher.
func (l *Learner) teacherNetworks() []network {
	if l.teacher.network == nil {
		return nil
	}
	return []network{{is: l.teacher.is, open: func(context.Context) (blend.Encoder, error) { return l.teacher.network.Part(0), nil }}}
}

// teacherStatus tells what the teacher is; nil without one.
func (l *Learner) teacherStatus() *client.TeacherStatus {
	named := l.opt.Config().TeacherFile()
	if named.Path == "" {
		return nil
	}
	st := &client.TeacherStatus{File: named.Path}
	l.mu.Lock()
	failed := l.wish.failed
	l.mu.Unlock()
	if failed != nil {
		st.Error = failed.Error()
		return st
	}
	// The store knows it also while nothing is learned.
	if e, ok, err := l.opt.Vectors.Teacher(context.Background()); err == nil && ok {
		st.Size = e.Size
		st.Embedded, _ = l.opt.Store.CountVectors([]storage.Encoder{e})
	}
	return st
}
