package daemon

import (
	"errors"
	"testing"

	"edgeclr/config"
	"edgeclr/daemon/events"
	"edgeclr/storage"
)

// Events that were published just before Close are in the store after it, in order.
// Among them is a promotion's event, which the store adds by itself.
func TestEventsBeforeCloseAreKept(t *testing.T) {
	cfg := smallConfig(t)
	s := open(t, cfg)
	var told []storage.Event
	listening := s.events.Listen(events.Listener{Capacity: 100, Handle: func(e storage.Event, _ int) { told = append(told, e) }})
	const refused = 20
	for range refused {
		if err := s.Reload(func() (config.Config, error) { return cfg, errors.New("a bad file") }); err == nil {
			t.Fatal("a bad file is in force")
		}
	}
	other := importOther(t, s, 99)
	if _, err := s.Promote(t.Context(), other, "test", nil); err != nil {
		t.Fatal(err)
	}
	shut(t, s)
	listening.Close()
	st, err := storage.Open(t.Context(), cfg.Data, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	kept, err := st.Events(t.Context(), refused+1)
	if err != nil || len(kept) != refused+1 || len(told) != refused+1 {
		t.Fatalf("%d events are kept, %v; a listener was told of %d", len(kept), err, len(told))
	}
	for i, e := range kept {
		want := storage.EventConfig
		if i == refused {
			want = storage.EventPromote
		}
		if e.Kind != want || e.ID != told[i].ID || e.Text != told[i].Text || e.Data == nil {
			t.Errorf("event %d is %+v, and the listener was told %+v", i, e, told[i])
		}
	}
	if last := kept[refused]; last.Data["checkpoint"] != other || last.Data["reason"] != "test" {
		t.Errorf("the promotion is %+v", last)
	}
}
