package decode

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"testing"
)

func TestReason(t *testing.T) {
	_, missing := os.ReadFile("/nowhere/at/all")
	for _, tc := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{ErrEmpty, "empty"},
		{fmt.Errorf("png: %w: no end", ErrTruncated), "truncated"},
		{fmt.Errorf("a.jpg: %w", ErrTooLarge), "too large"},
		{ErrUnsupported, "unsupported"},
		{ErrCorrupt, "corrupt"},
		{fmt.Errorf("%w: %w", ErrUnreadable, fs.ErrPermission), "unreadable"},
		{missing, "unreadable"},
		{errors.New("something else"), "corrupt"},
	} {
		if got := Reason(tc.err); got != tc.want {
			t.Errorf("Reason(%v) = %q, want %q", tc.err, got, tc.want)
		}
	}
}
