package weights

import (
	"errors"
	"fmt"

	"edgeclr/model/weights/internal/pickle"
)

// saveAgain converts what cannot be read, with PyTorch itself.
const saveAgain = "where PyTorch is installed, and only if you trust the file's maker (this runs what the file asks for): " +
	`python3 -c "import torch; m = torch.load('OLD', map_location='cpu', weights_only=False); ` +
	`m = m.state_dict() if hasattr(m, 'state_dict') else m.get('state_dict', m); torch.save(m, 'NEW.pth')"`

// classError names the class, and what brings the tensors out from around it.
func classError(module, name string) error {
	return fmt.Errorf("%w: the file names %s of module %s, which tensors do not need (a whole module, or training options, instead of "+
		"a state_dict; or an attack); nothing was executed. To keep the tensors alone, %s", ErrClass, quote(name), quote(module), saveAgain)
}

// unpickle reads the pickle at the start of data. cut says that data is only
// the beginning of what the file has.
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
