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
)

// Pictures come as multipart/form-data, one part a picture, since the service
// need not be able to read the user's files. A part's headers tell the path
// (percent-encoded; the form's file name has its folders cut off) and the modification time.
const (
	headerPath    = "Edgeclr-Path"
	headerModTime = "Edgeclr-Mod-Time" // RFC 3339
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
		return nil, fmt.Errorf("%w: send pictures as multipart/form-data: %v", errRequest, err)
	}
	var parts []part
	total := int64(0)
	for {
		p, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return parts, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %v", errRequest, err)
		}
		if len(parts) == maxParts {
			return nil, fmt.Errorf("%w: more than %d pictures in one request", errRequest, maxParts)
		}
		one, err := s.readPart(p)
		if err != nil {
			return nil, err
		}
		if total += int64(len(one.Data)); total > maxPartsBytes+s.decoder.Limits.MaxBytes {
			return nil, fmt.Errorf("%w: the pictures of one request are more than %d bytes together; send them in several",
				errRequest, maxPartsBytes+s.decoder.Limits.MaxBytes)
		}
		parts = append(parts, one)
	}
}

func (s *Service) readPart(p *multipart.Part) (part, error) {
	path, err := url.PathUnescape(p.Header.Get(headerPath))
	if err != nil {
		return part{}, fmt.Errorf("%w: %s: %v", errRequest, headerPath, err)
	}
	one := part{Path: path}
	if one.Path == "" {
		one.Path = p.FileName()
	}
	if text := p.Header.Get(headerModTime); text != "" {
		var err error
		if one.ModTime, err = time.Parse(time.RFC3339Nano, text); err != nil {
			return one, fmt.Errorf("%w: %s: %v", errRequest, headerModTime, err)
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
		return nil, fmt.Errorf("%w: reading the picture: %v", errRequest, err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%w: the file is larger than limits.file_bytes, %d bytes", decode.ErrTooLarge, limit)
	}
	return data, nil
}
