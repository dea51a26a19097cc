package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"edgeclr/daemon/client"
)

func TestHealth(t *testing.T) {
	good := client.Status{Store: client.StoreStatus{Frames: 3}, Embeddings: 3}
	for _, tt := range []struct {
		name   string
		change func(st *client.Status, f *fakes)
		ready  bool
		wrong  string // the check that is not good
	}{
		{"all is well", func(*client.Status, *fakes) {}, true, ""},
		{"no store", func(_ *client.Status, f *fakes) { f.failure = errors.New("closed") }, false, "store"},
		{"an index that is being built", func(st *client.Status, _ *fakes) { st.Embeddings = 0 }, false, "index"},
		{"a full disk", func(st *client.Status, _ *fakes) { st.Ingest = client.IngestStatus{Paused: true, Error: "full"} }, false, "ingest"},
		{"a loop that hangs", func(_ *client.Status, f *fakes) { f.late = errors.New("ingest is late") }, false, "loops"},
		{"a round that failed", func(st *client.Status, _ *fakes) { st.Train.Error = "too hot" }, true, "learner"},
		{"a silent camera", func(st *client.Status, _ *fakes) {
			st.Sources = []client.SourceStatus{{URI: "a:a", State: "stalled"}}
		}, true, "sources"},
		{"a bad configuration", func(st *client.Status, _ *fakes) { st.Config.Error = "line 3" }, true, "config"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, f := parts(t)
			f.status = good
			tt.change(&f.status, f)
			answer := httptest.NewRecorder()
			open(t, p).Handler().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
			var h client.Health
			if err := json.Unmarshal(answer.Body.Bytes(), &h); err != nil {
				t.Fatal(err)
			}
			if h.Ready != tt.ready || (answer.Code == http.StatusOK) != tt.ready {
				t.Errorf("status %d, %+v", answer.Code, h)
			}
			for _, check := range h.Checks {
				if check.OK != (check.Name != tt.wrong) || check.OK != (check.Error == "") {
					t.Errorf("%+v", check)
				}
			}
		})
	}
}

func TestIndexAndSourceProblems(t *testing.T) {
	if p := indexProblem(client.Status{Store: client.StoreStatus{Frames: 3}, Checkpoint: client.CheckpointStatus{Serving: "c2"}}); !strings.Contains(p, "c2") {
		t.Errorf("%q", p)
	}
	if p := indexProblem(client.Status{Store: client.StoreStatus{Frames: 3}, Embeddings: 1}); p != "" {
		t.Errorf("%q", p)
	}
	p := sourceProblem([]client.SourceStatus{{URI: "a:a", State: "live"}, {URI: "b:b", State: "stalled"}, {URI: "c:c", State: "failed", Error: "gone"}})
	if p != "b:b is stalled; c:c is failed: gone" {
		t.Errorf("%q", p)
	}
}
