package camera

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpen(t *testing.T) {
	home := tree(t, "pictures/a", "file")
	t.Setenv("HOME", home)
	t.Chdir(home)
	pictures := "dir:" + filepath.Join(home, "pictures")
	for _, tc := range []struct {
		uri, want string // the URI it has, or a part of the error
		err       error
	}{
		{pictures, pictures, nil},
		{"dir:~/pictures", pictures, nil},
		{"dir:~", "dir:" + home, nil},
		{"dir:pictures/../pictures/", pictures, nil},
		{"dir:", "dir:PATH", ErrBadURI},
		{"dir:missing", "mkdir -p " + home + "/missing", fs.ErrNotExist},
		{"dir:file", "not a folder", ErrBadURI},
		{"synthetic:conveyor", "synthetic:conveyor", nil},
		{"synthetic:conveyor?fps=0&seed=18446744073709551615&count=3&size=64x48&order=stream",
			"synthetic:conveyor?fps=0&seed=18446744073709551615&count=3&size=64x48&order=stream", nil},
		{"synthetic:moon", "only synthetic:conveyor", ErrBadURI},
		{"synthetic:conveyor?fps=-1", "fps=-1", ErrBadURI},
		{"synthetic:conveyor?fps=NaN", "fps=NaN", ErrBadURI},
		{"synthetic:conveyor?seed=x", "seed=x", ErrBadURI},
		{"synthetic:conveyor?count=-1", "count=-1", ErrBadURI},
		{"synthetic:conveyor?size=9x9", "size=9x9", ErrBadURI},
		{"synthetic:conveyor?order=random", "order=random", ErrBadURI},
		{"synthetic:conveyor?speed=1", `"speed"`, ErrBadURI},
		{"synthetic:conveyor?%zz", "%zz", ErrBadURI},
		{"v4l2:/dev/video0", "v4l2:/dev/video0", nil},
		{"v4l2:/dev/v4l/by-id/usb-C270-video-index0?width=640&height=480&fps=5&format=yuyv&control.auto_exposure=manual_mode",
			"v4l2:/dev/v4l/by-id/usb-C270-video-index0?width=640&height=480&fps=5&format=yuyv&control.auto_exposure=manual_mode", nil},
		{"v4l2:video0", "v4l2:/dev/video0", ErrBadURI},
		{"v4l2:/dev/video0?width=0", "width=0", ErrBadURI},
		{"v4l2:/dev/video0?height=x", "height=x", ErrBadURI},
		{"v4l2:/dev/video0?fps=1000", "fps=1000", ErrBadURI},
		{"v4l2:/dev/video0?format=H264", "YUYV, UYVY, NV12", ErrBadURI},
		{"v4l2:/dev/video0?size=1", "control.NAME", ErrBadURI},
		{"rtsp://u:secret@camera/1", `"rtsp://camera/1": there is no scheme "rtsp"; known are dir:PATH`, ErrUnknownSource},
		{"/var/pictures", "dir:/var/pictures", ErrUnknownSource},
		{"", "SCHEME:REST", ErrUnknownSource},
	} {
		t.Run(tc.uri, func(t *testing.T) {
			s, err := Open(tc.uri, OpenOptions{})
			if tc.err != nil {
				if !errors.Is(err, tc.err) || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("got %v, want %v with %q", err, tc.err, tc.want)
				}
				return
			}
			if err != nil || s.URI() != tc.want {
				t.Fatalf("%v, %v", s, err)
			}
			if state, err := s.State(); state != StateConnecting || err != nil {
				t.Errorf("state %s, %v", state, err)
			}
		})
	}
}

func TestOpenUnreadableFolder(t *testing.T) {
	withoutRoot(t)
	root := tree(t, "shut/inner/a")
	os.Chmod(filepath.Join(root, "shut"), 0)
	defer os.Chmod(filepath.Join(root, "shut"), 0o755)
	if _, err := Open("dir:"+filepath.Join(root, "shut", "inner"), OpenOptions{}); !errors.Is(err, ErrUnreadable) {
		t.Error(err)
	}
}
