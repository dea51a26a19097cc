package daemon

import (
	"edgeclr/camera"
	"edgeclr/camera/rgb"
	"edgeclr/storage"
)

// record is a frame as the store takes it.
func record(f camera.Frame, p picture, vector []float32) storage.NewFrame {
	var small *storage.ReplayPicture
	if p.jpeg != nil {
		small = &storage.ReplayPicture{Live: f.File == nil, JPEG: p.jpeg}
	}
	return storage.NewFrame{
		Frame: storage.Frame{
			Source: f.Source, Path: f.Path, Time: f.Time,
			Width: p.info.Width, Height: p.info.Height, Format: p.info.Format,
			SHA256: p.sha, Kept: p.kept,
		},
		Data: p.data, Replay: small, Vector: vector, File: fileState(f),
	}
}

// fileState is the source's cursor in the store's type.
func fileState(f camera.Frame) *storage.FileState {
	if f.File == nil {
		return nil
	}
	return &storage.FileState{Path: f.File.Path, Size: f.File.Size, ModTime: f.File.ModTime}
}

func pixelsOf(pictures []picture, chosen []int) []*rgb.Image {
	pixels := make([]*rgb.Image, len(chosen))
	for n, i := range chosen {
		pixels[n] = pictures[i].pixels
	}
	return pixels
}
