package api

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"edgeclr/daemon/client"
)

// No web page reaches a service on loopback, whatever a browser lets it do. Other
// programs do reach it.
func TestWebPagesAreKeptOut(t *testing.T) {
	p, _ := parts(t)
	a, dir := open(t, p), t.TempDir()
	if err := a.Listen(Listeners{Dir: dir, Address: "127.0.0.1:0"}); err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	for _, tt := range []struct {
		name, method, path, host string
		header                   map[string]string
		want                     int
	}{
		{"a program", "POST", "/v1/pause", "", nil, 200},
		{"localhost", "GET", "/v1/status", "localhost:8080", nil, 200},
		{"LOCALHOST without a port", "GET", "/v1/status", "LocalHost", nil, 200},
		{"IPv6", "GET", "/metrics", "[::1]:8080", nil, 200},
		{"IPv6 without a port", "GET", "/healthz", "[::1]", nil, 200},
		{"its own page", "POST", "/v1/resume", "localhost", map[string]string{"Sec-Fetch-Site": "same-origin"}, 200},
		{"its own page in an old browser", "POST", "/v1/resume", "localhost:80", map[string]string{"Origin": "http://localhost:80"}, 200},
		{"a form of another site", "POST", "/v1/pause", "", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"another port of this machine", "POST", "/v1/pause", "localhost:80", map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
		{"another site in an old browser", "POST", "/v1/checkpoints/rollback", "", map[string]string{"Origin": "https://evil.example"}, 403},
		{"a sandboxed page", "POST", "/v1/pause", "", map[string]string{"Origin": "null"}, 403},
		{"a name that was rebound", "GET", "/v1/status", "evil.example:8080", map[string]string{"Sec-Fetch-Site": "same-origin"}, 403},
		{"a name that begins well", "GET", "/v1/status", "localhost.evil.example", nil, 403},
		{"a name that looks like an address", "GET", "/v1/status", "127.0.0.1.evil.example", nil, 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), tt.method, "http://"+a.Address()+tt.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = tt.host
			for k, v := range tt.header {
				r.Header.Set(k, v)
			}
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if answer.StatusCode != tt.want {
				t.Fatalf("status %d, want %d", answer.StatusCode, tt.want)
			}
			if policy := answer.Header.Get("Cross-Origin-Resource-Policy"); tt.want == 200 && policy != "same-origin" {
				t.Errorf("pages of other sites may show the answer: %q", policy)
			}
			var p client.Problem
			if err := json.NewDecoder(answer.Body).Decode(&p); tt.want == 403 && (err != nil || p.Code != "forbidden" || p.Message == "") {
				t.Errorf("%+v, %v", p, err)
			}
		})
	}
	// Only its owner can use the socket, so it asks for no name.
	c := client.New(dir)
	defer c.Close()
	if _, err := c.Status(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestListenOnTheNetwork(t *testing.T) {
	var log lockedBuffer
	p, _ := parts(t)
	p.Log = slog.New(slog.NewTextHandler(&log, nil))
	a := open(t, p)
	if err := a.Listen(Listeners{Dir: t.TempDir(), Address: "0.0.0.0:0"}); err != nil {
		t.Fatal(err)
	}
	if text := log.String(); !strings.Contains(text, "level=WARN") || !strings.Contains(text, "no authentication") {
		t.Errorf("no warning:\n%s", text)
	}
	defer http.DefaultClient.CloseIdleConnections()
	_, port, _ := strings.Cut(a.Address(), "]:")
	for header, want := range map[string]int{"": 200, "cross-site": 403} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1:"+port+"/v1/pause", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = "camera.example" // as the network calls it
		if header != "" {
			r.Header.Set("Sec-Fetch-Site", header)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("Sec-Fetch-Site %q: status %d, want %d", header, answer.StatusCode, want)
		}
	}
}
