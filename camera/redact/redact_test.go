package redact

import "testing"

func TestText(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"", ""},
		{"dir:/srv/a@b", "dir:/srv/a@b"},
		{"http://cam/stream.mjpeg?fps=5", "http://cam/stream.mjpeg?fps=5"},
		{"http://user:secret@cam:8080/a@b", "http://cam:8080/a@b"},
		{"http://user:se@c:ret@cam/a", "http://cam/a"},
		{"http://user@cam", "http://cam"},
		{"http://cam/v.cgi?user=admin&pwd=secret&x=1#a", "http://cam/v.cgi?user=***&pwd=***&x=1#a"},
		{"http://cam/v.cgi?x=1&Password=secret", "http://cam/v.cgi?x=1&Password=***"},
		{"http://cam/v?keyframe=1", "http://cam/v?keyframe=1"},
		{`exec:ffmpeg -i "rtsp://u:secret@10.0.0.2/1?token=secret" -f mjpeg -`, `exec:ffmpeg -i "rtsp://10.0.0.2/1?token=***" -f mjpeg -`},
		{"exec:curl -H 'Authorization: Basic c2VjcmV0' http://cam/", "exec:curl -H 'Authorization: ***' http://cam/"},
		{"[rtsp] rtsp://u:secret@cam/1: 401 and http://u:secret@cam/2", "[rtsp] rtsp://cam/1: 401 and http://cam/2"},
	} {
		if got := Text(tc.text); got != tc.want {
			t.Errorf("%q became %q, want %q", tc.text, got, tc.want)
		}
		if again := Text(Text(tc.text)); again != Text(tc.text) {
			t.Errorf("%q twice became %q", tc.text, again)
		}
	}
}
