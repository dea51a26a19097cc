package weights

import (
	"bytes"
	"fmt"
)

// headBytes is how much of a file tells its format: tar has its mark at 257.
const headBytes = 512

// describe says what a file is that is not weights, and how to get to them.
// These are what people give by mistake.
func describe(head []byte) string {
	const fetch = "download the file itself and compare its size with the source's"
	text := bytes.ToLower(bytes.TrimLeft(head, "\ufeff \t\r\n"))
	for _, p := range []struct{ prefix, is string }{
		{"<!doctype", "a web page, as a wrong or expired link gives; " + fetch},
		{"<html", "a web page, as a wrong or expired link gives; " + fetch},
		{"<?xml", "an XML document, as a failed download gives; " + fetch},
		{"{", "JSON text, as a failed download or a model's configuration gives; " + fetch},
		{"version https://git-lfs", "a Git LFS pointer, not the file it points to; run `git lfs pull` where it came from"},
	} {
		if bytes.HasPrefix(text, []byte(p.prefix)) {
			return p.is
		}
	}
	for _, m := range []struct {
		at    int
		magic string
		is    string
	}{
		{0, "\x1f\x8b", "gzip data; unpack it (gunzip, tar xzf) and name the .pth or .safetensors file"},
		{0, "PK\x05\x06", "an empty zip archive; " + downloadAgain},
		{0, "\x89HDF", "an HDF5 file (Keras); convert it to safetensors with the names of PyTorch's tensors"},
		{4, "TFL3", "a TFLite model, which has no tensors to train; name the .pth or .safetensors file that it was made from"},
		{257, "ustar", "a tar archive; unpack it (tar xf) and name the .pth or .safetensors file in it. PyTorch's own tar format (2016) is not supported"},
	} {
		if len(head) >= m.at+len(m.magic) && string(head[m.at:m.at+len(m.magic)]) == m.magic {
			return m.is
		}
	}
	if len(bytes.Trim(head, "\x00")) == 0 {
		return "it begins with zeros alone, as after a power cut during a download; " + downloadAgain
	}
	return fmt.Sprintf("it begins with % x and not like .pth or .safetensors; check that it is the right file, or %s", head[:min(8, len(head))], downloadAgain)
}
