package client

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
)

// VectorsReply holds one entry for each picture, in the order of the request.
type VectorsReply struct {
	Checkpoint string         `json:"checkpoint"`
	Runtime    string         `json:"runtime"` // what computed them: litert or tensorflow
	Vectors    []VectorResult `json:"vectors"`
}

// VectorResult is a picture's L2-normalised vector, or why there is none.
type VectorResult struct {
	Vector []float32 `json:"vector,omitempty"`
	Reason string    `json:"reason,omitempty"`
	Error  string    `json:"error,omitempty"`
}

// Vectors computes the vectors of pictures and stores nothing. Checkpoint "" is the
// one that serves. Blend "" and size 0 are those of the checkpoint; size is the side
// of the encoder's input, in pixels.
func (c *Client) Vectors(ctx context.Context, pictures []Picture, checkpoint, blend string, size int) (answer VectorsReply, err error) {
	contentType, body := Form(pictures)
	q := url.Values{"checkpoint": {checkpoint}, "blend": {blend}}
	if size > 0 {
		q.Set("size", fmt.Sprint(size))
	}
	return answer, c.Call(ctx, http.MethodPost, "/v1/vectors", q, contentType, body, &answer)
}
