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
	"strconv"
	"unsafe"

	"edgeclr/storage"
)

// Headers of answers that are not JSON.
const (
	HeaderCheckpoint = "Edgeclr-Checkpoint"
	HeaderDim        = "Edgeclr-Dim"
	HeaderBlend      = "Edgeclr-Blend"
	HeaderShare      = "Edgeclr-Share" // of a join
)

// EmbeddingLine is the line of JSON before each vector of GET /v1/embeddings.
type EmbeddingLine struct {
	ID    uint64 `json:"id"`
	Path  string `json:"path"`
	Time  string `json:"time"` // RFC 3339
	Label string `json:"label"`

	Sightings storage.Sightings `json:"sightings,omitzero"` // how often it was seen again
}

// EmbeddingReader reads the stream of GET /v1/embeddings.
type EmbeddingReader struct {
	Checkpoint string // the id of the checkpoint
	Dim        int    // values of a vector

	body   io.ReadCloser
	buffer *bufio.Reader
}

// maxDim bounds the values of a vector, so that a broken answer cannot ask for all
// memory. A join of two encoders has 2560.
const maxDim = 1 << 16

// Embeddings streams the stored vectors of a checkpoint. The caller closes the reader.
func (c *Client) Embeddings(ctx context.Context, checkpoint string) (*EmbeddingReader, error) {
	r, err := c.Do(ctx, http.MethodGet, "/v1/embeddings", url.Values{"checkpoint": {checkpoint}}, "", nil)
	if err != nil {
		return nil, err
	}
	dim, err := strconv.Atoi(r.Header.Get(HeaderDim))
	if err == nil && (dim < 1 || dim > maxDim) {
		err = fmt.Errorf("%d is not from 1 to %d", dim, maxDim)
	}
	if err != nil {
		r.Body.Close()
		return nil, fmt.Errorf("the service's answer has no dimension: %w", err)
	}
	return &EmbeddingReader{Checkpoint: r.Header.Get(HeaderCheckpoint), Dim: dim, body: r.Body,
		buffer: bufio.NewReaderSize(r.Body, 1<<16)}, nil
}

// Next returns the next frame and its vector of Dim values. After the last frame the
// error is io.EOF.
func (e *EmbeddingReader) Next() (EmbeddingLine, []float32, error) {
	var line EmbeddingLine
	text, err := e.buffer.ReadSlice('\n')
	if errors.Is(err, io.EOF) && len(text) == 0 {
		return line, nil, io.EOF
	}
	if err != nil {
		return line, nil, fmt.Errorf("reading embeddings: %w", err)
	}
	if err := json.Unmarshal(text, &line); err != nil {
		return line, nil, fmt.Errorf("reading embeddings: %w", err)
	}
	vector := make([]float32, e.Dim)
	raw := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(vector))), 4*e.Dim)
	if _, err := io.ReadFull(e.buffer, raw); err != nil {
		return line, nil, fmt.Errorf("reading the vector of frame %d: %w", line.ID, err)
	}
	return line, vector, nil
}

// Close ends the stream.
func (e *EmbeddingReader) Close() error { return e.body.Close() }
