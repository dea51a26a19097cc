package config

import "testing"

func TestDataDir(t *testing.T) {
	home := []string{"HOME=/home/ada"}
	for _, c := range []struct {
		name, data string
		environ    []string
		uid        int
		want       string
	}{
		{"root", "", home, 0, "/var/lib/edgeclr"},
		{"the service", "", []string{"HOME=/", "STATE_DIRECTORY=/var/lib/edgeclr"}, 990, "/var/lib/edgeclr"},
		{"the service with two folders", "", []string{"STATE_DIRECTORY=/var/lib/a:/var/lib/edgeclr"}, 990, "/var/lib/edgeclr"},
		{"another service", "", append([]string{"STATE_DIRECTORY=/var/lib/other"}, home...), 1000, "/home/ada/.local/share/edgeclr"},
		{"the service, elsewhere", "/mnt/store", []string{"STATE_DIRECTORY=/var/lib/edgeclr"}, 990, "/mnt/store"},
		{"a user", "", home, 1000, "/home/ada/.local/share/edgeclr"},
		{"as given", "/srv/x/", home, 1000, "/srv/x"},
		{"relative", "store", home, 0, "store"},
		{"in the home folder", "~/store", home, 1000, "/home/ada/store"},
		{"another's home is no shorthand", "~bob/store", home, 1000, "~bob/store"},
		{"no home at all", "", nil, 987654321, ""},
		{"no home to expand", "~/store", nil, 987654321, "~/store"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := DataDir(c.data, c.environ, c.uid); got != c.want {
				t.Errorf("DataDir(%q) = %q, want %q", c.data, got, c.want)
			}
		})
	}
}

func TestListenAddress(t *testing.T) {
	for listen, want := range map[string]string{
		"":             "",
		":8080":        "127.0.0.1:8080",
		"0.0.0.0:8080": "0.0.0.0:8080",
		"[::]:8080":    "[::]:8080",
		"board:8080":   "board:8080",
	} {
		c := Default()
		c.Listen = listen
		if got := c.ListenAddress(); got != want || c.Validate() != nil {
			t.Errorf("ListenAddress of %q = %q, %v; want %q", listen, got, c.Validate(), want)
		}
	}
}
