package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/daemon/ingest"
	"edgeclr/storage"
)

// scrape reads the metrics over the client's transport.
func scrape(t *testing.T, c *client.Client) string {
	t.Helper()
	answer, err := c.Do(t.Context(), http.MethodGet, "/metrics", nil, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/plain") {
		t.Fatalf("%v, %q", err, answer.Header.Get("Content-Type"))
	}
	return string(text)
}

// measured expects that the metrics have these lines.
func measured(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains("\n"+text, "\n"+line+"\n") {
			name, _, _ := strings.Cut(line, " ")
			name, _, _ = strings.Cut(name, "{")
			t.Errorf("no line %q, but\n%s", line, strings.Join(regexp.MustCompile("(?m)^"+name+"[{ ].*$").FindAllString(text, -1), "\n"))
		}
	}
}

func TestMetrics(t *testing.T) {
	eachTransport(t, func(t *testing.T, s *Service, c *client.Client) {
		folder := filepath.Join(t.TempDir(), "odd \"name\"\xff")
		write(t, filepath.Join(folder, "a.jpg"), scene(t, 1))
		write(t, filepath.Join(folder, "bad.jpg"), []byte("no"))
		if err := s.Ingest(config.SourcesOf("dir:"+folder, "dir:"+folder+"/")); err != nil { // one folder twice
			t.Fatal(err)
		}
		counts(t, s, 1, 1)
		all, _ := embed(t, s, 2, 3)
		for range 2 {
			if _, err := c.QueryImage(t.Context(), all[0].Data, 1, ""); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := c.QueryFrame(t.Context(), "99", 1, ""); err == nil {
			t.Fatal("there is no frame 99")
		}
		wait(t, "the source", func() bool { return status(t, s).Sources[0].State == "live" })
		text := scrape(t, c)
		label := strings.ReplaceAll(strings.ToValidUTF8(folder, "�"), `"`, `\"`)
		measured(t, text,
			"edgeclr_frames_seen_total 5", "edgeclr_frames_stored_total 4", "edgeclr_frames_gated_total 0", "edgeclr_frames_dropped_total 0",
			`edgeclr_frames_failed_total{reason="unsupported"} 1`, `edgeclr_frames_failed_total{reason="too large"} 0`,
			"edgeclr_store_frames 4", "edgeclr_embeddings 4", "edgeclr_ingest_paused 0",
			`edgeclr_source_state{source="dir:`+label+`",state="live"} 1`, `edgeclr_source_state{source="dir:`+label+`",state="failed"} 0`,
			`edgeclr_learn_state{state="off"} 1`, `edgeclr_learn_state{state="learning"} 0`, "edgeclr_learn_steps_total 0",
			`edgeclr_learn_rounds_total{outcome="promoted"} 0`, "edgeclr_learn_holding 0",
			"edgeclr_query_duration_seconds_count 2", "edgeclr_query_errors_total 1",
			"edgeclr_config_last_reload_successful 1", "edgeclr_config_needs_restart_keys 0",
			`edgeclr_checkpoint_info{arch="`+s.config().Model.Arch+`",blend="none",checkpoint="c1",size="32"} 1`)
		for _, name := range []string{"process_resident_memory_bytes", "process_open_fds", "go_goroutines", "edgeclr_store_bytes", "edgeclr_store_written_bytes_total"} {
			if !regexp.MustCompile(`(?m)^` + name + ` [1-9]`).MatchString(text) {
				t.Errorf("%s is not there, or 0", name)
			}
		}
	})
}

// The metrics show what learning and a reload do.
func TestMetricsOfLearning(t *testing.T) {
	s := open(t, smallConfig(t))
	embed(t, s, 0, 12)
	s.Learn()
	end := nextRound(t, s)
	if end.Err != nil {
		t.Fatal(end.Err)
	}
	if err := s.Reload(func() (config.Config, error) { return config.Config{}, errors.New("no") }); err == nil {
		t.Error("a bad configuration is in force")
	}
	measured(t, scrape(t, s.Client()), "edgeclr_learn_steps_total 6", "edgeclr_learn_step 6", "edgeclr_learn_round_steps 6",
		`edgeclr_learn_rounds_total{outcome="candidate"} 1`, `edgeclr_learn_rounds_total{outcome="failed"} 0`,
		"edgeclr_config_last_reload_successful 0")
}

// A camera has metrics of its own.
func TestMetricsOfACamera(t *testing.T) {
	s := open(t, smallConfig(t))
	picture := filepath.Join(t.TempDir(), "camera.jpg")
	write(t, picture, scene(t, 1))
	if err := s.Ingest(config.SourcesOf("exec:cat " + picture + " " + picture + "; sleep 1000")); err != nil {
		t.Fatal(err)
	}
	wait(t, "a picture of the camera", func() bool { return status(t, s).Sources[0].Frames > 0 })
	if text := scrape(t, s.Client()); !regexp.MustCompile(`(?m)^edgeclr_source_frames_total\{source="exec:cat [^"]+"\} [12]$`).MatchString(text) {
		t.Errorf("no frames of the camera:\n%s", text)
	}
}

// When the store cannot be read, its metrics are missing and those of the process are
// not.
func TestMetricsOfABrokenStore(t *testing.T) {
	s := open(t, smallConfig(t))
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	text := scrape(t, s.Client())
	if !strings.Contains(text, "process_open_fds") || strings.Contains(text, "edgeclr_store_bytes") {
		t.Errorf("%.500s", text)
	}
	_, err := s.Client().Do(t.Context(), http.MethodGet, "/readyz", nil, "", nil)
	if err == nil {
		t.Error("it is ready without a store")
	}
}

func TestHealth(t *testing.T) {
	cfg := smallConfig(t)
	s := open(t, cfg)
	c := s.Client()
	ask := func(path string) (h client.Health, err error) {
		return h, c.Call(t.Context(), http.MethodGet, path, nil, "", nil, &h)
	}
	if _, err := ask("/healthz"); err != nil {
		t.Error(err)
	}
	h, err := ask("/readyz")
	names := make([]string, len(h.Checks))
	for i, check := range h.Checks {
		if names[i] = check.Name; !check.OK || check.Error != "" {
			t.Errorf("%+v", check)
		}
	}
	if want := []string{"store", "index", "ingest", "loops", "learner", "sources", "config"}; err != nil || !h.Ready || !slices.Equal(names, want) {
		t.Errorf("%+v, %v", h, err)
	}

	// When a check that is not required fails, the answer shows it, and the service stays
	// ready.
	if err := s.Reload(func() (config.Config, error) { return cfg, errors.New("a bad file") }); err == nil {
		t.Error("a bad file is in force")
	}
	s.learning = func() client.TrainStatus { return client.TrainStatus{State: client.LearnFailed, Error: "too hot"} }
	h, err = ask("/readyz")
	if err != nil || !h.Ready || h.Checks[4].OK || h.Checks[4].Error != "too hot" || h.Checks[6].Error != "a bad file" {
		t.Errorf("%+v, %v", h, err)
	}

	disk := &fullDisk{Serving: s.ingest.Serving}
	disk.full.Store(true)
	s.ingest.Serving = disk
	if err := s.Ingest(nil); err != nil {
		t.Fatal(err)
	}
	if err := s.ingest.Emit(t.Context(), live("test", 0, rendered(1, 1)...)[0]); err != nil {
		t.Fatal(err)
	}
	wait(t, "the pause", func() bool { return s.ingest.Failure() != nil })
	var remote *client.RemoteError
	if _, err = ask("/readyz"); !errors.As(err, &remote) || !strings.Contains(remote.Message, "503") {
		t.Errorf("with a full disk: %v", err)
	}
	if h := ready(t, s); h.Ready || h.Checks[2].OK || !h.Checks[2].Required {
		t.Errorf("%+v", h)
	}
	if _, err := ask("/healthz"); err != nil {
		t.Error(err)
	}
	disk.full.Store(false)
	wait(t, "the end of the pause", func() bool { return s.ingest.Failure() == nil })
	if h := ready(t, s); !h.Ready {
		t.Errorf("%+v", h)
	}
}

// fullDisk lends a version whose EmbedHalves fails with storage.ErrFull while full is set.
type fullDisk struct {
	ingest.Serving
	full atomic.Bool
}

func (d *fullDisk) Hold() (ingest.Version, func()) {
	v, release := d.Serving.Hold()
	return fullVersion{v, d}, release
}

type fullVersion struct {
	ingest.Version
	disk *fullDisk
}

func (v fullVersion) EmbedHalves(ctx context.Context, pictures []*rgb.Image) ([][][]float32, error) {
	if v.disk.full.Load() {
		return nil, storage.ErrFull
	}
	return v.Version.EmbedHalves(ctx, pictures)
}

// ready reads the answer of GET /readyz, whatever its status.
func ready(t *testing.T, s *Service) (h client.Health) {
	t.Helper()
	answer := httptest.NewRecorder()
	s.api.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
	if err := json.Unmarshal(answer.Body.Bytes(), &h); err != nil {
		t.Fatal(err)
	}
	return h
}
