package daemon

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"edgeclr/camera"
	"edgeclr/daemon/client"
)

// getAlive tells that the process answers, and looks at nothing.
func (s *Service) getAlive(w http.ResponseWriter, _ *http.Request) {
	reply(w, struct {
		Alive bool `json:"alive"`
	}{true})
}

// getReady answers 503 when the service is not ready.
func (s *Service) getReady(w http.ResponseWriter, _ *http.Request) {
	health := s.health()
	w.Header().Set("Content-Type", "application/json")
	if !health.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(health) // as reply
}

// health looks at everything. Ready is a service that answers queries and stores
// frames; what mends itself meanwhile, or only a person can, is told beside.
func (s *Service) health() client.Health {
	h := client.Health{Ready: true}
	check := func(name string, required bool, wrong string) {
		h.Checks = append(h.Checks, client.Check{Name: name, OK: wrong == "", Required: required, Error: wrong})
		h.Ready = h.Ready && (wrong == "" || !required)
	}
	st, err := s.Status()
	if err != nil {
		check("store", true, err.Error())
		return h
	}
	check("store", true, "")
	check("index", true, indexProblem(st))
	check("ingest", true, st.Ingest.Error)
	loops := ""
	if err := s.opt.Heart.Check(); err != nil {
		loops = err.Error()
	}
	check("loops", true, loops)
	check("learner", false, st.Train.Error)
	check("sources", false, sourceProblem(st.Sources))
	check("config", false, st.Config.Error)
	return h
}

// indexProblem tells of an index that misses all there is: the version that
// serves is still computing vectors.
func indexProblem(st client.Status) string {
	if st.Embeddings > 0 || st.Store.Frames == 0 {
		return ""
	}
	return fmt.Sprintf("none of %d frames can be found: checkpoint %s has no vectors yet", st.Store.Frames, st.Checkpoint.Serving)
}

// sourceProblem tells of the sources that do not deliver.
func sourceProblem(sources []client.SourceStatus) string {
	var wrong []string
	for _, source := range sources {
		if source.State != camera.StateFailed && source.State != camera.StateStalled {
			continue
		}
		text := source.URI + " is " + source.State
		if source.Error != "" {
			text += ": " + source.Error
		}
		wrong = append(wrong, text)
	}
	return strings.Join(wrong, "; ")
}
