package weights

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/big"

	"edgeclr/model/weights/internal/pickle"
)

// legacyMagic is the integer that is the first pickle of a legacy file, in decimal.
const legacyMagic = "119547037146038801333356"

// legacyProtocol is the integer that is the second pickle.
const legacyProtocol = 1001

// legacy is a .pth file of PyTorch before 1.6. It begins with five pickles: a magic
// number, a protocol number, facts about the machine, the objects, and the keys of
// their storages. For each key there follow the number of values (int64) and the
// values.
type legacy struct {
	r       io.ReaderAt
	size    int64
	objects *torchObjects
	offsets map[*storage]int64 // of the values, in the file
}

// readLegacy reads a .pth file of the legacy format.
func readLegacy(r io.ReaderAt, size int64, lim Limits) (Set, error) {
	head := make([]byte, min(size, int64(lim.HeaderBytes)))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, readError(err)
	}
	l := &legacy{r: r, size: size, objects: &torchObjects{storages: make(map[string]*storage)}, offsets: make(map[*storage]int64)}
	values, used, err := l.pickles(head, lim)
	if err != nil {
		return nil, err
	}
	if err := l.checkHead(values); err != nil {
		return nil, err
	}
	if err := l.locate(values[4], int64(used)); err != nil {
		return nil, err
	}
	tensors, err := stateDict(values[3])
	if err != nil {
		return nil, err
	}
	return assemble(tensors, l.open, size, lim)
}

// pickles reads the five pickles. It also returns how many bytes they take.
func (l *legacy) pickles(head []byte, lim Limits) (values [5]any, used int, err error) {
	budget := pickle.NewBudget(objectFactor * lim.HeaderBytes)
	for i := range values {
		v, n, err := unpickle(head[used:], l.objects, budget, int64(len(head)) < l.size)
		if err != nil {
			return values, used, err
		}
		if i == 0 && !isMagic(v) {
			return values, used, fmt.Errorf("%w: a Python pickle that PyTorch's torch.save did not write", ErrFormat)
		}
		values[i] = v
		used += n
	}
	return values, used, nil
}

func isMagic(v any) bool {
	n, ok := v.(*big.Int)
	return ok && n.String() == legacyMagic
}

// checkHead checks the protocol number and the byte order.
func (l *legacy) checkHead(values [5]any) error {
	if values[1] != any(int64(legacyProtocol)) {
		return fmt.Errorf("%w: a version of PyTorch's legacy format other than %d; %s", ErrUnsupported, legacyProtocol, saveAgain)
	}
	if machine, ok := values[2].(*pickle.Dict); ok {
		if little, ok := machine.Get("little_endian"); ok && little != true {
			return fmt.Errorf("%w: written on a big-endian machine; %s", ErrUnsupported, saveAgain)
		}
	}
	return nil
}

// locate finds the values of each storage. It replaces the length that the pickle
// claims by the real one.
func (l *legacy) locate(keys any, at int64) error {
	list, ok := keys.(*pickle.List)
	if !ok {
		return fmt.Errorf("%w: the list of storages is missing; %s", ErrCorrupt, downloadAgain)
	}
	for _, item := range list.Items {
		key, _ := item.(string)
		s := l.objects.storages[key]
		if s == nil || l.offsets[s] != 0 {
			return fmt.Errorf("%w: storage %s is listed twice or not used; %s", ErrCorrupt, quote(key), downloadAgain)
		}
		var count [8]byte
		if l.size-at < int64(len(count)) {
			return readError(io.ErrUnexpectedEOF)
		}
		if _, err := l.r.ReadAt(count[:], at); err != nil && err != io.EOF {
			return readError(err)
		}
		at += int64(len(count))
		n, left := binary.LittleEndian.Uint64(count[:]), uint64(l.size-at)
		if n > left/uint64(s.dtype.size()) {
			return fmt.Errorf("%w: storage %s should have %d values and %d bytes are left; %s", ErrTruncated, quote(key), n, left, downloadAgain)
		}
		s.length = int(n)
		l.offsets[s] = at
		at += int64(n) * int64(s.dtype.size())
	}
	return nil
}

// open implements opener.
func (l *legacy) open(s *storage) (io.ReadCloser, error) {
	at, ok := l.offsets[s]
	if !ok {
		return nil, fmt.Errorf("%w: the values of storage %s are missing; %s", ErrCorrupt, quote(s.key), downloadAgain)
	}
	return io.NopCloser(io.NewSectionReader(l.r, at, int64(s.length)*int64(s.dtype.size()))), nil
}
