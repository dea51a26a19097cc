package weights

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"strings"

	"edgeclr/model/weights/internal/pickle"
)

// archive is a .pth file of PyTorch 1.6 and newer. It is a zip archive with a pickle
// NAME/data.pkl, NAME/byteorder, and the values of each storage in NAME/data/KEY.
type archive struct {
	records map[string]*zip.File
	folder  string // NAME/
}

// readArchive reads a .pth file that is a zip archive.
func readArchive(r io.ReaderAt, size int64, lim Limits) (Set, error) {
	a, err := openArchive(r, size, lim)
	if err != nil {
		return nil, err
	}
	data, err := a.small("data.pkl", lim.HeaderBytes)
	if err != nil {
		return nil, err
	}
	objects := &torchObjects{storages: make(map[string]*storage)}
	v, _, err := unpickle(data, objects, pickle.NewBudget(objectFactor*lim.HeaderBytes), false)
	if err != nil {
		return nil, err
	}
	tensors, err := stateDict(v)
	if err != nil {
		return nil, err
	}
	return assemble(tensors, a.open, size, lim)
}

// openArchive reads the directory of the archive and checks its records.
func openArchive(r io.ReaderAt, size int64, lim Limits) (*archive, error) {
	capped := &cappedReaderAt{r: r, left: int64(lim.HeaderBytes)}
	z, err := zip.NewReader(capped, size)
	if errors.Is(err, zip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: the directory at the end of the zip archive (.pth) is missing; %s", ErrTruncated, downloadAgain)
	}
	if err != nil {
		return nil, fmt.Errorf("its zip directory: %w", err)
	}
	capped.lift()
	a := &archive{records: make(map[string]*zip.File, len(z.File))}
	for _, f := range z.File {
		if a.records[f.Name] != nil {
			return nil, fmt.Errorf("%w: two records are named %s; %s", ErrCorrupt, quote(f.Name), downloadAgain)
		}
		a.records[f.Name] = f
		if folder, name := path.Split(f.Name); name == "data.pkl" && strings.Count(folder, "/") <= 1 {
			a.folder = folder
		}
	}
	return a, a.check()
}

// check refuses an archive that does not hold a pickle of tensors.
func (a *archive) check() error {
	if a.records[a.folder+"data.pkl"] == nil {
		return fmt.Errorf("%w: a zip archive that PyTorch's torch.save did not write%s", ErrFormat, a.weightsInside())
	}
	if a.records[a.folder+"constants.pkl"] != nil {
		return fmt.Errorf("%w: a TorchScript archive (torch.jit.save); where PyTorch is installed: "+
			`python3 -c "import torch; torch.save(torch.jit.load('OLD').state_dict(), 'NEW.pth')"`, ErrUnsupported)
	}
	if a.records[a.folder+"byteorder"] == nil { // PyTorch 2.1 added it
		return nil
	}
	order, err := a.small("byteorder", 16)
	if err == nil && string(order) != "little" {
		return fmt.Errorf("%w: written on a big-endian machine; %s", ErrUnsupported, saveAgain)
	}
	return err
}

// weightsInside returns a hint that names a weights file inside the archive, or "".
// The user probably meant that file: Python wheels hold such files.
func (a *archive) weightsInside() string {
	found := ""
	for name := range a.records {
		if (strings.HasSuffix(name, ".pth") || strings.HasSuffix(name, ".safetensors")) && (found == "" || name < found) {
			found = name
		}
	}
	if found == "" {
		return ""
	}
	return fmt.Sprintf("; it holds %s: unpack it (unzip FILE) and name that file", quote(found))
}

// small reads a whole record, which may have at most limit bytes.
func (a *archive) small(name string, limit int) ([]byte, error) {
	f, err := a.records[a.folder+name].Open()
	if err != nil {
		return nil, recordError(name, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err != nil {
		return nil, recordError(name, err)
	}
	if len(data) > limit {
		return nil, fmt.Errorf("%w: its record %s is longer than %d bytes", ErrLimit, name, limit)
	}
	return data, nil
}

// open implements opener.
func (a *archive) open(s *storage) (io.ReadCloser, error) {
	f := a.records[a.folder+"data/"+s.key]
	if f == nil {
		return nil, fmt.Errorf("%w: its values, record data/%s, are missing; %s", ErrCorrupt, quote(s.key), downloadAgain)
	}
	if want := uint64(s.length) * uint64(s.dtype.size()); f.UncompressedSize64 != want {
		return nil, fmt.Errorf("%w: record data/%s has %d bytes and should have %d; %s",
			ErrCorrupt, quote(s.key), f.UncompressedSize64, want, downloadAgain)
	}
	r, err := f.Open()
	if err != nil {
		return nil, recordError("data/"+s.key, err)
	}
	return r, nil
}

// recordError wraps the failure to read a record.
func recordError(name string, err error) error {
	if errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrAlgorithm) {
		return fmt.Errorf("%w: record %s (%v); %s", ErrCorrupt, quote(name), err, downloadAgain)
	}
	return fmt.Errorf("record %s: %w", quote(name), readError(err))
}

// cappedReaderAt bounds the bytes that archive/zip reads for the directory of an
// archive. archive/zip keeps about 300 bytes for an entry, which takes 46 bytes or
// more in the file.
type cappedReaderAt struct {
	r    io.ReaderAt
	left int64
}

func (c *cappedReaderAt) ReadAt(p []byte, off int64) (int, error) {
	if int64(len(p)) > c.left {
		return 0, fmt.Errorf("%w: the directory of the zip archive is too long", ErrLimit)
	}
	c.left -= int64(len(p))
	return c.r.ReadAt(p, off)
}

// lift removes the bound once the directory has been read.
func (c *cappedReaderAt) lift() { c.left = math.MaxInt64 }
