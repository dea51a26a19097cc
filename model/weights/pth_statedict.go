package weights

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"edgeclr/internal/tensor"
	"edgeclr/model/weights/internal/pickle"
)

// named is a tensor of a state_dict with its name.
type named struct {
	name string
	view *view
}

// maxWrappers is how deep a state_dict may be nested in a checkpoint.
const maxWrappers = 3

// stateDict finds the tensors in the object of a .pth file. The object is a
// state_dict, or a checkpoint that holds one under a usual key. Values that are no
// tensors (an epoch, options) are skipped.
func stateDict(v any) ([]named, error) {
	for range maxWrappers {
		d, ok := v.(*pickle.Dict)
		if !ok {
			break
		}
		inner, ok := unwrap(d)
		if !ok {
			return tensorsOf(d)
		}
		v = inner
	}
	return nil, fmt.Errorf("%w: the file does not hold a state_dict, which is a dictionary of tensors; "+
		"write one with torch.save(model.state_dict(), 'NEW.pth')", ErrNoTensors)
}

// unwrap returns the dictionary under the first usual key that has one.
func unwrap(d *pickle.Dict) (*pickle.Dict, bool) {
	for _, key := range []string{"state_dict", "model_state_dict", "model"} {
		if v, ok := d.Get(key); ok {
			if inner, ok := v.(*pickle.Dict); ok {
				return inner, true
			}
		}
	}
	return nil, false
}

// tensorsOf collects the tensors of a state_dict.
func tensorsOf(d *pickle.Dict) ([]named, error) {
	var tensors []named
	var keys []string
	for _, item := range d.Items {
		name, isText := item.Key.(string)
		if isText {
			keys = append(keys, quote(name))
		}
		v, ok := item.Value.(*view)
		if !ok {
			continue
		}
		if !isText || !utf8.ValidString(name) {
			return nil, fmt.Errorf("%w: the name of a tensor is not text; %s", ErrCorrupt, downloadAgain)
		}
		tensors = append(tensors, named{name, v})
	}
	if len(tensors) == 0 {
		return nil, fmt.Errorf("%w: the dictionary has %d keys (%s) and no tensors under them; "+
			"save the part that has tensors with torch.save(CHECKPOINT['KEY'], 'NEW.pth')", ErrNoTensors, len(keys), firstTen(keys))
	}
	return tensors, nil
}

// trimPrefixes removes the prefixes that DataParallel and torch.compile put before
// every name, as often as they do.
func trimPrefixes(s Set) {
	for {
		prefix := ""
		for _, p := range []string{"module.", "_orig_mod."} {
			if allHavePrefix(s, p) {
				prefix = p
			}
		}
		if prefix == "" {
			return
		}
		for i := range s {
			s[i].Name = s[i].Name[len(prefix):]
		}
	}
}

func allHavePrefix(s Set, prefix string) bool {
	for _, t := range s {
		if !strings.HasPrefix(t.Name, prefix) {
			return false
		}
	}
	return len(s) > 0
}

// opener returns the encoded values of a storage: exactly length * dtype.size()
// bytes. It has made sure that the file has them.
type opener func(*storage) (io.ReadCloser, error)

// assemble reads the values of the tensors. size is the size of the file.
func assemble(tensors []named, open opener, size int64, lim Limits) (Set, error) {
	if err := checkClaims(tensors, size, lim); err != nil {
		return nil, err
	}
	var order []*storage
	users := make(map[*storage][]int)
	for i, t := range tensors {
		s := t.view.storage
		if users[s] == nil {
			order = append(order, s)
		}
		users[s] = append(users[s], i)
	}
	set := make(Set, len(tensors))
	for _, s := range order { // one storage in memory at a time
		values, err := readStorage(s, open)
		if err != nil {
			return nil, fmt.Errorf("tensor %s: %w", quote(tensors[users[s][0]].name), err)
		}
		for _, i := range users[s] {
			v := tensors[i].view
			data := values
			if len(users[s]) > 1 || !v.whole() {
				data = v.gather(values)
			}
			set[i] = tensor.Tensor{Name: tensors[i].name, Shape: v.shape, Data: data}
		}
	}
	return set, nil
}

// checkClaims bounds the memory that will be allocated by the size of the file. A
// value takes at least one byte in the file, and storages do not overlap in an honest
// file. Views may overlap, as tied weights do: a file of float32 may hold views of
// four times its values.
func checkClaims(tensors []named, size int64, lim Limits) error {
	if len(tensors) > lim.Tensors {
		return fmt.Errorf("%w: it holds %d tensors, more than %d", ErrLimit, len(tensors), lim.Tensors)
	}
	inViews, inStorages := size, size
	seen := make(map[*storage]bool)
	for _, t := range tensors {
		n, ok := tensor.Elements(t.view.shape)
		if !ok || int64(n) > inViews {
			return tooManyValues(t, fmt.Sprintf("shape %v", t.view.shape), size)
		}
		inViews -= int64(n)
		if s := t.view.storage; !seen[s] {
			seen[s] = true
			if int64(s.length) > inStorages {
				return tooManyValues(t, fmt.Sprintf("a storage of %d values", s.length), size)
			}
			inStorages -= int64(s.length)
		}
		if err := t.view.check(); err != nil {
			return fmt.Errorf("tensor %s: %w", quote(t.name), err)
		}
	}
	return nil
}

func tooManyValues(t named, claim string, size int64) error {
	return fmt.Errorf("%w: tensor %s claims %s, more values in all than the file has bytes (%d); it is damaged or made to exhaust memory",
		ErrLimit, quote(t.name), claim, size)
}

// readStorage reads all values of a storage. It reads to the end, because a zip
// archive checks its checksum there.
func readStorage(s *storage, open opener) ([]float32, error) {
	r, err := open(s)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	values, err := decodeFrom(r, s.dtype, s.length)
	if err != nil {
		return nil, err
	}
	if _, err := r.Read(make([]byte, 1)); err != io.EOF {
		return nil, fmt.Errorf("%w: storage %s fails its checksum (%v); %s", ErrCorrupt, quote(s.key), err, downloadAgain)
	}
	return values, nil
}
