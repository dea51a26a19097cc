package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// SampleLine is the line of JSON before each picture of GET /v1/samples.
type SampleLine struct {
	ID    uint64 `json:"id"`
	Label string `json:"label"`
	Bytes int    `json:"bytes"` // of the picture that follows
}

// MaxSamples is the largest number of pictures of one request for samples.
const MaxSamples = 5000

// maxSampleBytes bounds a picture, so that a broken answer cannot ask for all memory. The
// store takes no larger one.
const maxSampleBytes = 64 << 20

// Samples calls use with the pictures of up to count frames of the replay buffer, or, with
// labelled, of frames that have a label. Data is an encoded picture.
func (c *Client) Samples(ctx context.Context, count int, labelled bool, use func(line SampleLine, data []byte) error) error {
	query := url.Values{"count": {fmt.Sprint(count)}, "labelled": {fmt.Sprint(labelled)}}
	r, err := c.Do(ctx, http.MethodGet, "/v1/samples", query, "", nil)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	buffer := bufio.NewReaderSize(r.Body, 1<<16)
	for {
		var line SampleLine
		text, err := buffer.ReadSlice('\n')
		if errors.Is(err, io.EOF) && len(text) == 0 {
			return nil
		}
		if err == nil {
			err = json.Unmarshal(text, &line)
		}
		if err == nil && (line.Bytes < 0 || line.Bytes > maxSampleBytes) {
			err = fmt.Errorf("a picture of %d bytes", line.Bytes)
		}
		if err != nil {
			return fmt.Errorf("reading samples: %w", err)
		}
		data := make([]byte, line.Bytes)
		if _, err := io.ReadFull(buffer, data); err != nil {
			return fmt.Errorf("reading the picture of frame %d: %w", line.ID, err)
		}
		if err := use(line, data); err != nil {
			return err
		}
	}
}
