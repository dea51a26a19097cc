package ingest

import (
	"slices"
	"testing"

	"edgeclr/config"
)

// A source that is no longer watched ends before new ones start. A source that stays
// goes on without a restart.
func TestWatch(t *testing.T) {
	h := newHarness(t, nil)
	stays, goes, comes := "dir:"+t.TempDir(), "dir:"+t.TempDir(), "dir:"+t.TempDir()
	if err := h.Start(t.Context(), config.SourcesOf(stays, goes)); err != nil {
		t.Fatal(err)
	}
	before := h.feeds
	after, err := h.Open(config.SourcesOf(comes, stays))
	if err != nil {
		t.Fatal(err)
	}
	if len(after) != 2 || after[1] != before[0] || after[0] == before[1] {
		t.Error("the source that stays was not left alone")
	}
	h.Watch(after)
	select {
	case <-before[1].ended:
	default:
		t.Error("the source that went still runs")
	}
	var uris []string
	for _, source := range h.Sources() {
		uris = append(uris, source.URI)
	}
	if !slices.Equal(uris, []string{comes, stays}) {
		t.Errorf("the status shows %q", uris)
	}
}
