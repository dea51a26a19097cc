package weights

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestErrorsAreReadable checks the message for each golden file that is refused. It is
// one line, names the file once, and ends with what to do.
func TestErrorsAreReadable(t *testing.T) {
	for _, name := range []string{
		"bomb.pth", "module.pth", "script.pth", "complex.pth", "sparse.pth", "negated.pth", "nothing.pth", "tensor.pth",
		"float8.safetensors", "values.json",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadFile(golden(name), Limits{})
			if err == nil {
				t.Fatal("no error")
			}
			s := err.Error()
			if strings.Count(s, golden(name)) != 1 || strings.Contains(s, "\n") || len(s) > 800 {
				t.Errorf("message %q", s)
			}
			if !strings.Contains(s, ";") && !strings.Contains(s, "To ") {
				t.Errorf("message %q does not say what to do", s)
			}
		})
	}
}

func TestQuote(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "conv1.weight", `"conv1.weight"`},
		{"control characters", "a\x1b[2J\n", `"a\x1b[2J\n"`},
		{"not UTF-8", "\xff", `"\xff"`},
		{"long", strings.Repeat("x", 81), `"` + strings.Repeat("x", 80) + `"...`},
		{"cut inside a letter", strings.Repeat("x", 79) + "é", `"` + strings.Repeat("x", 79) + `\xc3"...`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := quote(tt.in); got != tt.want || !utf8.ValidString(got) {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}
