package weights

import (
	"errors"
	"fmt"
	"strings"

	"edgeclr/model/weights/internal/pickle"
)

// function is a function of torch._utils that pickled tensors call.
type function int

const (
	rebuildTensor    function = iota // (storage, offset, size, stride, ...)
	rebuildParameter                 // (tensor, requires_grad, hooks)
	torchSize                        // (tuple)
)

// torchObjects is the pickle.Host of .pth files. It knows all names that a pickle of
// tensors needs. It only notes the storages; their values are read later.
type torchObjects struct {
	storages map[string]*storage
}

// Global implements pickle.Host.
func (o *torchObjects) Global(module, name string) (any, error) {
	switch module {
	case "torch", "torch.cuda":
		if d, ok := storageType(name); ok {
			return d, nil
		}
		if name == "Size" {
			return torchSize, nil
		}
	case "torch._utils":
		switch name {
		case "_rebuild_tensor", "_rebuild_tensor_v2":
			return rebuildTensor, nil
		case "_rebuild_parameter":
			return rebuildParameter, nil
		}
	}
	if strings.HasPrefix(module, "torch") && (strings.HasSuffix(name, "Storage") || strings.HasPrefix(name, "_rebuild_")) {
		return nil, fmt.Errorf("%w: a tensor that needs %s (complex, quantised, sparse or of a subclass); "+
			"save it as a plain one, with .dequantize(), .to_dense() or .float()", ErrUnsupported, quote(module+"."+name))
	}
	return nil, classError(module, name)
}

// Call implements pickle.Host.
func (o *torchObjects) Call(f any, args pickle.Tuple) (any, error) {
	switch f {
	case rebuildTensor:
		return newView(args)
	case rebuildParameter:
		if len(args) > 0 {
			if v, ok := args[0].(*view); ok {
				return v, nil
			}
		}
	case torchSize:
		if len(args) == 1 {
			if size, ok := args[0].(pickle.Tuple); ok {
				return size, nil
			}
		}
	}
	return nil, fmt.Errorf("%w: a call with the wrong arguments; %s", ErrCorrupt, downloadAgain)
}

// Persistent implements pickle.Host. The identifier is ("storage", class, key,
// device, length), with a sixth value in legacy files.
func (o *torchObjects) Persistent(id any) (any, error) {
	bad := fmt.Errorf("%w: a storage with the wrong identifier; %s", ErrCorrupt, downloadAgain)
	tuple, ok := id.(pickle.Tuple)
	if !ok || len(tuple) < 5 {
		return nil, bad
	}
	kind, _ := tuple[0].(string)
	d, okType := tuple[1].(dtype)
	key, okKey := tuple[2].(string)
	length, okLength := tuple[4].(int64)
	if kind != "storage" || !okType || !okKey || !okLength || length < 0 {
		return nil, bad
	}
	if len(tuple) > 5 && tuple[5] != nil {
		return nil, fmt.Errorf("%w: storages that are views of other storages (PyTorch 0.3 and older); %s", ErrUnsupported, saveAgain)
	}
	if s, ok := o.storages[key]; ok {
		if s.dtype != d {
			return nil, fmt.Errorf("%w: storage %s has two types; %s", ErrCorrupt, quote(key), downloadAgain)
		}
		return s, nil
	}
	s := &storage{key: key, dtype: d, length: int(length)}
	o.storages[key] = s
	return s, nil
}

// saveAgain is the advice to convert a file with PyTorch itself.
const saveAgain = "where PyTorch is installed, and only if you trust the file's maker (this runs what the file asks for): " +
	`python3 -c "import torch; m = torch.load('OLD', map_location='cpu', weights_only=False); ` +
	`m = m.state_dict() if hasattr(m, 'state_dict') else m.get('state_dict', m); torch.save(m, 'NEW.pth')"`

// classError names the class that was refused, and how to save the tensors alone.
func classError(module, name string) error {
	return fmt.Errorf("%w: the file names %s of module %s, which tensors do not need: the file holds a whole module or training options instead of "+
		"a state_dict, or it is an attack; nothing was executed. To save only the tensors, %s", ErrClass, quote(name), quote(module), saveAgain)
}

// unpickle reads the pickle at the start of data. It returns the value and the number
// of bytes that the pickle takes. cut says that the file goes on after data.
func unpickle(data []byte, host pickle.Host, budget *pickle.Budget, cut bool) (any, int, error) {
	v, n, err := pickle.Load(data, host, budget)
	switch {
	case errors.Is(err, pickle.ErrTruncated) && cut:
		err = fmt.Errorf("%w: its pickle is longer than %d bytes", ErrLimit, len(data))
	case errors.Is(err, pickle.ErrTruncated):
		err = fmt.Errorf("%w: %v; %s", ErrTruncated, err, downloadAgain)
	case errors.Is(err, pickle.ErrMalformed):
		err = fmt.Errorf("%w: %v; %s", ErrCorrupt, err, downloadAgain)
	case errors.Is(err, pickle.ErrBudget):
		err = fmt.Errorf("%w: %v", ErrLimit, err)
	}
	return v, n, err
}
