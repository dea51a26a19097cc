package sources

import (
	"edgeclr/camera"
	"edgeclr/camera/directory"
)

// openDirectory makes a source of "dir:PATH".
func openDirectory(path string, opt Options) (camera.Source, error) {
	return directory.Open(path, directory.Options{
		Cursor:  opt.Cursor,
		Limits:  opt.Limits,
		Changed: opt.Changed,
		Log:     opt.Log,
		Now:     opt.Now,
		Settle:  opt.Settle,
		Rescan:  opt.Rescan,
	})
}
