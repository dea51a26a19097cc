package camera

import "context"

// AsJPEG returns a frame as a JPEG file: its own bytes when they are one that can be
// decoded, else its pixels at that quality (1 to 100). The error is the
// decoder's, or the frame's own.
func (d *Decoder) AsJPEG(ctx context.Context, f Frame, quality int) ([]byte, error) {
	if f.Err != nil {
		return nil, f.Err
	}
	if f.Image != nil {
		return f.Image.JPEG(quality)
	}
	m, info, err := d.Decode(ctx, f.Data)
	if err != nil {
		return nil, err
	}
	if info.Format == "jpeg" {
		return f.Data, nil
	}
	return m.JPEG(quality)
}
