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

// VectorOptions say which encoder computes vectors. The zero value is the one that serves.
type VectorOptions struct {
	Checkpoint string  // its id, ServingName or PretrainedName; "": the one that serves
	Blend      string  // "": that of the checkpoint
	Share      float64 // of the adapted half of a join, between 0 and 1; 0: that of the checkpoint, or 1/2 where Blend is given
	Size       int     // side of the encoder's input, in pixels; 0: that of the checkpoint
}

// Vectors computes the vectors of pictures and stores nothing.
func (c *Client) Vectors(ctx context.Context, pictures []Picture, o VectorOptions) (answer VectorsReply, err error) {
	contentType, body := Form(pictures)
	q := url.Values{"checkpoint": {o.Checkpoint}, "blend": {o.Blend}}
	if o.Share != 0 {
		q.Set("share", fmt.Sprint(o.Share))
	}
	if o.Size > 0 {
		q.Set("size", fmt.Sprint(o.Size))
	}
	return answer, c.Call(ctx, http.MethodPost, "/v1/vectors", q, contentType, body, &answer)
}
