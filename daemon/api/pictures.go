package api

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"edgeclr/camera/decode"
	"edgeclr/daemon/client"
)

const (
	// MaxPictures bounds the pictures of one request.
	MaxPictures = 64
	// The files of one request have at most maxPicturesBytes + limits.file_bytes
	// together. They are in memory until the answer.
	maxPicturesBytes = 64 << 20
)

// sentPicture is one picture of a request.
type sentPicture struct {
	Path    string
	ModTime time.Time
	Data    []byte
	Err     error // decode.ErrTooLarge for a picture that is too large, else nil
}

// pictureReader reads the pictures of a request within the decoder's limits.
type pictureReader struct{ decoder *decode.Decoder }

// readAll reads all pictures of a request.
func (p pictureReader) readAll(r *http.Request) ([]sentPicture, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, fmt.Errorf("%w: send pictures as multipart/form-data: %v", client.ErrRequest, err)
	}
	most := maxPicturesBytes + p.decoder.Limits.MaxBytes
	var sent []sentPicture
	total := int64(0)
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return sent, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %v", client.ErrRequest, err)
		}
		if len(sent) == MaxPictures {
			return nil, fmt.Errorf("%w: more than %d pictures in one request", client.ErrRequest, MaxPictures)
		}
		one, err := p.readPart(part)
		if err != nil {
			return nil, err
		}
		if total += int64(len(one.Data)); total > most {
			return nil, fmt.Errorf("%w: the pictures of one request are more than %d bytes together; send them in several requests", client.ErrRequest, most)
		}
		sent = append(sent, one)
	}
}

// readPart reads one picture of a form, with its path and modification time.
func (p pictureReader) readPart(part *multipart.Part) (sentPicture, error) {
	path, err := url.PathUnescape(part.Header.Get(client.HeaderPath))
	if err != nil {
		return sentPicture{}, fmt.Errorf("%w: %s: %v", client.ErrRequest, client.HeaderPath, err)
	}
	one := sentPicture{Path: path}
	if one.Path == "" {
		one.Path = part.FileName()
	}
	if text := part.Header.Get(client.HeaderModTime); text != "" {
		if one.ModTime, err = time.Parse(time.RFC3339Nano, text); err != nil {
			return one, fmt.Errorf("%w: %s: %v", client.ErrRequest, client.HeaderModTime, err)
		}
	}
	one.Data, one.Err = p.read(part)
	if one.Err != nil && !errors.Is(one.Err, decode.ErrTooLarge) {
		return one, one.Err
	}
	return one, nil
}

// read reads one picture within the limit on files.
func (p pictureReader) read(r io.Reader) ([]byte, error) {
	limit := p.decoder.Limits.MaxBytes
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%w: reading the picture: %v", client.ErrRequest, err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%w: the file is larger than limits.file_bytes, %d bytes", decode.ErrTooLarge, limit)
	}
	return data, nil
}
