package client

import (
	"fmt"

	"edgeclr/config"
)

// CheckFlags refuses flags that contradict the checkpoint of a store. Given has the
// names of the flags on the command line, and cfg their values. Has is the
// checkpoint. Keys of a configuration file may differ: then the store decides. The
// error matches [ErrContradiction].
func CheckFlags(given map[string]bool, cfg config.Config, has CheckpointStatus) error {
	clash := func(flag string, stored, wanted any) error {
		return fmt.Errorf("%w: checkpoint %s in %s has %s %v, and --%s %v cannot change that; leave the flag out, or use another folder with --data",
			ErrContradiction, has.Serving, cfg.Data, flag, stored, flag, wanted)
	}
	switch {
	case given["arch"] && cfg.Model.Arch != has.Arch:
		return clash("arch", has.Arch, cfg.Model.Arch)
	case given["size"] && cfg.ServingSize() != has.Size:
		return fmt.Errorf("%w; `edgeclr checkpoints resize %d` changes the size of the store", clash("size", has.Size, cfg.ServingSize()), cfg.ServingSize())
	case given["weights"]:
		return fmt.Errorf("%w: %s already has checkpoint %s; bring weights in with `edgeclr import FILE`, or use another folder with --data",
			ErrContradiction, cfg.Data, has.Serving)
	case OtherRuntime(given, cfg, has.Encoder):
		text := fmt.Sprintf("%s computes the vectors of %s, and --runtime %s cannot change that while the service runs", has.Encoder.Runtime, cfg.Data, cfg.Model.Runtime)
		if has.Encoder.Instead != "" {
			text += ": " + has.Encoder.Instead
		}
		return fmt.Errorf("%w: %s; leave the flag out, or set model.runtime and restart the service", ErrContradiction, text)
	}
	return nil
}

// OtherRuntime tells whether the flags name another runtime than the one that computes
// the vectors of a store. It is false while that is not known.
func OtherRuntime(given map[string]bool, cfg config.Config, is EncoderStatus) bool {
	named := cfg.Model.Runtime
	return given["runtime"] && named != config.RuntimeAuto && is.Runtime != "" && named != is.Runtime
}
