package client

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
)

// LabelRequest names frames. An empty name removes the label.
type LabelRequest struct {
	IDs  []uint64 `json:"ids"`
	Name string   `json:"name"`
}

// LabelsReply counts the frames of each label.
type LabelsReply struct {
	Labels map[string]int `json:"labels"`
}

// Label names frames. An empty name removes the label. The answer counts the frames
// of each label after that.
func (c *Client) Label(ctx context.Context, ids []uint64, name string) (answer LabelsReply, err error) {
	body, err := json.Marshal(LabelRequest{IDs: ids, Name: name})
	if err != nil {
		return answer, err
	}
	return answer, c.Call(ctx, http.MethodPost, "/v1/labels", nil, "application/json", bytes.NewReader(body), &answer)
}

// Labels counts the frames of each label.
func (c *Client) Labels(ctx context.Context) (answer LabelsReply, err error) {
	return answer, c.Call(ctx, http.MethodGet, "/v1/labels", nil, "", nil, &answer)
}
