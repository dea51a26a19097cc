package api

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"edgeclr/camera/decode"
	"edgeclr/daemon/client"
)

// Whatever a request holds, its pictures are within the limits, or it is refused
// as a bad request.
func FuzzPictures(f *testing.F) {
	_, body := client.Form([]client.Picture{{Path: "a.jpg", Data: []byte("one")}, {Data: []byte("two")}})
	var good bytes.Buffer
	_, _ = good.ReadFrom(body)
	boundary, _, _ := strings.Cut(strings.TrimPrefix(good.String(), "--"), "\r\n")
	f.Add(boundary, good.Bytes())
	f.Add("x", []byte("--x\r\nEdgeclr-Path: %zz\r\n\r\none\r\n--x--\r\n"))
	f.Add("x", []byte("--x\r\nEdgeclr-Mod-Time: noon\r\n\r\none\r\n--x--\r\n"))
	f.Add("x", []byte(strings.Repeat("--x\r\n\r\n\r\n", MaxPictures+1)+"--x--\r\n"))
	f.Fuzz(func(t *testing.T, boundary string, body []byte) {
		const limit = 16
		p := pictureReader{&decode.Decoder{Limits: decode.Limits{MaxBytes: limit}}}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/frames", bytes.NewReader(body))
		r.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
		sent, err := p.readAll(r)
		if err != nil {
			if problem, status := client.ProblemOf(err); status != http.StatusBadRequest {
				t.Fatalf("%+v, status %d", problem, status)
			}
			return
		}
		if len(sent) > MaxPictures {
			t.Fatalf("%d pictures", len(sent))
		}
		for _, one := range sent {
			if len(one.Data) > limit || (one.Err != nil) != (one.Data == nil) {
				t.Fatalf("%d bytes, %v", len(one.Data), one.Err)
			}
		}
	})
}
