package decode

import (
	"errors"
	"io/fs"
)

// Why a picture was refused. Every error of [Decoder], and the Err of a
// camera.Frame, matches exactly one of them.
var (
	// ErrEmpty: there are no bytes at all.
	ErrEmpty = errors.New("empty")

	// ErrTruncated: the picture begins well and its end is missing. Often
	// the file was still being written, or the disk was full.
	ErrTruncated = errors.New("truncated")

	// ErrTooLarge: the file, or the width and height that it claims, exceed
	// [Limits]. No pixel was decoded.
	ErrTooLarge = errors.New("too large")

	// ErrUnsupported: the bytes are not a picture, or a picture of a format that
	// is not read (AVIF, HEIC, JPEG 2000, 12-bit JPEG ...).
	ErrUnsupported = errors.New("unsupported")

	// ErrCorrupt: the picture is not truncated, but contradicts its format.
	ErrCorrupt = errors.New("corrupt")

	// ErrUnreadable: the operating system refused the file.
	ErrUnreadable = errors.New("unreadable")
)

// reasons lists the errors above.
func reasons() []error {
	return []error{ErrEmpty, ErrTruncated, ErrTooLarge, ErrUnsupported, ErrCorrupt, ErrUnreadable}
}

// Reasons returns every value of [Reason] but "".
func Reasons() []string {
	var all []string
	for _, err := range reasons() {
		all = append(all, err.Error())
	}
	return all
}

// Refused reports whether err is about the picture itself: it matches one of the
// errors above.
func Refused(err error) bool {
	for _, reason := range reasons() {
		if errors.Is(err, reason) {
			return true
		}
	}
	return false
}

// Reason returns the short name of a refusal, for counters and reports:
// "empty", "truncated", "too large", "unsupported", "corrupt", "unreadable",
// and "" for nil. Any other error of the file system counts as "unreadable". All
// remaining errors count as "corrupt", so the caller must handle a cancelled
// context itself.
func Reason(err error) string {
	if err == nil {
		return ""
	}
	for _, reason := range reasons() {
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
