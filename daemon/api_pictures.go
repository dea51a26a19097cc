package daemon

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
	// maxParts bounds the pictures of one request.
	maxParts = 64
	// maxPartsBytes bounds them together, one of limits.file_bytes not counted:
	// they are held in memory until the answer.
	maxPartsBytes = 64 << 20
)

// part is one picture of a request.
type part struct {
	Path    string
	ModTime time.Time
	Data    []byte
	Err     error // the picture is too large
}

// readParts reads all pictures of a request, each within the limit on files.
func (s *Service) readParts(r *http.Request) ([]part, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, fmt.Errorf("%w: send pictures as multipart/form-data: %v", client.ErrRequest, err)
	}
	var parts []part
	total := int64(0)
	for {
		p, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return parts, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %v", client.ErrRequest, err)
		}
		if len(parts) == maxParts {
			return nil, fmt.Errorf("%w: more than %d pictures in one request", client.ErrRequest, maxParts)
		}
		one, err := s.readPart(p)
		if err != nil {
			return nil, err
		}
		if total += int64(len(one.Data)); total > maxPartsBytes+s.decoder.Limits.MaxBytes {
			return nil, fmt.Errorf("%w: the pictures of one request are more than %d bytes together; send them in several",
				client.ErrRequest, maxPartsBytes+s.decoder.Limits.MaxBytes)
		}
		parts = append(parts, one)
	}
}

func (s *Service) readPart(p *multipart.Part) (part, error) {
	path, err := url.PathUnescape(p.Header.Get(client.HeaderPath))
	if err != nil {
		return part{}, fmt.Errorf("%w: %s: %v", client.ErrRequest, client.HeaderPath, err)
	}
	one := part{Path: path}
	if one.Path == "" {
		one.Path = p.FileName()
	}
	if text := p.Header.Get(client.HeaderModTime); text != "" {
		var err error
		if one.ModTime, err = time.Parse(time.RFC3339Nano, text); err != nil {
			return one, fmt.Errorf("%w: %s: %v", client.ErrRequest, client.HeaderModTime, err)
		}
	}
	one.Data, one.Err = s.readPicture(p)
	if one.Err != nil && !errors.Is(one.Err, decode.ErrTooLarge) {
		return one, one.Err
	}
	return one, nil
}

// readPicture reads one picture within the limit on files.
func (s *Service) readPicture(r io.Reader) ([]byte, error) {
	limit := s.decoder.Limits.MaxBytes
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%w: reading the picture: %v", client.ErrRequest, err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%w: the file is larger than limits.file_bytes, %d bytes", decode.ErrTooLarge, limit)
	}
	return data, nil
}
