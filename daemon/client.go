package daemon

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"path/filepath"
	"time"
)

// Client speaks the API: over the socket of the process that owns the store,
// or with the handlers of a service in this process.
type Client struct {
	http    http.Client
	address string // for messages
}

// NewClient talks to the process that owns the store in that folder.
func NewClient(dir string) *Client {
	socket := filepath.Join(dir, SocketName)
	dial := func(ctx context.Context, _, _ string) (conn net.Conn, err error) {
		err = atShortPath(socket, func(short string) (err error) {
			conn, err = (&net.Dialer{}).DialContext(ctx, "unix", short)
			return err
		})
		return conn, err
	}
	return &Client{http.Client{Transport: &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 4}}, socket}
}

// Close drops the connections that are kept for the next request. The client
// can be used again.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Client talks to this service without a socket.
func (s *Service) Client() *Client {
	return &Client{http.Client{Transport: inProcess{s.Handler(), s.requests.open}}, "this process"}
}

// Reachable reports whether somebody answers.
func (c *Client) Reachable(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err := c.Status(ctx)
	return err == nil
}

// RemoteError is a problem that the service answered with.
type RemoteError struct {
	Problem
}

func (e *RemoteError) Error() string { return e.Message }

// Is makes the errors that commands tell apart survive the way over the API.
func (e *RemoteError) Is(target error) bool {
	for _, c := range problemCodes() {
		if c.err == target && c.code == e.Code {
			return true
		}
	}
	return false
}

// do sends a request and gives the body of a successful answer.
func (c *Client) do(ctx context.Context, method, path string, query url.Values, contentType string, body io.Reader) (*http.Response, error) {
	target := url.URL{Scheme: "http", Host: "edgeclr", Path: path, RawQuery: query.Encode()}
	request, err := http.NewRequestWithContext(ctx, method, target.String(), body)
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := c.http.Do(request)
	if err != nil {
		var address *url.Error
		if errors.As(err, &address) { // its URL names nothing that the user knows
			err = address.Err
		}
		return nil, fmt.Errorf("asking the service that owns the store, at %s: %w", c.address, err)
	}
	if response.StatusCode == http.StatusOK {
		return response, nil
	}
	defer response.Body.Close()
	problem := Problem{Code: "failed", Message: response.Status}
	// A body that is not a problem leaves the status as the message.
	_ = json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&problem)
	return nil, &RemoteError{problem}
}

func (c *Client) call(ctx context.Context, method, path string, query url.Values, contentType string, body io.Reader, answer any) error {
	response, err := c.do(ctx, method, path, query, contentType, body)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
		return fmt.Errorf("reading the service's answer to %s %s: %w", method, path, err)
	}
	return nil
}

// Status asks for the state of the service.
func (c *Client) Status(ctx context.Context) (st Status, err error) {
	return st, c.call(ctx, http.MethodGet, "/v1/status", nil, "", nil, &st)
}

// Pause holds the learner.
func (c *Client) Pause(ctx context.Context) (st Status, err error) {
	return st, c.call(ctx, http.MethodPost, "/v1/pause", nil, "", nil, &st)
}

// Resume lets the learner go on.
func (c *Client) Resume(ctx context.Context) (st Status, err error) {
	return st, c.call(ctx, http.MethodPost, "/v1/resume", nil, "", nil, &st)
}

// QueryImage asks for the frames nearest to a picture.
func (c *Client) QueryImage(ctx context.Context, image []byte, k int, checkpoint string) (answer QueryReply, err error) {
	q := url.Values{"k": {fmt.Sprint(k)}, "checkpoint": {checkpoint}}
	return answer, c.call(ctx, http.MethodPost, "/v1/query", q, "application/octet-stream", bytes.NewReader(image), &answer)
}

// QueryFrame asks for the frames nearest to a stored one.
func (c *Client) QueryFrame(ctx context.Context, id string, k int, checkpoint string) (answer QueryReply, err error) {
	q := url.Values{"k": {fmt.Sprint(k)}, "checkpoint": {checkpoint}, "id": {id}}
	return answer, c.call(ctx, http.MethodPost, "/v1/query", q, "", nil, &answer)
}

// Picture is a file to send.
type Picture struct {
	Path    string
	ModTime time.Time
	Data    []byte
}

// Embed stores pictures.
func (c *Client) Embed(ctx context.Context, pictures []Picture) (answer FramesReply, err error) {
	contentType, body := form(pictures)
	return answer, c.call(ctx, http.MethodPost, "/v1/frames", nil, contentType, body, &answer)
}

// Vectors computes the vectors of pictures; blend "" and size 0 are the
// checkpoint's.
func (c *Client) Vectors(ctx context.Context, pictures []Picture, checkpoint, blend string, size int) (answer VectorsReply, err error) {
	contentType, body := form(pictures)
	q := url.Values{"checkpoint": {checkpoint}, "blend": {blend}}
	if size > 0 {
		q.Set("size", fmt.Sprint(size))
	}
	return answer, c.call(ctx, http.MethodPost, "/v1/vectors", q, contentType, body, &answer)
}

// form is the multipart body of pictures.
func form(pictures []Picture) (contentType string, body io.Reader) {
	var buffer bytes.Buffer
	w := multipart.NewWriter(&buffer)
	for i, p := range pictures {
		header := textproto.MIMEHeader{}
		header.Set("Content-Disposition", fmt.Sprintf(`form-data; name="image"; filename="%d"`, i))
		header.Set("Content-Type", "application/octet-stream")
		header.Set(headerPath, url.PathEscape(p.Path))
		if !p.ModTime.IsZero() {
			header.Set(headerModTime, p.ModTime.Format(time.RFC3339Nano))
		}
		// Writing to a buffer does not fail.
		part, _ := w.CreatePart(header)
		_, _ = part.Write(p.Data)
	}
	_ = w.Close()
	return w.FormDataContentType(), &buffer
}

// Image fetches a stored frame as an upright JPEG.
func (c *Client) Image(ctx context.Context, id uint64, side int) ([]byte, error) {
	r, err := c.do(ctx, http.MethodGet, fmt.Sprintf("/v1/frames/%d/image", id), url.Values{"side": {fmt.Sprint(side)}}, "", nil)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	return io.ReadAll(r.Body)
}

// Label names frames; an empty name takes the label away.
func (c *Client) Label(ctx context.Context, ids []uint64, name string) (answer LabelsReply, err error) {
	body, err := json.Marshal(LabelRequest{IDs: ids, Name: name})
	if err != nil {
		return answer, err
	}
	return answer, c.call(ctx, http.MethodPost, "/v1/labels", nil, "application/json", bytes.NewReader(body), &answer)
}

// Labels counts the frames of each label.
func (c *Client) Labels(ctx context.Context) (answer LabelsReply, err error) {
	return answer, c.call(ctx, http.MethodGet, "/v1/labels", nil, "", nil, &answer)
}

// Checkpoints lists the checkpoints.
func (c *Client) Checkpoints(ctx context.Context) (answer CheckpointsReply, err error) {
	return answer, c.call(ctx, http.MethodGet, "/v1/checkpoints", nil, "", nil, &answer)
}

// Promote lets a checkpoint serve, and answers when it does.
func (c *Client) Promote(ctx context.Context, id string) (answer PromoteReply, err error) {
	return answer, c.call(ctx, http.MethodPost, "/v1/checkpoints/"+url.PathEscape(id)+"/promote", nil, "", nil, &answer)
}

// Rollback lets the checkpoint serve that did so before.
func (c *Client) Rollback(ctx context.Context) (answer PromoteReply, err error) {
	return answer, c.call(ctx, http.MethodPost, "/v1/checkpoints/rollback", nil, "", nil, &answer)
}

// WeightsReader reads a checkpoint's encoder as .safetensors.
type WeightsReader struct {
	io.ReadCloser
	Checkpoint string
	Blend      string // of the checkpoint
}

// Weights streams a part of a checkpoint: PartServing or its siblings. The
// caller closes the reader.
func (c *Client) Weights(ctx context.Context, checkpoint, part string) (*WeightsReader, error) {
	if checkpoint == "" {
		checkpoint = "serving"
	}
	r, err := c.do(ctx, http.MethodGet, "/v1/checkpoints/"+url.PathEscape(checkpoint)+"/weights", url.Values{"part": {part}}, "", nil)
	if err != nil {
		return nil, err
	}
	return &WeightsReader{r.Body, r.Header.Get(headerCheckpoint), r.Header.Get(headerBlend)}, nil
}

// Backup streams a copy of the store's database.
func (c *Client) Backup(ctx context.Context) (io.ReadCloser, error) {
	r, err := c.do(ctx, http.MethodGet, "/v1/backup", nil, "", nil)
	if err != nil {
		return nil, err
	}
	return r.Body, nil
}
