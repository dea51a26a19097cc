package serving

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/client"
	"edgeclr/internal/install"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// Pretrained loads the weights of the configured architecture. It takes the file that
// the configuration names. Otherwise it takes a file from a folder where weights are
// installed. Without such a file, the weights are random, from the seed. Source is the
// path of the file, "" for random weights.
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

// weightsFile finds the weights file of the configured architecture; "" when there is
// none.
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

// firstReason is the reason that the store records for the first checkpoint.
const firstReason = "the first checkpoint of this store"

// EnsureOptions are the options of EnsureCheckpoint.
type EnsureOptions struct {
	Store  *storage.Store
	Config config.Config
	// Explicit are the model keys that the user gave as flags ("arch", "size",
	// "learn-size", "weights", "blend").
	Explicit map[string]bool
	// FitBudget is set for the daemon. It chooses the serving size of an empty store by
	// serve.budget, unless the configuration names a size.
	FitBudget bool
	Now       func() time.Time
	Log       *slog.Logger
}

// EnsureCheckpoint gives an empty store its first checkpoint. A store that has one
// decides architecture and sizes, and the returned configuration has these. A flag
// that contradicts them is a client.ErrContradiction. The blend belongs to each
// checkpoint; serve.blend holds for new ones.
func EnsureCheckpoint(ctx context.Context, o EnsureOptions) (config.Config, error) {
	id, err := o.Store.Serving()
	if err != nil {
		return o.Config, err
	}
	if id != "" {
		return o.follow(ctx, id)
	}
	if first, err := Resolve(o.Store, storage.CheckpointPretrained); err == nil {
		// The process that made this store ended between the two commits of create.
		if err := o.Store.SetServing(ctx, first.ID, firstReason); err != nil {
			return o.Config, err
		}
		return o.follow(ctx, first.ID)
	}
	if id, err = o.create(ctx); err != nil {
		return o.Config, err
	}
	cp, err := o.Store.Checkpoint(id)
	if err == nil && cp.Kind != storage.CheckpointFile {
		o.Config.Serve.Size = cp.Size // it may be chosen by what the board can do
		o.Config.Serve.CropMode = config.CropModeOf(cp.Squash)
	}
	return o.Config, err
}

// create stores the first checkpoint and makes it serve: the user's file, else the
// pretrained encoder.
func (o EnsureOptions) create(ctx context.Context) (storage.CheckpointID, error) {
	file, err := OpenEncoderFile(ctx, o.Config.ServingFile(), blend.Configured(o.Config))
	if err != nil {
		return "", err
	}
	var id storage.CheckpointID
	if file != nil {
		id, err = file.put(ctx, o.Store, o.Now())
	} else {
		id, err = o.putPretrained(ctx)
	}
	if err != nil {
		return "", err
	}
	return id, o.Store.SetServing(ctx, id, firstReason)
}

// putPretrained stores the pretrained encoder as the first checkpoint, at the serving size
// that is configured or that the board can afford.
func (o EnsureOptions) putPretrained(ctx context.Context) (storage.CheckpointID, error) {
	cfg := o.Config
	if o.FitBudget && cfg.Serve.Size == 0 {
		set, _, err := Pretrained(cfg)
		if err != nil {
			return "", err
		}
		if cfg.Serve.Size, err = o.fitBudget(ctx, set); err != nil {
			return "", err
		}
	}
	return putPretrained(ctx, o.Store, cfg, o.Now(), o.Log)
}

// putPretrained stores the pretrained encoder of a configuration as a checkpoint.
func putPretrained(ctx context.Context, st *storage.Store, cfg config.Config, now time.Time, log *slog.Logger) (storage.CheckpointID, error) {
	set, source, err := Pretrained(cfg)
	if err != nil {
		return "", err
	}
	note := "weights from " + source
	if source == "" {
		note = fmt.Sprintf("random weights, seed %d", cfg.Model.Seed)
		log.Warn("no weights file was found, so the encoder starts from random weights and knows nothing yet; "+
			"run `"+install.MendSelf("make deps")+"`, or give a file with --weights; to learn without pretrained weights, set learn.stages: 0", "arch", cfg.Model.Arch)
	}
	a, err := arch.Get(cfg.Model.Arch)
	if err != nil {
		return "", err
	}
	return st.PutCheckpoint(ctx, storage.Checkpoint{
		Kind: storage.CheckpointPretrained, Arch: a.Name, Size: cfg.ServingSize(), LearnSize: cfg.LearningSize(), Squash: cfg.Squash(), Blend: config.BlendNone, Dim: a.Features,
		Created: now, Seed: cfg.Model.Seed, Note: note,
	}, set)
}

// follow takes architecture and serving size from the store's checkpoint.
func (o EnsureOptions) follow(ctx context.Context, id storage.CheckpointID) (config.Config, error) {
	cp, err := o.Store.Checkpoint(id)
	if err != nil {
		return o.Config, err
	}
	if cp.Kind == storage.CheckpointFile && o.Config.Encoder.File == "" {
		if err := blend.Configured(o.Config).LoadLiteRT(); err != nil {
			return o.leaveFile(ctx)
		}
	}
	if o.Explicit["blend"] {
		return o.Config, fmt.Errorf("%w: %s already has checkpoint %s; serve.blend in the configuration sets the blend of checkpoints that are trained from now on; "+
			"leave --blend out, or use another folder with --data", client.ErrContradiction, o.Config.Data, id)
	}
	if err := client.CheckFlags(o.Explicit, o.Config, client.CheckpointStatus{Serving: string(id), Arch: cp.Arch, Size: cp.Size}); err != nil {
		return o.Config, err
	}
	if cp.Kind != storage.CheckpointFile { // a file has nothing that the learner could follow
		// Commands that open the store for a moment would repeat it.
		if wanted := o.Config.Serve.Size; o.FitBudget && wanted > 0 && wanted != cp.Size {
			o.Log.Warn("the store keeps its serving size; `edgeclr checkpoints resize PX` changes it, or delete serve.size", "serve.size", wanted, "store", cp.Size)
		}
		if err := o.chooseCrop(ctx, &cp); err != nil {
			return o.Config, err
		}
		o.Config.Model.Arch, o.Config.Serve.Size, o.Config.Serve.CropMode = cp.Arch, cp.Size, config.CropModeOf(cp.Squash)
	}
	return o.Config, nil
}

// chooseCrop lets a store without frames follow serve.crop_mode and the sources: the service
// of a fresh package has no sources yet. A store with frames keeps its crop mode, and the
// log says so when that matters.
func (o EnsureOptions) chooseCrop(ctx context.Context, cp *storage.Checkpoint) error {
	squash := o.Config.Squash()
	if squash == cp.Squash || o.Config.Serve.CropMode == config.CropAuto && !squash {
		return nil
	}
	if o.Store.CountFrames() == 0 && cp.Kind == storage.CheckpointPretrained {
		cp.Squash = squash
		return o.Store.SetSquash(ctx, cp.ID, squash)
	}
	if o.FitBudget { // commands that open the store for a moment would repeat it
		o.Log.Info("the store keeps its crop mode, which decides what of a wide picture is embedded; another one needs a new store, see --data",
			"serve.crop_mode", o.Config.Serve.CropMode, "store", config.CropModeOf(cp.Squash))
	}
	return nil
}

// leaveFile makes the store's own encoder serve at once: nobody wants the file any more,
// and without LiteRT nothing can open it.
func (o EnsureOptions) leaveFile(ctx context.Context) (config.Config, error) {
	own, err := ownEncoder(ctx, o.Store, o.Config, o.Now(), o.Log)
	if err == nil {
		err = o.Store.SetServing(ctx, own, noFileReason+", and LiteRT does not load")
	}
	if err != nil {
		return o.Config, err
	}
	return o.follow(ctx, own)
}
