package verify

import "bytes"

// foreign names what a file is that is no .tflite file, as far as its first bytes tell.
func foreign(data []byte) error {
	problem := "bytes 4 to 7 are not " + modelIdentifier + ", the mark of a .tflite file"
	if len(data) == 0 {
		problem = "the file is empty"
	}
	for _, known := range []struct{ start, name string }{
		{"\xff\xd8\xff", "a JPEG picture"},
		{"\x89PNG", "a PNG picture"},
		{"PK\x03\x04", "a zip archive, such as a .task bundle or a PyTorch file"},
		{"\x1f\x8b", "a gzip archive"},
		{"<!DOCTYPE", "a web page"},
		{"<html", "a web page"},
		{"version https://git-lfs", "a pointer of Git LFS, not the file itself"},
	} {
		if bytes.HasPrefix(data, []byte(known.start)) {
			problem = "the file is " + known.name
		}
	}
	return &Error{ErrForeign, "", problem, "give an image encoder as a .tflite file"}
}
