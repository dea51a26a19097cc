package daemon

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"edgeclr/camera/decode"
	"edgeclr/daemon/api"
	"edgeclr/daemon/client"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// longName makes the socket's path longer than the address of a Unix socket can be.
var longName = strings.Repeat("a-very-long-name-", 8)

// eachTransport runs a test twice: with a client in process, and with a client on a
// socket whose path is too long for a socket's address.
func eachTransport(t *testing.T, test func(t *testing.T, s *Service, c *client.Client)) {
	t.Run("in process", func(t *testing.T) {
		s := open(t, smallConfig(t))
		test(t, s, s.Client())
	})
	t.Run("socket", func(t *testing.T) {
		cfg := smallConfig(t)
		cfg.Data = filepath.Join(cfg.Data, longName)
		if n := len(filepath.Join(cfg.Data, client.SocketName)); n <= client.MaxSocketPath {
			t.Fatalf("a path of %d bytes is no test", n)
		}
		s := open(t, cfg)
		if err := s.Serve(); err != nil {
			t.Fatal(err)
		}
		c := client.New(cfg.Data)
		t.Cleanup(c.Close)
		if !c.Reachable(t.Context()) {
			t.Fatal("nobody answers")
		}
		test(t, s, c)
	})
}

func TestEndpoints(t *testing.T) {
	eachTransport(t, func(t *testing.T, s *Service, c *client.Client) {
		ctx := t.Context()
		all := pictures(t, 0, 5)
		stored, err := c.Embed(ctx, append(all, client.Picture{Path: "/bad name%é\n.jpg", Data: []byte("no")}))
		if err != nil || stored.Checkpoint != "c1" || len(stored.Frames) != 6 || stored.Frames[5].Reason != "unsupported" {
			t.Fatalf("embed: %+v, %v", stored, err)
		}
		id := stored.Frames[2].ID
		again, err := c.Embed(ctx, all[2:3])
		if err != nil || again.Frames[0].Reason != client.ReasonStored || again.Frames[0].ID != id {
			t.Errorf("embed again: %+v, %v", again, err)
		}
		findsItself(t, c, all[2].Data, id, "")
		byID, err := c.QueryFrame(ctx, fmt.Sprint(id), 2, "serving")
		if err != nil || len(byID.Results) != 2 || byID.Results[0].ID != id || byID.Results[0].Path != all[2].Path ||
			!byID.Results[0].Time.Equal(all[2].ModTime) || byID.Results[0].Source != api.EmbedSource {
			t.Errorf("query by id: %+v, %v", byID, err)
		}
		same, err := c.Vectors(ctx, all[:2], client.VectorOptions{Checkpoint: "pretrained"})
		if err != nil || same.Checkpoint != "c1" || len(same.Vectors) != 2 {
			t.Fatalf("vectors: %+v, %v", same, err)
		}
		// A computed vector equals the stored one of the same picture, and of no other.
		for i, one := range same.Vectors {
			for j := range same.Vectors {
				kept := storedVector(t, s, "c1", stored.Frames[j].ID)
				if alike := cosine(one.Vector, kept); (i == j) != (alike > 1-1e-5) || math.Abs(cosine(kept, kept)-1) > 1e-5 {
					t.Errorf("picture %d against frame %d: cosine %v", i, j, alike)
				}
			}
		}
		larger, err := c.Vectors(ctx, append(all[:1:1], client.Picture{}), client.VectorOptions{Size: 48})
		if err != nil || cosine(larger.Vectors[0].Vector, same.Vectors[0].Vector) > 0.99999 || larger.Vectors[1].Reason != "empty" {
			t.Errorf("vectors at 48 px: %+v, %v", larger.Checkpoint, err)
		}
		labels, err := c.Label(ctx, []uint64{id, stored.Frames[0].ID}, "gear")
		if err != nil || labels.Labels["gear"] != 2 {
			t.Errorf("label: %+v, %v", labels, err)
		}
		if _, err := c.Label(ctx, []uint64{id}, ""); err != nil {
			t.Error(err)
		}
		if labels, err = c.Labels(ctx); err != nil || labels.Labels["gear"] != 1 {
			t.Errorf("labels: %+v, %v", labels, err)
		}
		picture, err := c.Image(ctx, id, 40)
		if err != nil || decoded(t, picture).Height != 40 {
			t.Errorf("image: %v", err)
		}
		var frame client.FrameReply
		if err := c.Call(ctx, http.MethodGet, fmt.Sprintf("/v1/frames/%d", id), nil, "", nil, &frame); err != nil ||
			frame.Path != all[2].Path || frame.Kept != "full" || frame.Format != "jpeg" || frame.Width != 160 {
			t.Errorf("frame: %+v, %v", frame, err)
		}
		st, err := c.Status(ctx)
		if err != nil || st.Embeddings != 5 || st.Frames.Failed != 1 || st.TensorFlow == "" || st.Device == "" ||
			st.Store.Bytes == 0 || st.Checkpoint.Size != 32 || st.Train.State != client.LearnOff {
			t.Errorf("status: %+v, %v", st, err)
		}
		list, err := c.Checkpoints(ctx)
		if err != nil || list.Serving != "c1" || len(list.Checkpoints) != 1 {
			t.Errorf("checkpoints: %+v, %v", list, err)
		}
		body, err := c.Weights(ctx, "", client.PartServing)
		if err != nil {
			t.Fatal(err)
		}
		file, err := io.ReadAll(body)
		body.Close()
		set, readErr := weights.Read(bytes.NewReader(file), int64(len(file)), weights.Limits{})
		if err != nil || readErr != nil || body.Checkpoint != "c1" || distance(set, tensors(t, s, "c1")) != 0 {
			t.Errorf("weights of %q: %v, %v", body.Checkpoint, err, readErr)
		}
		exportAll(t, s, c)
		copied, err := c.Backup(ctx)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, copied)
		copied.Close()
		if err != nil || n < st.Store.Bytes/2 {
			t.Errorf("a backup of %d bytes, %v", n, err)
		}
	})
}

// exportAll reads the stream of embeddings and compares it with the store.
func exportAll(t *testing.T, s *Service, c *client.Client) {
	t.Helper()
	r, err := c.Embeddings(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for n := 0; ; n++ {
		line, vector, err := r.Next()
		if errors.Is(err, io.EOF) {
			if n != 5 {
				t.Errorf("%d embeddings", n)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		want := storedVector(t, s, storage.CheckpointID(r.Checkpoint), line.ID)
		if len(vector) != r.Dim || math.Abs(cosine(vector, want)-1) > 1e-5 || !strings.HasPrefix(line.Path, "/camera/") {
			t.Errorf("%+v, %v", line, err)
		}
	}
}

// Every problem has its code and status, and a message that says what to do.
func TestProblems(t *testing.T) {
	eachTransport(t, func(t *testing.T, s *Service, c *client.Client) {
		_, err := c.QueryImage(t.Context(), scene(t, 1), 1, "")
		if !errors.Is(err, client.ErrNothingFound) || !strings.Contains(err.Error(), "edgeclr embed") {
			t.Errorf("an empty store: %v", err)
		}
		embed(t, s, 0, 2)
		many := make([]client.Picture, api.MaxPictures+1)
		form := func(pictures []client.Picture) (string, io.Reader) { return client.Form(pictures) }
		tooMany, tooManyBody := form(many)
		query := func(key, value string) url.Values { return url.Values{key: {value}} }
		for _, tt := range []struct {
			name, method, path string
			query              url.Values
			kind               string
			body               io.Reader
			code, says         string
			is                 error
		}{
			{"k is 0", "POST", "/v1/query", query("k", "0"), "", nil, "bad_request", "from 1 to 1000", nil},
			{"no picture", "POST", "/v1/query", nil, "", nil, "bad_image", "", decode.ErrEmpty},
			{"not a picture", "POST", "/v1/query", nil, "", strings.NewReader("hello"), "bad_image", "", decode.ErrUnsupported},
			{"a cut picture", "POST", "/v1/query", nil, "", bytes.NewReader(scene(t, 1)[:500]), "bad_image", "", decode.ErrTruncated},
			{"no such frame", "POST", "/v1/query", query("id", "99"), "", nil, "not_found", "99", storage.ErrNotFound},
			{"not a number", "POST", "/v1/query", query("id", "x.jpg"), "", nil, "not_found", "x.jpg", client.ErrNothingFound},
			{"no such checkpoint", "POST", "/v1/query", query("checkpoint", "c9"), "", nil, "not_found", "edgeclr checkpoints", client.ErrNothingFound},
			{"size 7", "POST", "/v1/vectors", query("size", "7"), "", nil, "bad_request", "size", nil},
			{"no form", "POST", "/v1/frames", nil, "text/plain", strings.NewReader("x"), "bad_request", "multipart", nil},
			{"a broken form", "POST", "/v1/vectors", nil, "multipart/form-data", strings.NewReader("x"), "bad_request", "boundary", nil},
			{"too many pictures", "POST", "/v1/frames", nil, tooMany, tooManyBody, "bad_request", "64", nil},
			{"no such frame to show", "GET", "/v1/frames/99", nil, "", nil, "not_found", "99", storage.ErrNotFound},
			{"no such image", "GET", "/v1/frames/99/image", nil, "", nil, "not_found", "99", storage.ErrNotFound},
			{"side 1", "GET", "/v1/frames/1/image", query("side", "1"), "", nil, "bad_request", "side", nil},
			{"labels that are no JSON", "POST", "/v1/labels", nil, "", strings.NewReader("{"), "bad_request", "", nil},
			{"a label too long", "POST", "/v1/labels", nil, "", strings.NewReader(`{"ids":[1],"name":"` + strings.Repeat("x", 500) + `"}`), "bad_request", "200", nil},
			{"labels without end", "POST", "/v1/labels", nil, "", strings.NewReader(`{"ids":[` + strings.Repeat("1,", 1<<20) + `1]}`), "bad_request", "too large", nil},
			{"a label for nobody", "POST", "/v1/labels", nil, "", strings.NewReader(`{"ids":[1,99],"name":"x"}`), "not_found", "99", storage.ErrNotFound},
			{"promote nobody", "POST", "/v1/checkpoints/c9/promote", nil, "", nil, "not_found", "c9", client.ErrNothingFound},
			{"nothing to go back to", "POST", "/v1/checkpoints/rollback", nil, "", nil, "not_found", "promote", client.ErrNothingFound},
			{"weights of nobody", "GET", "/v1/checkpoints/c9/weights", nil, "", nil, "not_found", "c9", client.ErrNothingFound},
			{"embeddings of nobody", "GET", "/v1/embeddings", query("checkpoint", "c9"), "", nil, "not_found", "c9", client.ErrNothingFound},
			{"no such endpoint", "GET", "/v2", nil, "", nil, "failed", "404", nil},
			{"wrong method", "DELETE", "/v1/labels", nil, "", nil, "failed", "405", nil},
		} {
			t.Run(tt.name, func(t *testing.T) {
				r, err := c.Do(t.Context(), tt.method, tt.path, tt.query, tt.kind, tt.body)
				if err == nil {
					r.Body.Close()
				}
				var remote *client.RemoteError
				if !errors.As(err, &remote) || remote.Code != tt.code || !strings.Contains(remote.Message, tt.says) {
					t.Fatalf("%v (%+v), want %s with %q", err, remote, tt.code, tt.says)
				}
				if tt.is != nil && !errors.Is(err, tt.is) {
					t.Errorf("%v is not %v", err, tt.is)
				}
			})
		}
		if labels, err := c.Labels(t.Context()); err != nil || len(labels.Labels) != 0 {
			t.Errorf("a refused label was given: %+v, %v", labels, err)
		}
	})
}

// A picture that is too large is refused. The others of the request are stored.
func TestPictureLimits(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Limits.FileBytes = 20_000
	cfg.Limits.Pixels = 30_000
	s := open(t, cfg)
	large := append(scene(t, 1), make([]byte, 20_000)...)
	wide, err := decoded(t, scene(t, 1)).Resize(300, 110).JPEG(30)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Client().Embed(t.Context(), []client.Picture{{Path: "/large", Data: large}, {Path: "/wide", Data: wide}, {Path: "/good", Data: scene(t, 2)}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"too large", "too large", ""} {
		if got.Frames[i].Reason != want {
			t.Errorf("picture %d: %+v, want %q", i, got.Frames[i], want)
		}
	}
	if _, err := s.Client().QueryImage(t.Context(), large, 1, ""); !errors.Is(err, decode.ErrTooLarge) {
		t.Errorf("asking with it: %v", err)
	}
	together := make([]client.Picture, api.MaxPictures)
	for i := range together {
		together[i].Data = make([]byte, 20_000)
	}
	if _, err := s.Client().Vectors(t.Context(), together, client.VectorOptions{}); err != nil {
		t.Errorf("%d files below the limit: %v", api.MaxPictures, err)
	}
	s.decoder.Limits.MaxBytes = 2 << 20 // 64 such files are more than a request may hold
	for i := range together {
		together[i].Data = make([]byte, 2<<20)
	}
	if _, err := s.Client().Vectors(t.Context(), together, client.VectorOptions{}); err == nil || !strings.Contains(err.Error(), "in several") {
		t.Errorf("128 MiB in one request: %v", err)
	}
}

// A frame without a stored picture cannot be shown. The message says why.
func TestImageOfNothing(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Store.Frames = "none"
	s := open(t, cfg)
	_, ids := embed(t, s, 0, 1)
	_, err := s.Client().Image(t.Context(), ids[0], 64)
	if !errors.Is(err, client.ErrNothingFound) || !strings.Contains(err.Error(), "store.frames") {
		t.Errorf("asking for it: %v", err)
	}
}

func TestStatusIsJSON(t *testing.T) {
	s := open(t, smallConfig(t))
	st := status(t, s)
	text, err := json.Marshal(st)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{`"frames":{"seen":`, `"embeddings":`, `"train":{"state":"off"`, `"checkpoint":{"serving":"c1"`, `"sources":[]`, `"views_per_s":`} {
		if !strings.Contains(string(text), key) {
			t.Errorf("no %s in %s", key, text)
		}
	}
}
