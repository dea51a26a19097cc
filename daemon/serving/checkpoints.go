package serving

import (
	"errors"
	"fmt"

	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// Checkpoints is what Resolve needs of a store.
type Checkpoints interface {
	Serving() (storage.CheckpointID, error)
	Checkpoint(id storage.CheckpointID) (storage.Checkpoint, error)
	Checkpoints() ([]storage.Checkpoint, error)
}

// Resolve finds a checkpoint by its id or by a name: "serving" and "" are the one that
// serves, "pretrained" is the first pretrained one. When there is none, the error
// matches client.ErrNothingFound.
func Resolve(st Checkpoints, name string) (storage.Checkpoint, error) {
	switch name {
	case "", client.ServingName:
		id, err := st.Serving()
		if err != nil {
			return storage.Checkpoint{}, err
		}
		return st.Checkpoint(id)
	case storage.CheckpointPretrained:
		all, err := st.Checkpoints()
		if err != nil {
			return storage.Checkpoint{}, err
		}
		for _, cp := range all {
			if cp.Kind == storage.CheckpointPretrained {
				return cp, nil
			}
		}
		return storage.Checkpoint{}, fmt.Errorf("%w: the store has no pretrained checkpoint", client.ErrNothingFound)
	}
	cp, err := st.Checkpoint(storage.CheckpointID(name))
	if errors.Is(err, storage.ErrNotFound) {
		return cp, fmt.Errorf("%w: no checkpoint %q; `edgeclr checkpoints` lists them", client.ErrNothingFound, name)
	}
	return cp, err
}

// Candidate returns the newest trained checkpoint that was made after the one that
// serves; "" when there is none.
func Candidate(st Checkpoints, serving storage.CheckpointID) (storage.CheckpointID, error) {
	all, err := st.Checkpoints()
	if err != nil {
		return "", err
	}
	newest := storage.CheckpointID("")
	for _, cp := range all { // in the order they were made
		switch {
		case cp.ID == serving:
			newest = ""
		case cp.Kind == storage.CheckpointTrained:
			newest = cp.ID
		}
	}
	return newest, nil
}
