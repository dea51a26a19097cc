package httpstream

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"hash"
	"image"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
)

// frame is a picture as a camera sends it.
func frame(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 32, 32)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// serve starts a camera.
func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// target returns the camera's address, with user and password if given.
func target(t *testing.T, address, path, user string) Target {
	t.Helper()
	if user != "" {
		address = strings.Replace(address, "://", "://"+user+"@", 1)
	}
	got, err := ParseTarget(address + path)
	if err != nil {
		t.Fatal(err)
	}
	got.Interval, got.Limit = time.Millisecond, 1<<20
	return got
}

// parts sends n parts. If hangs is set, it then waits for the client to leave.
func parts(p []byte, n int, hangs bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
		for range n {
			fmt.Fprintf(w, "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", len(p), p)
		}
		w.(http.Flusher).Flush()
		if hangs {
			<-r.Context().Done()
		}
	}
}

// digested asks for Digest credentials of user "me" with a password, and checks them by RFC
// 7616, section 3.4.
func digested(algorithm, qop, password string, next http.HandlerFunc) http.HandlerFunc {
	newHash := map[string]func() hash.Hash{"": md5.New, "MD5": md5.New, "SHA-256": sha256.New}[algorithm]
	h := func(parts ...string) string {
		sum := newHash()
		sum.Write([]byte(strings.Join(parts, ":")))
		return fmt.Sprintf("%x", sum.Sum(nil))
	}
	return func(w http.ResponseWriter, r *http.Request) {
		sent := map[string]string{}
		for _, m := range regexp.MustCompile(`(\w+)=(?:"([^"]*)"|([^, ]+))`).FindAllStringSubmatch(r.Header.Get("Authorization"), -1) {
			sent[m[1]] = m[2] + m[3]
		}
		a1, a2 := h("me", "the camera", password), h("GET", r.URL.RequestURI())
		want := h(a1, "n0nce", a2)
		if qop != "" {
			want = h(a1, "n0nce", sent["nc"], sent["cnonce"], "auth", a2)
		}
		if sent["username"] == "me" && sent["uri"] == r.URL.RequestURI() && sent["response"] == want {
			next(w, r)
			return
		}
		challenge := `Digest realm="the camera", nonce="n0nce"`
		if algorithm != "" {
			challenge += ", algorithm=" + algorithm
		}
		if qop != "" {
			challenge += `, qop="` + qop + `"`
		}
		w.Header().Add("WWW-Authenticate", `Basic realm="the camera"`)
		w.Header().Add("WWW-Authenticate", challenge)
		w.WriteHeader(http.StatusUnauthorized)
	}
}
