package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"edgeclr/camera"
	"edgeclr/daemon/client"
)

// Loops are the loops of a service that must not hang.
type Loops interface {
	// Check returns an error that names the loop that is longest overdue; nil when
	// none is.
	Check() error
}

// getAlive tells that the process answers. It checks nothing else.
func getAlive(w http.ResponseWriter, _ *http.Request) error {
	return reply(w, struct {
		Alive bool `json:"alive"`
	}{true})
}

// getReady tells whether the service is ready, with status 503 when it is not.
func getReady(status func() (client.Status, error), loops Loops) endpoint {
	return func(w http.ResponseWriter, _ *http.Request) error {
		st, err := status()
		h := health(st, err, loops.Check())
		w.Header().Set("Content-Type", "application/json")
		if !h.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(h) // as in reply
		return nil
	}
}

// health makes all checks. A service is ready when the required ones are good: it
// answers queries, stores frames, and no loop hangs. The other checks show problems
// that end by themselves or need a person. StatusErr is the error of the status;
// late is the error of Loops.Check.
func health(st client.Status, statusErr, late error) client.Health {
	h := client.Health{Ready: true}
	check := func(name string, required bool, problem string) {
		h.Checks = append(h.Checks, client.Check{Name: name, OK: problem == "", Required: required, Error: problem})
		h.Ready = h.Ready && (problem == "" || !required)
	}
	if statusErr != nil {
		check("store", true, statusErr.Error())
		return h
	}
	check("store", true, "")
	check("index", true, indexProblem(st))
	check("ingest", true, st.Ingest.Error)
	hanging := ""
	if late != nil {
		hanging = late.Error()
	}
	check("loops", true, hanging)
	check("learner", false, st.Train.Error)
	check("sources", false, sourceProblem(st.Sources))
	check("config", false, st.Config.Error)
	return h
}

// indexProblem reports an index without any frame although the store has frames.
// The version that serves is then still computing its vectors.
func indexProblem(st client.Status) string {
	if st.Embeddings > 0 || st.Store.Frames == 0 {
		return ""
	}
	return fmt.Sprintf("none of %d frames can be found: checkpoint %s has no vectors yet", st.Store.Frames, st.Checkpoint.Serving)
}

// sourceProblem names the sources that deliver nothing.
func sourceProblem(sources []client.SourceStatus) string {
	var problems []string
	for _, source := range sources {
		if source.State != camera.StateFailed && source.State != camera.StateStalled {
			continue
		}
		text := source.URI + " is " + source.State
		if source.Error != "" {
			text += ": " + source.Error
		}
		problems = append(problems, text)
	}
	return strings.Join(problems, "; ")
}
