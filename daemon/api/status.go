package api

import (
	"net/http"

	"edgeclr/daemon/client"
)

// Learner is what the endpoints and the metrics need of the learner.
type Learner interface {
	Pause()
	Resume()
	// Temperature of the hottest thermal zone, in degrees Celsius. Known is false
	// where none can be read.
	Temperature() (degrees float64, known bool)
}

// getStatus answers with the state of everything.
func getStatus(status func() (client.Status, error)) endpoint {
	return func(w http.ResponseWriter, _ *http.Request) error {
		st, err := status()
		if err != nil {
			return err
		}
		return reply(w, st)
	}
}

// pause holds the learner and answers with the status.
func pause(learner Learner, status func() (client.Status, error)) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		learner.Pause()
		return getStatus(status)(w, r)
	}
}

// resume lets the learner go on and answers with the status.
func resume(learner Learner, status func() (client.Status, error)) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		learner.Resume()
		return getStatus(status)(w, r)
	}
}
