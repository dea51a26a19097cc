package client

import (
	"fmt"

	"edgeclr/config"
)

// CheckFlags refuses flags that contradict the checkpoint of a store. Given are
// the names of the flags on the command line; cfg has their values. The same keys
// in a configuration file may differ: the store decides then. The error is an
// [ErrContradiction].
func CheckFlags(given map[string]bool, cfg config.Config, has CheckpointStatus) error {
	clash := func(flag string, theirs, wanted any) error {
		return fmt.Errorf("%w: checkpoint %s in %s has %s %v, and --%s %v cannot change that; leave the flag out, or use another folder with --data",
			ErrContradiction, has.Serving, cfg.Data, flag, theirs, flag, wanted)
	}
	switch {
	case given["arch"] && cfg.Model.Arch != has.Arch:
		return clash("arch", has.Arch, cfg.Model.Arch)
	case given["size"] && cfg.Model.Size != has.Size:
		return clash("size", has.Size, cfg.Model.Size)
	case given["weights"]:
		return fmt.Errorf("%w: %s already has checkpoint %s; bring weights in with `edgeclr import FILE`, or use another folder with --data",
			ErrContradiction, cfg.Data, has.Serving)
	}
	return nil
}
