package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// maxLabelBytes bounds the body of a request that names frames.
const maxLabelBytes = 1 << 20

// labelStore keeps the names of frames.
type labelStore interface {
	LabelCounts(ctx context.Context) (map[string]int, error)
	SetLabel(ctx context.Context, ids []storage.FrameID, label string) error
}

// Excluder keeps frames out of learning.
type Excluder interface {
	// Exclude takes named frames out of learning. Candidates are judged by them
	// instead.
	Exclude(ids []storage.FrameID)
}

// getLabels counts the frames of each label.
func getLabels(store labelStore) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		counts, err := store.LabelCounts(r.Context())
		if err != nil {
			return err
		}
		return reply(w, client.LabelsReply{Labels: counts})
	}
}

// postLabels gives a label to all the frames. When one of them does not exist, it
// changes none.
func postLabels(store labelStore, corpus Excluder) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		var request client.LabelRequest
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxLabelBytes)).Decode(&request); err != nil {
			return fmt.Errorf("%w: %v", client.ErrRequest, err)
		}
		ids := make([]storage.FrameID, len(request.IDs))
		for i, id := range request.IDs {
			ids[i] = storage.FrameID(id)
		}
		if err := store.SetLabel(r.Context(), ids, request.Name); err != nil {
			return err
		}
		if request.Name != "" {
			corpus.Exclude(ids)
		}
		return getLabels(store)(w, r)
	}
}
