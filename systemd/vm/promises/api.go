package promises

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
)

const socket = dataFolder + "/edgeclr.sock"

// Errors of the API.
var (
	errNotFound = errors.New("not found")
	errFull     = errors.New("disk full")
)

// api uses the service's HTTP API over its Unix socket, through ssh. It needs no program in
// the guest.
type api struct {
	client http.Client
}

// unixDialer connects to a Unix socket in the guest.
type unixDialer interface {
	DialUnix(ctx context.Context, path string) (net.Conn, error)
}

func newAPI(d unixDialer) *api {
	return &api{http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return d.DialUnix(ctx, socket) },
		// The service may have restarted before the next request.
		DisableKeepAlives: true,
	}}}
}

// status is the part of GET /v1/status that the promises need.
type status struct {
	PID    int `json:"pid"`
	Frames struct {
		Seen   int `json:"seen"`
		Stored int `json:"stored"`
	} `json:"frames"`
	Store struct {
		ID     string `json:"id"`
		Frames int    `json:"frames"`
	} `json:"store"`
	Embeddings int `json:"embeddings"`
	Sources    []struct {
		URI   string `json:"uri"`
		State string `json:"state"`
		Error string `json:"error"`
	} `json:"sources"`
	Ingest struct {
		Paused bool   `json:"paused"`
		Error  string `json:"error"`
	} `json:"ingest"`
	Config struct {
		Error string `json:"error"` // why the service refused the file that it read last
	} `json:"config"`
	Train struct {
		State string `json:"state"`
		Step  int    `json:"step"`
		Error string `json:"error"`
	} `json:"train"`
}

// source returns the state of the only source.
func (s status) source() string {
	if len(s.Sources) != 1 {
		return fmt.Sprintf("%d sources", len(s.Sources))
	}
	return s.Sources[0].State
}

func (a *api) status(ctx context.Context) (s status, err error) {
	err = a.get(ctx, "/v1/status", &s)
	return s, err
}

// frame is the answer of GET /v1/frames/ID. It stays the same while the frame is stored.
type frame struct {
	ID     uint64 `json:"id"`
	Source string `json:"source"`
	Path   string `json:"path"`
	Time   string `json:"time"`
	Stored string `json:"stored"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Kept   string `json:"kept"`
	Label  string `json:"label"`
}

func (a *api) frame(ctx context.Context, id uint64) (f frame, err error) {
	err = a.get(ctx, fmt.Sprintf("/v1/frames/%d", id), &f)
	return f, err
}

// image returns the stored picture of a frame.
func (a *api) image(ctx context.Context, id uint64) ([]byte, error) {
	return a.do(ctx, http.MethodGet, fmt.Sprintf("/v1/frames/%d/image", id), "", nil)
}

func (a *api) label(ctx context.Context, id uint64, name string) error {
	body, err := json.Marshal(map[string]any{"ids": []uint64{id}, "name": name})
	if err != nil {
		return err
	}
	_, err = a.do(ctx, http.MethodPost, "/v1/labels", "application/json", body)
	return err
}

// checkpoints returns the checkpoints as the API lists them, by id.
func (a *api) checkpoints(ctx context.Context) (map[string]json.RawMessage, error) {
	var answer struct {
		Checkpoints []json.RawMessage `json:"checkpoints"`
	}
	if err := a.get(ctx, "/v1/checkpoints", &answer); err != nil {
		return nil, err
	}
	byID := map[string]json.RawMessage{}
	for _, raw := range answer.Checkpoints {
		var c struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(raw, &c); err != nil {
			return nil, err
		}
		byID[c.ID] = raw
	}
	return byID, nil
}

// weights returns the bytes of a checkpoint.
func (a *api) weights(ctx context.Context, id string) ([]byte, error) {
	return a.do(ctx, http.MethodGet, "/v1/checkpoints/"+id+"/weights", "", nil)
}

// store uploads a picture, which is stored unchanged.
func (a *api) store(ctx context.Context, name string, picture []byte) error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("image", name)
	if err != nil {
		return err
	}
	_, err = part.Write(picture)
	if err = errors.Join(err, form.Close()); err != nil {
		return err
	}
	_, err = a.do(ctx, http.MethodPost, "/v1/frames", form.FormDataContentType(), body.Bytes())
	return err
}

// query asks for the frames nearest to a frame and returns their number.
func (a *api) query(ctx context.Context, id uint64) (int, error) {
	body, err := a.do(ctx, http.MethodPost, fmt.Sprintf("/v1/query?id=%d", id), "", nil)
	if err != nil {
		return 0, err
	}
	var answer struct {
		Results []json.RawMessage `json:"results"`
	}
	err = json.Unmarshal(body, &answer)
	return len(answer.Results), err
}

func (a *api) get(ctx context.Context, path string, into any) error {
	body, err := a.do(ctx, http.MethodGet, path, "", nil)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

func (a *api) do(ctx context.Context, method, path, contentType string, body []byte) (_ []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://edgeclr"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := a.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	answer, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	case response.StatusCode == http.StatusNotFound:
		return nil, fmt.Errorf("%s %s: %w", method, path, errNotFound)
	case response.StatusCode == http.StatusInsufficientStorage:
		return nil, fmt.Errorf("%s %s: %w", method, path, errFull)
	case response.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s %s: %s: %s", method, path, response.Status, answer)
	}
	return answer, nil
}
