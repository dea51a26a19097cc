package daemon

import (
	"encoding/json"
	"fmt"
	"net/http"

	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// maxLabelRequest bounds the body of a request, in bytes.
const maxLabelRequest = 1 << 20

func (s *Service) getLabels(w http.ResponseWriter, r *http.Request) {
	labels, err := s.store.LabelCounts(r.Context())
	if err != nil {
		s.fail(w, err)
		return
	}
	reply(w, client.LabelsReply{Labels: labels})
}

// postLabels names all the frames, or none when one of them is not there.
func (s *Service) postLabels(w http.ResponseWriter, r *http.Request) {
	var request client.LabelRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxLabelRequest)).Decode(&request); err != nil {
		s.fail(w, fmt.Errorf("%w: %v", client.ErrRequest, err))
		return
	}
	ids := make([]storage.FrameID, len(request.IDs))
	for i, id := range request.IDs {
		ids[i] = storage.FrameID(id)
	}
	if err := s.store.SetLabel(r.Context(), ids, request.Name); err != nil {
		s.fail(w, err)
		return
	}
	if request.Name != "" {
		s.corpus.Exclude(ids)
	}
	s.getLabels(w, r)
}
