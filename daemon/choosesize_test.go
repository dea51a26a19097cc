package daemon

import (
	"strings"
	"testing"
	"time"

	"edgeclr/config"
)

// An empty store takes the size that the board can afford, says why, and keeps it.
func TestAutomaticSize(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Serve.Size, cfg.Serve.Budget = 0, config.Duration(time.Nanosecond)
	s := openWith(t, Options{Config: cfg, FitBudget: true})
	want := func(s *Service, size int, note string) {
		t.Helper()
		c := status(t, s).Checkpoint
		if c.Size != size || c.LearnSize != size || s.config().ServingSize() != size || !strings.Contains(c.SizeNote, note) || note == "" && c.SizeNote != "" {
			t.Errorf("%+v; want %d px and a note of %q", c, size, note)
		}
	}
	want(s, 96, "longer than serve.budget")
	if c := status(t, s).Checkpoint.Choice; c == nil || c.Fits || c.MS <= 0 || c.BudgetMS != 1e-6 {
		t.Errorf("choice %+v", c)
	}
	shut(t, s)
	s = openWith(t, Options{Config: cfg, FitBudget: true})
	want(s, 96, "longer than serve.budget")
	if _, err := s.Client().Resize(t.Context(), 128); err != nil {
		t.Fatal(err)
	}
	want(s, 128, "`edgeclr checkpoints resize 224`")
	if _, err := s.Client().Resize(t.Context(), 224); err != nil {
		t.Fatal(err)
	}
	want(s, 224, "")
	if c := status(t, s).Checkpoint.Choice; c != nil {
		t.Errorf("the size was chosen by hand: %+v", c)
	}
}

// Whoever does not ask for it, or names a size, gets that size without a measurement.
func TestSizeOfANewStore(t *testing.T) {
	for _, c := range []struct {
		name                 string
		serve, learn         int
		fit                  bool
		wantServe, wantLearn int
	}{
		{"automatic", 0, 0, false, 224, 224},
		{"a small one", 48, 0, true, 48, 48},
		{"both", 64, 40, true, 64, 40},
		{"a large one", 320, 0, false, 320, 224},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := smallConfig(t)
			cfg.Serve.Size, cfg.Learn.Size, cfg.Serve.Budget = c.serve, c.learn, config.Duration(time.Nanosecond)
			s := openWith(t, Options{Config: cfg, FitBudget: c.fit})
			got := status(t, s).Checkpoint
			if got.Size != c.wantServe || got.LearnSize != c.wantLearn || got.Choice != nil {
				t.Errorf("%+v", got)
			}
			if side := s.ingest.Keeper().Side; side != max(256, c.wantServe) {
				t.Errorf("thumbnails of %d px", side)
			}
		})
	}
}
