package storage

import (
	"errors"
	"fmt"
)

// harm collects damaged records in a walk that goes on without them.
type harm struct {
	first error
	count int
}

// note keeps damage for later and passes every other error on.
func (h *harm) note(err error) error {
	if err == nil || !errors.Is(err, ErrCorrupt) {
		return err
	}
	if h.count++; h.first == nil {
		h.first = err
	}
	return nil
}

func (h *harm) err() error {
	if h.count > 1 {
		return fmt.Errorf("%d damaged records were left out, the first: %w", h.count, h.first)
	}
	return h.first
}
