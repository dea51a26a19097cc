package weights

import "errors"

// Errors of files that are not what they should be. All are matched with
// errors.Is; the message around them says what to do.
var (
	// ErrEmpty: the file has no bytes.
	ErrEmpty = errors.New("the file is empty")

	// ErrFormat: not a weights file of any known format.
	ErrFormat = errors.New("not a weights file")

	// ErrUnsupported: weights, in a form that is not read here.
	ErrUnsupported = errors.New("this form of weights is not supported")
)

// Errors of files of a known format.
var (
	// ErrTruncated: the file ends before its contents do.
	ErrTruncated = errors.New("the file is truncated")

	// ErrCorrupt: the file contradicts itself or fails its checksum.
	ErrCorrupt = errors.New("the file is corrupt")

	// ErrClass: the file names a class or function that tensors do not need.
	// Nothing of it was executed.
	ErrClass = errors.New("refused to load a class")

	// ErrNoTensors: the file was read and holds no tensors where they should be.
	ErrNoTensors = errors.New("no tensors found")

	// ErrLimit: the file asks for more than Limits allow, or for more memory
	// than its own size justifies.
	ErrLimit = errors.New("the file exceeds a limit")
)

// ErrTensor is returned by WriteSafetensors for a Set that the format cannot
// hold.
var ErrTensor = errors.New("the tensors cannot be written")

// downloadAgain ends the messages of broken files.
const downloadAgain = "copy or download it again and compare the size or checksum with the source's"
