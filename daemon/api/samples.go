package api

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"edgeclr/daemon/client"
	"edgeclr/daemon/serving"
	"edgeclr/storage"
)

// getSamples streams the pictures of up to ?count= frames of the replay buffer, or with
// ?labelled=true of frames that have a label. For each it sends a line of JSON
// ([client.SampleLine]), then the bytes of the picture.
func getSamples(store *storage.Store) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		count, err := intParam(r.URL.Query().Get("count"), 250, 1, client.MaxSamples)
		if err != nil {
			return fmt.Errorf("count: %w", err)
		}
		draw := serving.Samples
		if text := r.URL.Query().Get("labelled"); text != "" {
			labelled, err := strconv.ParseBool(text)
			if err != nil {
				return fmt.Errorf("%w: labelled: %q is neither true nor false", client.ErrRequest, text)
			}
			if labelled {
				draw = serving.LabelledSamples
			}
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		out := bufio.NewWriterSize(w, 1<<16)
		err = draw(r.Context(), store, count, func(s serving.Sample) error {
			if err := json.NewEncoder(out).Encode(client.SampleLine{ID: uint64(s.ID), Label: s.Label, Bytes: len(s.Data)}); err != nil {
				return err
			}
			_, err := out.Write(s.Data)
			return err
		})
		if err == nil {
			err = out.Flush()
		}
		return broken("sending samples", err)
	}
}
