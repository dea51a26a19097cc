package main

import (
	"strings"
	"testing"

	"edgeclr/cmd/edgeclr/internal/cameras"
	"edgeclr/config"
)

func TestCamerasFinding(t *testing.T) {
	good := cameras.Camera{URI: "v4l2:/dev/video0", Card: "C270", Formats: []cameras.Format{{Format: "YUYV", Supported: true}}}
	sensor := cameras.Camera{URI: "v4l2:/dev/video1", Card: "rp1-cfe", Formats: []cameras.Format{{Format: "pBAA"}}}
	denied := cameras.Camera{Path: "/dev/video2", Error: "permission denied", Denied: true}
	for _, tc := range []struct {
		name                string
		all                 []cameras.Camera
		sources             []config.Source
		status, found, mend string
	}{
		{"none", nil, config.SourcesOf("dir:/a"), statusOK, "none", ""},
		{"good", []cameras.Camera{sensor, good}, nil, statusOK, "v4l2:/dev/video0 (C270)", ""},
		{"sensors alone", []cameras.Camera{sensor}, nil, statusOK, "exec:rpicam-vid", ""},
		{"denied", []cameras.Camera{good, denied}, nil, statusWarn, "/dev/video2 may not be opened", "sudo usermod -aG video "},
		{"configured and missing", []cameras.Camera{good}, config.SourcesOf("v4l2:/dev/missing?fps=5"), statusWarn, "/dev/missing: open: no such file", "edgeclr cameras"},
		{"other trouble", []cameras.Camera{{Error: "the camera is gone"}}, nil, statusWarn, "the camera is gone", "edgeclr cameras"},
	} {
		f := camerasFinding(tc.all, tc.sources)
		if f.Check != "cameras" || f.Status != tc.status || !strings.Contains(f.Found, tc.found) || !strings.Contains(f.Mend, tc.mend) {
			t.Errorf("%s: %+v", tc.name, f)
		}
	}
}
