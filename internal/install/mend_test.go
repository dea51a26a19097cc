package install

import "testing"

func TestMend(t *testing.T) {
	for program, want := range map[string]string{
		"/usr/bin/edgeclr":                "sudo apt-get install --reinstall edgeclr",
		"/usr/lib/edgeclr/edgeclr-engine": "sudo apt-get install --reinstall edgeclr",
		"/usr/local/bin/edgeclr":          "make install",
		"/home/me/main/bin/edgeclr":       "make install",
	} {
		if got := Mend(program, "make install"); got != want {
			t.Errorf("%s: %s, want %s", program, got, want)
		}
	}
	if got := MendSelf("make build"); got != "make build" {
		t.Errorf("this test: %s", got)
	}
}
