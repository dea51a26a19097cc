package client

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"time"

	"edgeclr/storage"
)

// Headers of each part of a request with pictures. The request is
// multipart/form-data with one part for each picture. The client sends the bytes,
// since the service may have no permission to read the user's files.
const (
	HeaderPath    = "Edgeclr-Path"     // percent-encoded: the form's own file name loses its folders
	HeaderModTime = "Edgeclr-Mod-Time" // modification time, RFC 3339
)

// Picture is a file to send.
type Picture struct {
	Path    string
	ModTime time.Time
	Data    []byte
}

// FramesReply tells what became of each picture, in the order of the request.
type FramesReply struct {
	Checkpoint string    `json:"checkpoint"`
	Frames     []Outcome `json:"frames"`
}

// Values of Outcome.Reason for a readable frame that was not stored. Its other values
// say why a picture cannot be read: see [decode.Reasons].
const (
	ReasonStored        = "already stored" // the store has this file with this content
	ReasonNearDuplicate = "near-duplicate" // a live frame that repeats a stored one
)

// Outcome says what became of a frame.
type Outcome struct {
	ID     uint64 `json:"id,omitempty"`     // of the stored frame, or of the frame that it repeats
	Reason string `json:"reason,omitempty"` // why it was not stored; empty when it was
	Error  string `json:"error,omitempty"`
}

// Embed stores pictures with their vectors. It returns when they are committed.
func (c *Client) Embed(ctx context.Context, pictures []Picture) (answer FramesReply, err error) {
	contentType, body := Form(pictures)
	return answer, c.Call(ctx, http.MethodPost, "/v1/frames", nil, contentType, body, &answer)
}

// Form encodes pictures as the multipart body of a request.
func Form(pictures []Picture) (contentType string, body io.Reader) {
	var buffer bytes.Buffer
	w := multipart.NewWriter(&buffer)
	for i, p := range pictures {
		header := textproto.MIMEHeader{}
		header.Set("Content-Disposition", fmt.Sprintf(`form-data; name="image"; filename="%d"`, i))
		header.Set("Content-Type", "application/octet-stream")
		header.Set(HeaderPath, url.PathEscape(p.Path))
		if !p.ModTime.IsZero() {
			header.Set(HeaderModTime, p.ModTime.Format(time.RFC3339Nano))
		}
		// Writing to a buffer does not fail.
		part, _ := w.CreatePart(header)
		_, _ = part.Write(p.Data)
	}
	_ = w.Close()
	return w.FormDataContentType(), &buffer
}

// FrameReply describes a stored frame.
type FrameReply struct {
	ID     uint64    `json:"id"`
	Source string    `json:"source"`
	Path   string    `json:"path"`
	Time   time.Time `json:"time"`
	Stored time.Time `json:"stored"`
	Width  int       `json:"width"`
	Height int       `json:"height"`
	Format string    `json:"format"`
	Kept   string    `json:"kept"`
	Label  string    `json:"label"`

	Sightings storage.Sightings `json:"sightings,omitzero"` // how often it was seen again
}

// Image fetches a stored frame as an upright JPEG. Its short side has at most side
// pixels.
func (c *Client) Image(ctx context.Context, id uint64, side int) ([]byte, error) {
	r, err := c.Do(ctx, http.MethodGet, fmt.Sprintf("/v1/frames/%d/image", id), url.Values{"side": {fmt.Sprint(side)}}, "", nil)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	return io.ReadAll(r.Body)
}
