package weights

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"edgeclr/model/weights/internal/pickle"
)

// named is a tensor of a state_dict.
type named struct {
	name string
	view *view
}

// maxWrappers is how deep a state_dict may lie inside a checkpoint.
const maxWrappers = 3

// stateDict finds the tensors in what a .pth file holds: a state_dict, or a
// checkpoint that has it under one of the usual keys. Values that are no
// tensors (an epoch, options) are passed over.
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
	return nil, fmt.Errorf("%w: the file does not hold a dictionary of tensors, a state_dict; "+
		"write one with torch.save(model.state_dict(), 'NEW.pth')", ErrNoTensors)
}

// unwrap returns the dictionary under the first usual key.
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
			return nil, fmt.Errorf("%w: the name of a tensor is no text; %s", ErrCorrupt, downloadAgain)
		}
		tensors = append(tensors, named{name, v})
	}
	if len(tensors) == 0 {
		return nil, fmt.Errorf("%w: the dictionary has none, under %d keys (%s); "+
			"write a file of the one that has, with torch.save(CHECKPOINT['KEY'], 'NEW.pth')", ErrNoTensors, len(keys), firstTen(keys))
	}
	return tensors, nil
}

// trimPrefixes cuts off what wrapping a model, once or several times, puts
// before every name.
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
