// Package redact takes credentials out of texts that are stored, logged and
// shown: the addresses of cameras and the commands and messages that hold
// them.
//
// It knows the usual places: user and password of an address, parameters of
// its query that are named for what they hold, and an Authorization header.
// A password that a command takes in another way stays.
package redact

import "regexp"

// hidden stands for what was taken out.
const hidden = "***"

var (
	// Up to the last @ before the path: passwords that are not in percent form
	// may hold one.
	userinfo = regexp.MustCompile(`(://)[^/\s'"]*@`)

	parameter = regexp.MustCompile(`(?i)([?&;](?:user|usr|username|login|loginuse|loginpas|pwd|pass|passwd|password|auth|token|access_token|key|api_?key|secret|sig|signature)=)[^&;#\s'"]*`)

	header = regexp.MustCompile(`(?i)(authorization:\s*)(?:(?:basic|bearer|digest)\s+)?[^\s'"]+`)
)

// Text returns the text without credentials. Equal texts stay equal, and a
// text without any stays as it is.
func Text(text string) string {
	text = userinfo.ReplaceAllString(text, "$1")
	text = parameter.ReplaceAllString(text, "${1}"+hidden)
	return header.ReplaceAllString(text, "${1}"+hidden)
}
