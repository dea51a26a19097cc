package camera

import (
	"errors"
	"io/fs"
)

// Why a picture was refused. Every error of [Decoder], and the Err of a
// [Frame], matches exactly one of them.
var (
	// ErrEmpty says that there are no bytes at all.
	ErrEmpty = errors.New("empty")

	// ErrTruncated says that the picture began well and its end is missing:
	// often a file that was still being written, or a full disk.
	ErrTruncated = errors.New("truncated")

	// ErrTooLarge says that the file or its claimed width and height exceed
	// [Limits]. No pixel was decoded.
	ErrTooLarge = errors.New("too large")

	// ErrUnsupported says that the bytes are not a picture, or one of a kind
	// that is not read (AVIF, HEIC, JPEG 2000, 12-bit JPEG ...).
	ErrUnsupported = errors.New("unsupported")

	// ErrCorrupt says that the picture is whole and contradicts its format.
	ErrCorrupt = errors.New("corrupt")

	// ErrUnreadable says that the operating system refused the file.
	ErrUnreadable = errors.New("unreadable")
)

// Errors of sources.
var (
	// ErrUnknownSource says that no source has the URI's scheme.
	ErrUnknownSource = errors.New("unknown source")

	// ErrBadURI says that the scheme exists and the rest of the URI is wrong.
	ErrBadURI = errors.New("bad source URI")

	// ErrBadOption says that the URI is good and [LiveOptions] are not, or are
	// given to a source that has none.
	ErrBadOption = errors.New("bad source option")
)

// Reasons are all that Reason gives but "".
func Reasons() []string {
	var all []string
	for _, err := range refusals() {
		all = append(all, err.Error())
	}
	return all
}

// Reason gives the short name of a refusal, for counters and reports:
// "empty", "truncated", "too large", "unsupported", "corrupt", "unreadable",
// and "" for nil. Any other error of the file system counts as unreadable, and
// what is left as corrupt. Cancelled contexts are the caller's to tell apart.
func Reason(err error) string {
	if err == nil {
		return ""
	}
	for _, reason := range refusals() {
		if errors.Is(err, reason) {
			return reason.Error()
		}
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return ErrUnreadable.Error()
	}
	return ErrCorrupt.Error()
}

// refused reports whether err says that a picture is damaged, or of a kind that is not
// read, rather than that something else failed.
func refused(err error) bool {
	for _, reason := range refusals() {
		if errors.Is(err, reason) {
			return true
		}
	}
	return false
}

// refusals lists why a picture may be refused.
func refusals() []error {
	return []error{ErrEmpty, ErrTruncated, ErrTooLarge, ErrUnsupported, ErrCorrupt, ErrUnreadable}
}
