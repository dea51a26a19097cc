package ingest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"edgeclr/storage"
)

// A camera that comes and goes all the time does not fill the store with events.
func TestSourceEventLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var written []string
		var last storage.Event
		l := newSourceEventLog(func(e storage.Event) { written, last = append(written, e.Text), e })
		l.uri = "http://cam/"
		lost := errors.New("the cable is out")
		l.changed("failed", lost)
		time.Sleep(time.Hour)
		for range 1000 { // in 2000 s
			l.changed("live", nil)
			time.Sleep(time.Second)
			l.changed("failed", lost)
			time.Sleep(time.Second)
		}
		if n := len(written); n < 1+changeBurst || n > 1+changeBurst+4 {
			t.Fatalf("%d events: %q", n, written)
		}
		if written[0] != "source http://cam/ is failed: the cable is out" || written[1] != "source http://cam/ is live" {
			t.Errorf("%q", written[:2])
		}
		if text := written[changeBurst]; !strings.Contains(text, "it changes often") {
			t.Errorf("the last of the burst: %s", text)
		}
		if text := written[changeBurst+1]; !strings.Contains(text, "(changes since the last event that were not written: 5") {
			t.Errorf("behind the burst: %s", text)
		}
		time.Sleep(3 * time.Hour)
		l.changed("live", nil)
		if text := written[len(written)-1]; strings.Contains(text, "changes often") {
			t.Errorf("after a rest: %s", text)
		}
		if last.Kind != storage.EventSource || last.Source != l.uri || last.Data["state"] != "live" || !strings.Contains(last.Text, fmt.Sprint("not written: ", last.Data["omitted"])) {
			t.Errorf("the last event is %+v", last)
		}
	})
}
