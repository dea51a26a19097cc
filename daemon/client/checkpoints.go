package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"edgeclr/storage"
)

// CheckpointsReply lists the checkpoints in the order in which they were stored.
type CheckpointsReply struct {
	Serving     string               `json:"serving"`
	Checkpoints []storage.Checkpoint `json:"checkpoints"`
}

// PromoteReply says what serves since a promotion.
type PromoteReply struct {
	Checkpoint string `json:"checkpoint"`
	Size       int    `json:"size"`     // serving size, in pixels
	Embedded   int    `json:"embedded"` // frames that were embedded first; the others had their vectors
}

// Checkpoints lists the checkpoints.
func (c *Client) Checkpoints(ctx context.Context) (answer CheckpointsReply, err error) {
	return answer, c.Call(ctx, http.MethodGet, "/v1/checkpoints", nil, "", nil, &answer)
}

// Promote makes a checkpoint serve. It returns when the checkpoint serves.
func (c *Client) Promote(ctx context.Context, id string) (answer PromoteReply, err error) {
	return answer, c.Call(ctx, http.MethodPost, "/v1/checkpoints/"+url.PathEscape(id)+"/promote", nil, "", nil, &answer)
}

// Resize embeds the stored frames at another serving size, in pixels. It returns when the
// checkpoint serves at that size.
func (c *Client) Resize(ctx context.Context, size int) (answer PromoteReply, err error) {
	return answer, c.Call(ctx, http.MethodPost, "/v1/checkpoints/resize", url.Values{"size": {strconv.Itoa(size)}}, "", nil, &answer)
}

// Rollback makes the previous checkpoint serve again, or the previous serving size. It
// returns when that serves.
func (c *Client) Rollback(ctx context.Context) (answer PromoteReply, err error) {
	return answer, c.Call(ctx, http.MethodPost, "/v1/checkpoints/rollback", nil, "", nil, &answer)
}

// Parts of a checkpoint's blend, for [Client.Weights].
const (
	PartServing    = ""           // answers queries: the averaged weights, or the adapted half of a join
	PartAdapted    = "adapted"    // what was trained
	PartPretrained = "pretrained" // what training began from
	PartHead       = "head"       // the projection head, which only training uses
)

// Names that can be given in place of a checkpoint's id.
const (
	ServingName    = "serving"    // the one that answers queries
	PretrainedName = "pretrained" // the first of the store
)

// WeightsReader reads the weights of a checkpoint's encoder, a .safetensors file.
type WeightsReader struct {
	io.ReadCloser
	Checkpoint string
	Blend      string  // of the checkpoint
	Share      float64 // of the adapted half of a join; 0 for other blends
}

// Weights streams the weights of a part of a checkpoint: PartServing or one of its
// siblings. Checkpoint "" is the one that serves. The caller closes the reader.
func (c *Client) Weights(ctx context.Context, checkpoint, part string) (*WeightsReader, error) {
	if checkpoint == "" {
		checkpoint = ServingName
	}
	r, err := c.Do(ctx, http.MethodGet, "/v1/checkpoints/"+url.PathEscape(checkpoint)+"/weights", url.Values{"part": {part}}, "", nil)
	if err != nil {
		return nil, err
	}
	reader := &WeightsReader{r.Body, r.Header.Get(HeaderCheckpoint), r.Header.Get(HeaderBlend), 0}
	if text := r.Header.Get(HeaderShare); text != "" {
		if reader.Share, err = strconv.ParseFloat(text, 64); err != nil {
			return nil, errors.Join(fmt.Errorf("the weights of checkpoint %s: the header %s is %q, and no number", reader.Checkpoint, HeaderShare, text), reader.Close())
		}
	}
	return reader, nil
}

// Backup streams a copy of the store's database. The caller closes the reader.
func (c *Client) Backup(ctx context.Context) (io.ReadCloser, error) {
	r, err := c.Do(ctx, http.MethodGet, "/v1/backup", nil, "", nil)
	if err != nil {
		return nil, err
	}
	return r.Body, nil
}
