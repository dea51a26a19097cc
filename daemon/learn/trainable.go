package learn

import (
	"errors"
	"fmt"

	"edgeclr/storage"
)

// ErrFixed is returned when the encoder that serves is a user's own file, which has no
// weights that could be trained.
var ErrFixed = errors.New("encoder.file serves, and a .tflite file cannot be trained; " +
	"empty the key, or use another folder with --data")

// trainable returns ErrFixed when the encoder that serves, or is to serve, cannot be
// trained.
func (l *Learner) trainable() error {
	if l.opt.Config().Encoder.File != "" {
		return ErrFixed
	}
	v := l.opt.Versions.Current()
	defer v.Done()
	return checkTrainable(v.Checkpoint)
}

// checkTrainable returns ErrFixed for a checkpoint that holds a user's file.
func checkTrainable(cp storage.Checkpoint) error {
	if cp.Kind == storage.CheckpointFile {
		return fmt.Errorf("checkpoint %s: %w", cp.ID, ErrFixed)
	}
	return nil
}
