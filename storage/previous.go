package storage

import "fmt"

// RollbackTarget returns the checkpoint that Rollback would let serve. ErrNotFound:
// there is none.
func (s *Store) RollbackTarget() (id CheckpointID, err error) {
	err = s.view("read serving history", func(t txn) error {
		h, err := t.serving()
		if err != nil {
			return err
		}
		id, _, err = t.previous(h)
		return err
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// previous finds the newest checkpoint of the history that is not the present
// one and still exists, and the history up to it.
func (t txn) previous(h history) (CheckpointID, history, error) {
	now := h.current()
	for len(h) > 0 {
		h = h[:len(h)-1]
		id := h.current()
		n, err := id.number()
		if err != nil || id == now {
			continue
		}
		_, ok, err := t.checkpoint(n)
		if err != nil {
			return "", nil, err
		}
		if ok {
			return id, h, nil
		}
	}
	return "", nil, fmt.Errorf("a checkpoint that served before: %w", ErrNotFound)
}
