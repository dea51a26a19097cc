package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/internal/install"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// Pretrained loads the weights that the configuration names: its file, else
// one from the places where weights are installed, else random ones drawn
// from the seed. Source says which, and whether they know anything.
func Pretrained(cfg config.Config) (set weights.Set, source string, err error) {
	a, err := arch.Get(cfg.Model.Arch)
	if err != nil {
		return nil, "", err
	}
	path := weightsFile(cfg)
	if path == "" {
		return model.Random(a, cfg.Model.Seed), "", nil
	}
	set, err = weights.ReadFile(path, weights.Limits{})
	if err != nil {
		return nil, "", err
	}
	if set, err = set.Match(a.Specs(), a.Ignores); err != nil {
		return nil, "", fmt.Errorf("%s does not hold the weights of %s: %w", path, a.Name, err)
	}
	return set, path, nil
}

// weightsFile looks for the weights of the configured architecture.
func weightsFile(cfg config.Config) string {
	if cfg.Model.Weights != "" {
		return cfg.Model.Weights
	}
	if path := os.Getenv("EDGECLR_WEIGHTS"); path != "" {
		return path
	}
	folders := []string{"/usr/local/share/edgeclr", "/usr/share/edgeclr"}
	if program, err := os.Executable(); err == nil {
		bin := filepath.Dir(program)
		folders = append([]string{filepath.Join(bin, "..", "..", "share", "edgeclr"), // of lib/edgeclr
			filepath.Join(bin, "..", ".deps", "weights")}, folders...)
	}
	folders = append(folders, filepath.Join(".deps", "weights"))
	for _, folder := range folders {
		for _, ending := range []string{".safetensors", ".pth"} {
			path := filepath.Join(folder, cfg.Model.Arch+ending)
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				return path
			}
		}
	}
	return ""
}

// firstCheckpoint is why the pretrained checkpoint serves.
const firstCheckpoint = "the first checkpoint of this store"

// ensurePretrained gives an empty store its first checkpoint, and refuses flags
// that contradict the one it has.
func (s *Service) ensurePretrained(ctx context.Context) error {
	id, err := s.store.Serving()
	if err != nil {
		return err
	}
	if id != "" {
		return s.adopt(id)
	}
	if first, err := resolveCheckpoint(s.store, storage.KindPretrained); err == nil {
		// The process that made this store ended between the two commits below.
		return errors.Join(s.store.SetServing(ctx, first.ID, firstCheckpoint), s.adopt(first.ID))
	}
	cfg := s.config()
	set, source, err := Pretrained(cfg)
	if err != nil {
		return err
	}
	note := "weights from " + source
	if source == "" {
		note = fmt.Sprintf("random weights, seed %d", cfg.Model.Seed)
		s.log.Warn("no weights file was found, so the encoder starts from random weights and knows nothing yet; "+
			"run `"+install.MendSelf("make deps")+"`, or give a file with --weights", "arch", cfg.Model.Arch)
	}
	a, err := arch.Get(cfg.Model.Arch)
	if err != nil {
		return err
	}
	id, err = s.store.PutCheckpoint(ctx, storage.Checkpoint{
		Kind: storage.KindPretrained, Arch: a.Name, Size: cfg.Model.Size, Blend: config.BlendNone, Dim: a.Features,
		Created: s.opt.Now(), Seed: cfg.Model.Seed, Note: note,
	}, set)
	if err != nil {
		return err
	}
	return s.store.SetServing(ctx, id, firstCheckpoint)
}

// adopt takes architecture and size from the store's checkpoint. The blend is
// each checkpoint's own, and the configuration gives it to new ones.
func (s *Service) adopt(id storage.CheckpointID) error {
	cp, err := s.store.Checkpoint(id)
	if err != nil {
		return err
	}
	cfg := s.config()
	clash := func(key string, has, wants any) error {
		return fmt.Errorf("%w: checkpoint %s in %s has %s %v, and --%s %v cannot change that; leave the flag out, or use another folder with --data",
			client.ErrContradiction, id, cfg.Data, key, has, key, wants)
	}
	if s.opt.Explicit["arch"] && cfg.Model.Arch != cp.Arch {
		return clash("arch", cp.Arch, cfg.Model.Arch)
	}
	if s.opt.Explicit["size"] && cfg.Model.Size != cp.Size {
		return clash("size", cp.Size, cfg.Model.Size)
	}
	if s.opt.Explicit["blend"] {
		return fmt.Errorf("%w: %s already has checkpoint %s; what is trained in it from now on serves as serve.blend in the configuration says; "+
			"leave --blend out, or use another folder with --data", client.ErrContradiction, cfg.Data, id)
	}
	if s.opt.Explicit["weights"] {
		return fmt.Errorf("%w: %s already has checkpoint %s; bring weights in with `edgeclr import FILE`, or use another folder with --data",
			client.ErrContradiction, cfg.Data, id)
	}
	cfg.Model.Arch, cfg.Model.Size = cp.Arch, cp.Size
	s.settings.set(cfg)
	return nil
}

// resolveCheckpoint finds a checkpoint by its id, or by "serving" ("" too) or
// "pretrained".
func resolveCheckpoint(st *storage.Store, name string) (storage.Checkpoint, error) {
	switch name {
	case "", "serving":
		id, err := st.Serving()
		if err != nil {
			return storage.Checkpoint{}, err
		}
		return st.Checkpoint(id)
	case storage.KindPretrained:
		all, err := st.Checkpoints()
		if err != nil {
			return storage.Checkpoint{}, err
		}
		for _, cp := range all {
			if cp.Kind == storage.KindPretrained {
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
