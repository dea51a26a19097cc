package weights

import "errors"

// Errors for a file that is not a weights file, or that this package cannot read.
// Match them with errors.Is. The message around them says what to do.
var (
	// ErrEmpty is returned for a file without bytes.
	ErrEmpty = errors.New("the file is empty")

	// ErrFormat is returned for a file of no known format.
	ErrFormat = errors.New("not a weights file")

	// ErrUnsupported is returned for weights in a form that this package does not
	// read.
	ErrUnsupported = errors.New("this form of weights is not supported")
)

// Errors for a file of a known format that cannot be used.
var (
	// ErrTruncated is returned for a file that ends before its contents do.
	ErrTruncated = errors.New("the file is truncated")

	// ErrCorrupt is returned for a file that contradicts itself or fails its
	// checksum.
	ErrCorrupt = errors.New("the file is corrupt")

	// ErrClass is returned for a file that names a class or function that tensors
	// do not need. Nothing in the file was executed.
	ErrClass = errors.New("refused to load a class")

	// ErrNoTensors is returned for a file without tensors in the expected place.
	ErrNoTensors = errors.New("no tensors found")

	// ErrLimit is returned for a file that exceeds Limits, or that asks for more
	// memory than its own size justifies.
	ErrLimit = errors.New("the file exceeds a limit")
)

// ErrTensor is returned by WriteSafetensors for a Set that the format cannot hold.
var ErrTensor = errors.New("the tensors cannot be written")

// downloadAgain ends the messages about broken files.
const downloadAgain = "copy or download it again and compare the size or checksum with the source's"
