package sources

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"edgeclr/camera"
)

func TestOpen(t *testing.T) {
	home := t.TempDir()
	if err := errors.Join(os.Mkdir(filepath.Join(home, "pictures"), 0o755), os.WriteFile(filepath.Join(home, "file"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
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
		{"dir:", "dir:PATH", camera.ErrBadURI},
		{"dir:missing", "mkdir -p " + home + "/missing", fs.ErrNotExist},
		{"dir:file", "not a folder", camera.ErrBadURI},
		{"synthetic:conveyor", "synthetic:conveyor", nil},
		{"synthetic:conveyor?fps=0&seed=18446744073709551615&count=3&size=64x48&order=stream",
			"synthetic:conveyor?fps=0&seed=18446744073709551615&count=3&size=64x48&order=stream", nil},
		{"synthetic:yard", "synthetic:yard", nil},
		{"synthetic:bench?fps=2&seed=7&size=320x240&order=distinct", "synthetic:bench?fps=2&seed=7&size=320x240&order=distinct", nil},
		{"synthetic:moon", "only synthetic:conveyor, synthetic:bench, synthetic:yard", camera.ErrBadURI},
		{"synthetic:conveyor?fps=-1", "fps=-1", camera.ErrBadURI},
		{"synthetic:conveyor?fps=NaN", "fps=NaN", camera.ErrBadURI},
		{"synthetic:conveyor?seed=x", "seed=x", camera.ErrBadURI},
		{"synthetic:conveyor?count=-1", "count=-1", camera.ErrBadURI},
		{"synthetic:conveyor?size=9x9", "size=9x9", camera.ErrBadURI},
		{"synthetic:conveyor?order=random", "order=random", camera.ErrBadURI},
		{"synthetic:conveyor?speed=1", `"speed"`, camera.ErrBadURI},
		{"synthetic:conveyor?%zz", "%zz", camera.ErrBadURI},
		{"v4l2:/dev/video0", "v4l2:/dev/video0", nil},
		{"v4l2:/dev/v4l/by-id/usb-C270-video-index0?width=640&height=480&fps=5&format=yuyv&control.auto_exposure=manual_mode",
			"v4l2:/dev/v4l/by-id/usb-C270-video-index0?width=640&height=480&fps=5&format=yuyv&control.auto_exposure=manual_mode", nil},
		{"v4l2:video0", "v4l2:/dev/video0", camera.ErrBadURI},
		{"v4l2:/dev/video0?width=0", "width=0", camera.ErrBadURI},
		{"v4l2:/dev/video0?height=x", "height=x", camera.ErrBadURI},
		{"v4l2:/dev/video0?fps=1000", "fps=1000", camera.ErrBadURI},
		{"v4l2:/dev/video0?format=H264", "YUYV, UYVY, NV12", camera.ErrBadURI},
		{"v4l2:/dev/video0?size=1", "control.NAME", camera.ErrBadURI},
		{"rtsp://u:secret@camera/1", `"rtsp://camera/1": there is no scheme "rtsp"; known are dir:PATH`, camera.ErrUnknownSource},
		{"/var/pictures", "dir:/var/pictures", camera.ErrUnknownSource},
		{"", "SCHEME:REST", camera.ErrUnknownSource},
	} {
		t.Run(tc.uri, func(t *testing.T) {
			s, err := Open(tc.uri, Options{})
			if tc.err != nil {
				if !errors.Is(err, tc.err) || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("got %v, want %v with %q", err, tc.err, tc.want)
				}
				return
			}
			if err != nil || s.URI() != tc.want {
				t.Fatalf("%v, %v", s, err)
			}
			if state, err := s.State(); state != camera.StateConnecting || err != nil {
				t.Errorf("state %s, %v", state, err)
			}
		})
	}
}

// Folders and rendered scenes have no such options.
func TestOptionsOfOtherSources(t *testing.T) {
	for _, uri := range []string{"dir:" + t.TempDir(), "synthetic:conveyor"} {
		_, err := Open(uri, Options{Live: camera.LiveOptions{FPS: 1}})
		if err == nil || !strings.Contains(err.Error(), "are for cameras") {
			t.Errorf("%s: %v", uri, err)
		}
	}
}

// TestSecondSource adds a kind of camera. All it needs is a connectFunc and a
// line in the table.
func TestSecondSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cam := &scripted{connections: [][]step{pictures(2, time.Second)}}
		openCSI := func(rest string, opt Options) (camera.Source, error) {
			return newLive("csi:"+rest, opt, cam.connect), nil
		}
		source, err := open(append(schemes(), scheme{"csi", "csi:0", true, openCSI}), "csi:0", Options{
			Live: camera.LiveOptions{FPS: 1, View: camera.View{Region: camera.Box{X: 0, Y: 0, Width: 0.5, Height: 1}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		frames := 0
		if err := source.Run(ctx, func(_ context.Context, f camera.Frame) error {
			if frames++; f.Source != "csi:0" || f.Image.Width != 2 || f.Image.Height != 4 {
				t.Errorf("%+v", f)
			}
			return nil
		}); err != nil || frames != 2 || cam.open != 0 {
			t.Errorf("%d frames, %d open connections, %v", frames, cam.open, err)
		}
		if _, err := open(append(schemes(), scheme{"csi", "csi:0", true, openCSI}), "csj:0", Options{}); err == nil || !strings.Contains(err.Error(), "csi:0") {
			t.Errorf("the error does not list the new source: %v", err)
		}
	})
}
