package client

import (
	"errors"
	"net/http"

	"edgeclr/camera/decode"
	"edgeclr/storage"
)

// Errors that the service answers with. A client tells them apart with errors.Is.
var (
	// ErrNothingFound is returned when the checkpoint, the frame or the pictures
	// that were named do not exist.
	ErrNothingFound = errors.New("nothing found")

	// ErrContradiction is returned when a flag contradicts the store's checkpoint.
	ErrContradiction = errors.New("the store decides this")

	// ErrRequest is returned for a request that makes no sense.
	ErrRequest = errors.New("bad request")

	// ErrForbidden is returned for a request that a web page of another site may
	// have made.
	ErrForbidden = errors.New("refused")

	// ErrNoPicture is returned when a source gave no picture in time.
	ErrNoPicture = errors.New("no picture")

	// ErrClosing is returned for requests that come while the service stops.
	ErrClosing = errors.New("the service is stopping; ask again when it is back")
)

// Problem is the body of every answer that is not a success.
type Problem struct {
	Code    string `json:"code"` // stable: see Codes
	Message string `json:"message"`
}

// CodeFailed is the code of an error that has no code of its own.
const CodeFailed = "failed"

// Code ties an error to its code and HTTP status.
type Code struct {
	Err    error
	Code   string
	Status int
}

// Codes lists the errors that keep their identity over the API, the most
// specific first.
func Codes() []Code {
	return []Code{
		{ErrNothingFound, "not_found", http.StatusNotFound},
		{storage.ErrNotFound, "not_found", http.StatusNotFound},
		{ErrContradiction, "contradiction", http.StatusConflict},
		{ErrRequest, "bad_request", http.StatusBadRequest},
		{storage.ErrInvalid, "bad_request", http.StatusBadRequest},
		{decode.ErrTooLarge, "bad_image", http.StatusUnprocessableEntity},
		{decode.ErrTruncated, "bad_image", http.StatusUnprocessableEntity},
		{decode.ErrUnsupported, "bad_image", http.StatusUnprocessableEntity},
		{decode.ErrEmpty, "bad_image", http.StatusUnprocessableEntity},
		{decode.ErrCorrupt, "bad_image", http.StatusUnprocessableEntity},
		{storage.ErrFull, "disk_full", http.StatusInsufficientStorage},
		{ErrForbidden, "forbidden", http.StatusForbidden},
		{ErrNoPicture, "no_picture", http.StatusGatewayTimeout},
		{ErrClosing, "closing", http.StatusServiceUnavailable},
	}
}

// ProblemOf returns the problem and the HTTP status with which the service answers an
// error.
func ProblemOf(err error) (Problem, int) {
	for _, c := range Codes() {
		if errors.Is(err, c.Err) {
			return Problem{Code: c.Code, Message: err.Error()}, c.Status
		}
	}
	return Problem{Code: CodeFailed, Message: err.Error()}, http.StatusInternalServerError
}

// RemoteError is a problem that the service answered with.
type RemoteError struct {
	Problem
}

func (e *RemoteError) Error() string { return e.Message }

// Is matches each error of [Codes] that has the problem's code. Commands tell
// errors apart in the same way whether they crossed the API or not.
func (e *RemoteError) Is(target error) bool {
	for _, c := range Codes() {
		if c.Err == target && c.Code == e.Code {
			return true
		}
	}
	return false
}
