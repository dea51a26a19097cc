package api

import (
	"fmt"
	"strconv"

	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// frameID parses the number of a frame. Its error is a client.ErrNothingFound.
func frameID(text string) (storage.FrameID, error) {
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: %q is neither a file nor the number of a frame", client.ErrNothingFound, text)
	}
	return storage.FrameID(id), nil
}

// intParam parses a number from least to most. An empty text means the fallback.
// Its error is a client.ErrRequest.
func intParam(text string, fallback, least, most int) (int, error) {
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%w: %q is not a number from %d to %d", client.ErrRequest, text, least, most)
	}
	return n, nil
}
