package gate

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestRestart checks that a restarted gate goes on as before.
func TestRestart(t *testing.T) {
	rng, c, m := newRand(1), newCamera(Options{}), scene(160, 120)
	for range 100 {
		c.see(blank(), direction(rng, dims))
	}
	still, v := shot(rng, m, 1, 3), direction(rng, dims)
	c.see(still, v)
	pixels := c.next - 1
	data, err := c.gate.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > 40_000 {
		t.Errorf("the state has %d bytes", len(data))
	}
	before := c.gate.sources["camera"].radius.length(c.gate.opt)
	c.gate = New(Options{})
	if err := c.gate.Restore(data); err != nil {
		t.Fatal(err)
	}
	if after := c.gate.sources["camera"].radius.length(c.gate.opt); after != before || after <= 0 {
		t.Errorf("the radius was %v and is %v", before, after)
	}
	c.kept, c.near = 0, 0
	c.see(blank(), near(rng, v, 0.001))
	if c.near != 1 || c.twin != pixels {
		t.Errorf("a near vector: twin %d, not %d", c.twin, pixels)
	}
	for range 50 {
		c.see(shot(rng, m, 1, 3), near(rng, v, 0.001))
	}
	if c.kept > 0 || c.twin != pixels {
		t.Errorf("%d frames were kept again; twin %d, not %d", c.kept, c.twin, pixels)
	}
}

func TestRestoreRefuses(t *testing.T) {
	for _, tc := range []struct{ name, data, want string }{
		{"nothing", "", "EOF"},
		{"not JSON", "\x00\x01", "invalid character"},
		{"more than one", `{"format":1} {"format":1}`, "follows"},
		{"another format", `{"format":2}`, "format 2"},
		{"a thumbnail of another size", `{"format":1,"sources":[{"name":"a","kept":[{"id":7,"cols":2,"rows":2,"cells":"AAAA"}]}]}`, "frame 7: 3 values"},
		{"a thumbnail with too many cells", `{"format":1,"sources":[{"kept":[{"cols":1000000,"rows":1000000}]}]}`, "1000000"},
		{"a vector of large numbers", `{"format":1,"sources":[{"kept":[{"scale":7}]}]}`, "7 is not"},
		{"negative noise", `{"format":1,"sources":[{"noise":[[-1],[],[]]}]}`, "0 or more"},
		{"too many distances", `{"format":1,"sources":[{"twins":[` + strings.Repeat("1,", noiseWindow) + `1]}]}`, "more than 64"},
		{"too many frames", `{"format":1,"sources":[{"kept":[{},{},{},{},{}]}]}`, "5 kept"},
		{"too long", strings.Repeat(" ", maxState+1), "bytes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, m := newCamera(Options{}), scene(64, 48)
			c.see(m, nil)
			err := c.gate.Restore([]byte(tc.data))
			if !errors.Is(err, ErrState) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v", err)
			}
			if c.see(m, nil) {
				t.Error("what the gate knew is gone")
			}
		})
	}
}

// TestSources checks that the gate forgets the least recently used source, also in a state.
func TestSources(t *testing.T) {
	g, m, now := New(Options{MaxSources: 3}), scene(64, 48), time.Unix(1e9, 0)
	knows := func(g *Gate, name string) bool { return g.sources[name] != nil }
	for i, name := range []string{"a", "b", "c", "a", "", "b", "a"} {
		look := g.Look(name, now, m)
		g.Keep(look, uint64(i), "", nil)
	}
	if !knows(g, "a") || !knows(g, "b") || !knows(g, "") || knows(g, "c") {
		t.Errorf("%d sources", len(g.sources))
	}
	data, err := g.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	fewer := New(Options{MaxSources: 2})
	if err := fewer.Restore(data); err != nil || !knows(fewer, "a") || !knows(fewer, "b") || len(fewer.sources) != 2 {
		t.Errorf("%v, %d sources", err, len(fewer.sources))
	}
	if g.Forget("a"); knows(g, "a") {
		t.Error("a is not forgotten")
	}
}

func TestConcurrentUse(t *testing.T) {
	g, m := New(Options{MaxSources: 2}), scene(64, 48)
	done := make(chan error)
	for i := range 4 {
		go func() {
			var err error
			for n := range 50 {
				look := g.Look(fmt.Sprint(i), time.Unix(int64(n), 0), m)
				g.NearDuplicate(look, "v", []float32{1})
				g.Keep(look, uint64(n), "v", []float32{1})
				if n%10 == 0 {
					var data []byte
					data, err = g.Snapshot()
					err = errors.Join(err, g.Restore(data))
				}
			}
			done <- err
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// FuzzRestore checks that a restored gate can be used and saved again.
func FuzzRestore(f *testing.F) {
	c := newCamera(Options{})
	m := scene(64, 48)
	c.see(m, []float32{0.6, 0.8})
	data, err := c.gate.Snapshot()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"format":1,"sources":[{"name":"camera","kept":[{"id":7,"cols":1,"rows":1,"cells":"AAAA"}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c := newCamera(Options{})
		if c.gate.Restore(data) != nil {
			return
		}
		c.see(m, []float32{0.6, 0.8})
		again, err := c.gate.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.gate.Restore(again); err != nil {
			t.Fatal(err)
		}
	})
}
