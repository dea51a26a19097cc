package promises

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestUntil(t *testing.T) {
	broken := errors.New("not yet")
	for _, tt := range []struct {
		name string
		look func(n int) (any, bool, error) // n looks came before
		want []string                       // in the error; none: no error
	}{
		{"at once", func(int) (any, bool, error) { return nil, true, nil }, nil},
		{"after a failure", func(n int) (any, bool, error) { return nil, n > 1, map[bool]error{true: broken}[n < 1] }, nil},
		{"never", func(n int) (any, bool, error) { return "three frames", false, nil }, []string{"until it rains", "three frames"}},
		{"only failures", func(int) (any, bool, error) { return nil, true, broken }, []string{"until it rains", "not yet"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := -1
				err := until(t.Context(), time.Minute, "it rains", func(context.Context) (any, bool, error) {
					n++
					return tt.look(n)
				})
				if (err != nil) != (tt.want != nil) {
					t.Fatalf("error %v", err)
				}
				for _, part := range tt.want {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("error %q lacks %q", err, part)
					}
				}
			})
		})
	}
}

func TestStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if err := stays(t.Context(), time.Minute, func(context.Context) error { return nil }); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took != time.Minute {
			t.Errorf("it looked for %v", took)
		}
		broken := errors.New("broken")
		if err := stays(t.Context(), time.Minute, func(context.Context) error { return broken }); !errors.Is(err, broken) {
			t.Errorf("error %v, want %v", err, broken)
		}
	})
}
