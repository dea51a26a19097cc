// Package redact removes credentials from texts that are stored, logged and shown: the
// addresses of cameras, and commands and messages that contain them.
//
// It knows the usual places: user and password of an address, query parameters with a
// telling name, and an Authorization header. It does not find a password that a command
// takes in another way.
package redact

import "regexp"

// hidden replaces what was removed.
const hidden = "***"

var (
	// The match reaches to the last @ before the path, because a password that is not
	// percent-encoded may contain an @.
	userinfo = regexp.MustCompile(`(://)[^/\s'"]*@`)

	parameter = regexp.MustCompile(`(?i)([?&;](?:user|usr|username|login|loginuse|loginpas|pwd|pass|passwd|password|auth|token|access_token|key|api_?key|secret|sig|signature)=)[^&;#\s'"]*`)

	header = regexp.MustCompile(`(?i)(authorization:\s*)(?:(?:basic|bearer|digest)\s+)?[^\s'"]+`)
)

// Text returns the text without credentials. Equal texts stay equal, and a text without
// credentials stays unchanged.
func Text(text string) string {
	text = userinfo.ReplaceAllString(text, "$1")
	text = parameter.ReplaceAllString(text, "${1}"+hidden)
	return header.ReplaceAllString(text, "${1}"+hidden)
}
