package serving

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/client"
	"edgeclr/daemon/heartbeat"
	"edgeclr/storage"
)

// EncoderFile is a file that the configuration names. It was read and checked.
type EncoderFile struct {
	*blend.EncoderFile
	path string
}

// maxEncoderFile bounds the files that are read. The limits of the check are the same.
const maxEncoderFile = 512 << 20

// ReadEncoderFile reads and checks a file that the configuration names, without LiteRT.
// It returns nil when the configuration names none. The error names the key and the file,
// and says what mends it.
func ReadEncoderFile(named config.EncoderFile) (*EncoderFile, error) {
	if named.Path == "" {
		return nil, nil
	}
	data, err := readEncoderFile(named.Path)
	var f *blend.EncoderFile
	if err == nil {
		f, err = blend.NewEncoderFile(data, blend.Scaling{Mean: named.Mean, Std: named.Std, MeanKey: named.MeanKey, StdKey: named.StdKey})
	}
	if err != nil {
		return nil, Unusable(named, err)
	}
	return &EncoderFile{f, named.Path}, nil
}

// OpenEncoderFile is ReadEncoderFile, and runs the file in a child process too.
func OpenEncoderFile(ctx context.Context, named config.EncoderFile, o *blend.Opener) (*EncoderFile, error) {
	f, err := ReadEncoderFile(named)
	if f == nil || err != nil {
		return nil, err
	}
	if err := o.TryFile(ctx, f.EncoderFile, "the file"); err != nil {
		return nil, Unusable(named, err)
	}
	return f, nil
}

// Unusable says that a file that the configuration names cannot be used, and why.
func Unusable(named config.EncoderFile, why error) error {
	return fmt.Errorf("%s: %s cannot %s: %w", named.Key, named.Path, named.Purpose, why)
}

func readEncoderFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w; give the path of a .tflite file, or leave the key empty", err)
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file; give the path of a .tflite file")
	case info.Size() > maxEncoderFile:
		return nil, fmt.Errorf("it has %d bytes, and the limit is %d", info.Size(), maxEncoderFile)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxEncoderFile+1)) // it may grow meanwhile
}

// noFileReason is why the store's own encoder serves again.
const noFileReason = "encoder.file names no file any more"

// put returns the checkpoint that holds the file, and stores it when there is none yet.
func (f *EncoderFile) put(ctx context.Context, st *storage.Store, now time.Time) (storage.CheckpointID, error) {
	all, err := st.Checkpoints()
	if err != nil {
		return "", err
	}
	cp := f.Checkpoint()
	for _, known := range all {
		if known.Kind == cp.Kind && known.SHA256 == cp.SHA256 {
			return known.ID, nil
		}
	}
	cp.Created, cp.Blend = now, config.BlendNone
	cp.Note = fmt.Sprintf("encoder file %s, %s", filepath.Base(f.path), cp.SHA256[:12])
	return st.PutCheckpoint(ctx, cp, f.Tensors())
}

// Follow makes the configured encoder serve: the file, or the store's own encoder when
// file is nil and a file served until now. It embeds the stored frames first, as Promote
// does, while the old encoder answers queries. Nothing happens when the encoder serves
// already.
func (vs *Versions) Follow(ctx context.Context, file *EncoderFile, cfg config.Config) error {
	beat := vs.opt.Heart.Beat("encoder file", heartbeat.WorkTime)
	defer beat.Stop()
	ctx = heartbeat.With(ctx, beat)
	id, reason, err := vs.wanted(ctx, file, cfg)
	if err != nil || id == "" {
		return err
	}
	if _, err := vs.Promote(ctx, string(id), reason, nil); err != nil {
		return err
	}
	return vs.pruneFiles(ctx)
}

// wanted returns the checkpoint that is to serve, and why; "" when it serves already. It
// gives the promotion of another file up. It waits for a promotion that goes on, which
// decides what serves.
func (vs *Versions) wanted(ctx context.Context, file *EncoderFile, cfg config.Config) (id storage.CheckpointID, reason string, err error) {
	if err := vs.promoting.lock(ctx); err != nil {
		return "", "", err
	}
	defer vs.promoting.unlock()
	if err := vs.DropPendingFile(ctx, file); err != nil {
		return "", "", err
	}
	serving, err := Resolve(vs.store, "")
	if err != nil {
		return "", "", err
	}
	switch {
	case file != nil:
		reason = "encoder.file names " + file.path
		id, err = file.put(ctx, vs.store, vs.opt.Now())
	case serving.Kind == storage.CheckpointFile:
		reason = noFileReason
		id, err = ownEncoder(ctx, vs.store, cfg, vs.opt.Now(), vs.opt.Log)
	}
	if id == serving.ID {
		id = ""
	}
	return id, reason, err
}

// DropPendingFile gives an unfinished promotion of another file up than the one that the
// configuration names. Nil: it names none. It is called before Mend goes on with that
// promotion.
func (vs *Versions) DropPendingFile(ctx context.Context, file *EncoderFile) error {
	var pending promotion
	if _, err := vs.store.LoadState(ctx, pendingPromotion, &pending); errors.Is(err, storage.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	cp, err := vs.store.Checkpoint(pending.Checkpoint)
	if err != nil || cp.Kind != storage.CheckpointFile {
		return nil // Mend reports a checkpoint that is gone
	}
	if file != nil && file.Hash() == cp.SHA256 {
		return nil
	}
	return vs.store.DeleteState(ctx, pendingPromotion)
}

// ownEncoder finds the encoder of the store that serves when no file does: the one that
// served last, else the pretrained one. A store that began with a file gets a pretrained
// one.
func ownEncoder(ctx context.Context, st *storage.Store, cfg config.Config, now time.Time, log *slog.Logger) (storage.CheckpointID, error) {
	if cp, err := st.RollbackTarget(); err == nil && cp.Kind != storage.CheckpointFile {
		return cp.ID, nil
	}
	cp, err := Resolve(st, storage.CheckpointPretrained)
	if errors.Is(err, client.ErrNothingFound) {
		return putPretrained(ctx, st, cfg, now, log)
	}
	return cp.ID, err
}

// pruneFiles deletes the files that neither serve nor served before.
func (vs *Versions) pruneFiles(ctx context.Context) error {
	all, err := vs.store.Checkpoints()
	if err != nil {
		return err
	}
	protected, err := vs.protected(ctx)
	if err != nil {
		return err
	}
	for _, cp := range all {
		if cp.Kind != storage.CheckpointFile || protected[cp.ID] {
			continue
		}
		if err := vs.store.DeleteCheckpoint(ctx, cp.ID); err != nil {
			return err
		}
	}
	return nil
}
