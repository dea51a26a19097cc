package api

import (
	"net/http"

	"edgeclr/daemon/client"
)

// Learner is what the endpoints and the metrics need of the learner.
type Learner interface {
	Pause()
	Resume()
	// Temperature returns that of the hottest thermal zone, in degrees Celsius.
	// Known is false when no zone can be read.
	Temperature() (degrees float64, known bool)
}

// getStatus answers with the status of the service.
func getStatus(status func() (client.Status, error)) endpoint {
	return func(w http.ResponseWriter, _ *http.Request) error {
		st, err := status()
		if err != nil {
			return err
		}
		return reply(w, st)
	}
}

// pause pauses the learner and answers with the status.
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
