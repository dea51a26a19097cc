package governor

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// board is a folder with the files of a board's kernel.
type board struct {
	t    *testing.T
	root string
}

func newBoard(t *testing.T) board { return board{t, t.TempDir()} }

func (b board) write(path, text string) {
	b.t.Helper()
	path = filepath.Join(b.root, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func (b board) heat(zone int, degrees float64) {
	b.t.Helper()
	b.write(fmt.Sprintf("sys/class/thermal/thermal_zone%d/temp", zone), fmt.Sprintf("%d\n", int(1000*degrees)))
}

func (b board) load(load float64) {
	b.t.Helper()
	b.write("proc/loadavg", fmt.Sprintf("%.2f 0.50 0.40 2/345 6789\n", load))
}
