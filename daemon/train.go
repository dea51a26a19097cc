package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"edgeclr/augment"
	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/daemon/client"
	"edgeclr/daemon/probe"
	"edgeclr/daemon/serving"
	"edgeclr/storage"
)

// TrainOptions describe one training on a folder.
type TrainOptions struct {
	Files  []string      // the pictures
	From   string        // the checkpoint to start from; "" is the one that serves
	Limit  time.Duration // 0: none
	OnStep func(Progress)
	// OnReembed learns how far the promotion is. Nil: none.
	OnReembed func(done, total int)
}

// TrainReport is the result of a training.
type TrainReport struct {
	Steps      int     `json:"steps"`
	ViewsPerS  float64 `json:"views_per_s"`
	Loss       float64 `json:"loss"`
	PeakRSSMB  int     `json:"peak_rss_mb"`
	Checkpoint string  `json:"checkpoint"`
	Promoted   bool    `json:"promoted"`
	Serving    string  `json:"serving"`
	Reason     string  `json:"reason"`
	Skipped    int     `json:"skipped"`      // files that could not be read
	FirstStepS float64 `json:"first_step_s"` // from the start of the process to the end of its first step
}

// ErrNoPictures says that a folder has too little to learn from.
var ErrNoPictures = fmt.Errorf("%w: learning needs 2 pictures or more", client.ErrNothingFound)

// Train learns once from files, with a new schedule. Some files are held back to
// judge the result by, which serves if it is better. The files are not stored.
func (s *Service) Train(ctx context.Context, o TrainOptions) (TrainReport, error) {
	files, skipped := s.readable(ctx, o.Files)
	if err := ctx.Err(); err != nil {
		return TrainReport{}, err
	}
	if len(files) < 2 {
		return TrainReport{}, fmt.Errorf("%w; %d of %d files can be read as pictures", ErrNoPictures, len(files), len(o.Files))
	}
	parent, err := serving.Resolve(s.store, o.From)
	if err != nil {
		return TrainReport{}, err
	}
	cfg := s.config()
	seed := cfg.Model.Seed
	a, state, err := s.startingPoint(ctx, parent, cfg.Learn.Loss, seed)
	if err != nil {
		return TrainReport{}, err
	}
	learn, held, err := s.holdBack(len(files))
	if err != nil {
		return TrainReport{}, err
	}
	load := func(ctx context.Context, id uint64) (*rgb.Image, error) { return s.loadFile(ctx, files[id]) }
	pictures := newPictureCache(cacheBytes)
	cached := func(ctx context.Context, id uint64) (*rgb.Image, error) {
		return pictures.through(id, func() (*rgb.Image, error) { return load(ctx, id) })
	}
	near := whenMoving(cfg.Learn.HeadSteps, func() (neighbours, error) { return s.neighboursOf(ctx, parent, learn, cached) })
	batch := min(cfg.Learn.Batch, len(learn))
	cards := newDeck(seed, len(learn))
	var firstStep time.Duration
	onStep := func(p Progress) {
		if p.Step == 1 {
			firstStep, _ = processAge() // 0 where /proc cannot be read
		}
		if o.OnStep != nil {
			o.OnStep(p)
		}
	}
	r := &round{
		Config: cfg, Arch: a, Seed: seed, State: state, Limit: o.Limit, Batch: batch, OnStep: onStep,
		Choose: func(step int) ([]augment.Pick, error) { // asked in the order of steps
			ids := cards.deal(batch)
			for i, card := range ids {
				ids[i] = learn[card]
			}
			picks := augment.Same(ids)
			found, err := near(step)
			found.mix(seed, step, picks, func(uint64) bool { return true })
			return picks, err
		},
		Together: func(step int, picks []augment.Pick) []bool {
			found, _ := near(step) // its error came when the step's pictures were chosen
			return together(picks, found.alike)
		},
		Load: cached,
	}
	state, p, err := r.run(ctx)
	pictures.drop()
	if err != nil {
		return TrainReport{Steps: p.Step, Loss: p.Loss}, err
	}
	verdict, err := s.compare(ctx, &exam{ids: held, load: load, size: parent.Size, seed: seed}, parent, state)
	if err != nil {
		return TrainReport{}, err
	}
	id, err := s.putTrained(ctx, parent, state, p, seed)
	if err != nil {
		return TrainReport{}, err
	}
	report := TrainReport{Steps: p.Step, ViewsPerS: p.ViewsPerS, Loss: p.Loss, Checkpoint: string(id), Skipped: skipped,
		PeakRSSMB: PeakRSS() >> 20, Reason: verdict.Reason, FirstStepS: firstStep.Seconds()}
	if err := s.promoteTrained(ctx, id, verdict, &report, o.OnReembed); err != nil {
		return report, err
	}
	return report, s.versions.Prune(ctx, id)
}

// promoteTrained lets a result serve if it is better, and says what serves.
func (s *Service) promoteTrained(ctx context.Context, id storage.CheckpointID, v probe.Verdict, report *TrainReport, progress func(done, total int)) error {
	serving, err := s.store.Serving()
	switch {
	case err != nil:
		return err
	case v.Promote && s.config().Learn.Promote:
		if serving, err = s.versions.Promote(ctx, string(id), v.Reason, progress); err != nil {
			return fmt.Errorf("checkpoint %s is stored and does not serve yet: %w", id, err)
		}
		report.Promoted = true
	case v.Promote:
		report.Reason += "; learn.promote is false"
	}
	if !report.Promoted {
		report.Reason += fmt.Sprintf("; `edgeclr checkpoints promote %s` lets it serve all the same", id)
	}
	report.Serving = string(serving)
	return nil
}

// examLeast pictures are held back where a folder has twice as many: no fewer
// can be judged by.
const examLeast = 30

// holdBack shares n files out: most to learn from, and some to judge by, spread
// over the list. Of a small folder a larger share is held back, and of a very
// small one nothing.
func (s *Service) holdBack(n int) (learn, held []uint64, err error) {
	cfg := s.config()
	every := min(n/examLeast, cfg.Probe.Every)
	var set *probe.Set
	if every >= 2 {
		if set, err = probe.NewSet(probe.SetOptions{Seed: cfg.Model.Seed, Capacity: cfg.Probe.Capacity, Every: every}); err != nil {
			return nil, nil, err
		}
	}
	for i := range uint64(n) {
		if set != nil {
			set.Offer(i)
		}
	}
	for i := range uint64(n) {
		if set == nil || !set.Contains(i) {
			learn = append(learn, i)
		}
	}
	if set != nil {
		held = set.IDs()
	}
	return learn, held, nil
}

// readable leaves out the files whose header is not a picture's.
func (s *Service) readable(ctx context.Context, files []string) (good []string, skipped int) {
	for _, path := range files {
		if ctx.Err() != nil {
			break
		}
		if _, err := s.probeFile(path); err != nil {
			s.log.Debug("not a picture", "path", path, "reason", decode.Reason(err))
			skipped++
			continue
		}
		good = append(good, path)
	}
	return good, skipped
}

// probeBytes of a file hold the header of every format, past large metadata.
const probeBytes = 1 << 20

func (s *Service) probeFile(path string) (decode.Info, error) {
	data, err := readHead(path, probeBytes)
	if err != nil {
		return decode.Info{}, err
	}
	return s.decoder.Sniff(data)
}

func (s *Service) loadFile(ctx context.Context, path string) (*rgb.Image, error) {
	data, err := readHead(path, s.decoder.Limits.MaxBytes+1)
	if err != nil {
		return nil, err
	}
	m, _, err := s.decoder.DecodeReduced(ctx, data, viewSource*s.config().Model.Size)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// readHead reads at most limit bytes of a regular file.
func readHead(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, errors.Join(decode.ErrUnreadable, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(decode.ErrUnreadable, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is not a file", decode.ErrUnreadable, path)
	}
	data := make([]byte, min(limit, info.Size()))
	n, err := readFull(file, data)
	if err != nil {
		return nil, errors.Join(decode.ErrUnreadable, err)
	}
	return data[:n], nil
}

// readFull fills p, or as much of it as the file has.
func readFull(r io.Reader, p []byte) (int, error) {
	n, err := io.ReadFull(r, p)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return n, nil
	}
	return n, err
}
