package client

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"edgeclr/storage"
)

// Hit is a stored frame that a query found.
type Hit struct {
	ID         uint64    `json:"id"`
	Path       string    `json:"path"`
	Source     string    `json:"source"`
	Similarity float64   `json:"similarity"` // cosine, -1 to 1
	Time       time.Time `json:"time"`
	Label      string    `json:"label"`

	Sightings storage.Sightings `json:"sightings,omitzero"` // how often it was seen again
}

// QueryReply answers a query. Hits are ordered by similarity, equal ones by id.
type QueryReply struct {
	Checkpoint string `json:"checkpoint"`
	Results    []Hit  `json:"results"`
}

// QueryImage asks for the k frames that are nearest to a picture. Image is an encoded
// file. Checkpoint "" is the one that serves.
func (c *Client) QueryImage(ctx context.Context, image []byte, k int, checkpoint string) (answer QueryReply, err error) {
	q := url.Values{"k": {fmt.Sprint(k)}, "checkpoint": {checkpoint}}
	return answer, c.Call(ctx, http.MethodPost, "/v1/query", q, "application/octet-stream", bytes.NewReader(image), &answer)
}

// QueryFrame asks for the k frames that are nearest to a stored frame. Checkpoint ""
// is the one that serves.
func (c *Client) QueryFrame(ctx context.Context, id string, k int, checkpoint string) (answer QueryReply, err error) {
	q := url.Values{"k": {fmt.Sprint(k)}, "checkpoint": {checkpoint}, "id": {id}}
	return answer, c.Call(ctx, http.MethodPost, "/v1/query", q, "", nil, &answer)
}
