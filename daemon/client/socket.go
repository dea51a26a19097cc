package client

import (
	"os"
	"path/filepath"
	"strconv"
)

// SocketName is the name of the API's Unix socket in the store's folder.
const SocketName = "edgeclr.sock"

// MaxSocketPath is the longest path that fits the kernel's address of a Unix
// socket. The closing zero takes one more byte.
const MaxSocketPath = 107

// AtShortPath calls use with a path that the kernel accepts as the address of a
// Unix socket. A path that is too long is reached through the descriptor of its
// folder, which is open only during the call.
func AtShortPath(path string, use func(short string) error) error {
	if len(path) <= MaxSocketPath {
		return use(path)
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer folder.Close()
	return use(filepath.Join("/proc/self/fd", strconv.Itoa(int(folder.Fd())), filepath.Base(path)))
}
