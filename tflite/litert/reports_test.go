package litert

import (
	"strings"
	"testing"
)

// Only what LiteRT says of itself is left out.
func TestGiveBack(t *testing.T) {
	var got strings.Builder
	giveBack(&got, "INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n2026-11-30 15:00:00: E tensorflow: out of memory\nplain\nWARNING: x\nhalf")
	if want := "2026-11-30 15:00:00: E tensorflow: out of memory\nplain\nhalf"; got.String() != want {
		t.Errorf("gave back %q, want %q", got.String(), want)
	}
}

func TestStatus(t *testing.T) {
	for s, want := range map[status]string{501: "this is no .tflite file (status 501)", 77: "status 77"} {
		if s.String() != want {
			t.Errorf("%q, want %q", s, want)
		}
	}
}

func TestParseAccelerator(t *testing.T) {
	for a := CPU; a <= Auto; a++ {
		if got, err := ParseAccelerator(a.String()); got != a || err != nil {
			t.Errorf("%v gives %v, %v", a, got, err)
		}
	}
	if _, err := ParseAccelerator("tpu"); err == nil || !strings.Contains(err.Error(), "cpu, gpu, npu or auto") {
		t.Errorf("tpu: %v", err)
	}
}
