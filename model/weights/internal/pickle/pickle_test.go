package pickle

import (
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"testing"
)

// testHost knows the class m.C, whose call returns its arguments.
type testHost struct{}

var errUnknown = errors.New("unknown class")

func (testHost) Global(module, name string) (any, error) {
	if module+"."+name != "m.C" {
		return nil, fmt.Errorf("%w %s.%s", errUnknown, module, name)
	}
	return "class m.C", nil
}

func (testHost) Call(function any, args Tuple) (any, error) { return Tuple{function, args}, nil }

func (testHost) Persistent(id any) (any, error) { return Tuple{"persistent", id}, nil }

func load(data string) (any, int, error) { return Load([]byte(data), testHost{}, NewBudget(1<<20)) }

// plain turns dictionaries and lists into values that a table can hold.
func plain(v any) any {
	switch v := v.(type) {
	case *Dict:
		var pairs []any
		for _, item := range v.Items {
			pairs = append(pairs, []any{plain(item.Key), plain(item.Value)})
		}
		return map[string]any{"dict": pairs}
	case *List:
		items := []any{}
		for _, item := range v.Items {
			items = append(items, plain(item))
		}
		return items
	}
	return v
}

func dictOf(pairs ...any) any {
	var want []any
	for i := 0; i < len(pairs); i += 2 {
		want = append(want, []any{pairs[i], pairs[i+1]})
	}
	return map[string]any{"dict": want}
}

type loadTest struct {
	name, data string
	want       any
}

// loadTests are outputs of Python's pickle.dumps, and opcodes by hand.
func loadTests() []loadTest {
	magic, _ := new(big.Int).SetString("119547037146038801333356", 10)
	return []loadTest{
		{"none", "N.", nil},
		{"true of protocol 0", "I01\n.", true},
		{"false of protocol 0", "I00\n.", false},
		{"true", "\x80\x02\x88.", true},
		{"false", "\x80\x02\x89.", false},
		{"int of protocol 0", "I-7\n.", int64(-7)},
		{"long of protocol 0", "L12345678901L\n.", int64(12345678901)},
		{"byte", "K\xff.", int64(255)},
		{"two bytes", "M\xff\xff.", int64(65535)},
		{"four bytes", "J\xfe\xff\xff\xff.", int64(-2)},
		{"long zero", "\x8a\x00.", int64(0)},
		{"long", "\x8a\x05\x00\x00\x00\x00\x01.", int64(1 << 32)},
		{"negative long", "\x8a\x01\xff.", int64(-1)},
		{"long of eight bytes", "\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80.", int64(-1 << 63)},
		{"long with counted length", "\x8b\x01\x00\x00\x00\x05.", int64(5)},
		{"PyTorch's magic number", "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", magic},
		{"the same in text", "L119547037146038801333356L\n.", magic},
		{"float of protocol 0", "F-0.5\n.", -0.5},
		{"float", "G\xbf\xe0\x00\x00\x00\x00\x00\x00.", -0.5},
		{"text of protocol 0", "Vabc\n.", "abc"},
		{"quoted text", "S'abc'\n.", "abc"},
		{"short string", "U\x03abc.", "abc"},
		{"string", "T\x03\x00\x00\x00abc.", "abc"},
		{"unicode", "X\x02\x00\x00\x00\xc3\xa9.", "é"},
		{"short unicode in a frame", "\x80\x04\x95\x07\x00\x00\x00\x00\x00\x00\x00\x8c\x03abc\x94.", "abc"},
		{"long unicode", "\x8d\x03\x00\x00\x00\x00\x00\x00\x00abc.", "abc"},
		{"bytes", "C\x02\x00\xff.", []byte{0, 255}},
		{"counted bytes", "B\x01\x00\x00\x00x.", []byte("x")},
		{"long bytes", "\x8e\x01\x00\x00\x00\x00\x00\x00\x00x.", []byte("x")},
		{"empty tuple", ").", Tuple(nil)},
		{"tuple", "(K\x01K\x02t.", Tuple{int64(1), int64(2)}},
		{"tuples by size", "NN\x85N\x86K\x01K\x02\x87.", Tuple{Tuple{Tuple{nil}, nil}, int64(1), int64(2)}},
		{"list", "]K\x01a(K\x02K\x03e.", []any{int64(1), int64(2), int64(3)}},
		{"list of a mark", "(K\x01l.", []any{int64(1)}},
		{"dict", "}(U\x01aK\x01U\x01bK\x02u.", dictOf("a", int64(1), "b", int64(2))},
		{"dict of a mark", "(U\x01aK\x01d.", dictOf("a", int64(1))},
		{"key set twice", "}U\x01aK\x01sU\x01bK\x02sU\x01aK\x03s.", dictOf("a", int64(3), "b", int64(2))},
		{"keys of any type", "})NsK\x01Ns.", dictOf(Tuple(nil), nil, int64(1), nil)},
		{"ordered dict with attributes", "ccollections\nOrderedDict\n)R(U\x01aK\x01u}U\x01xNsb.", dictOf("a", int64(1))},
		{"ordered dict of Python 2", "ccollections\nOrderedDict\n]]U\x01aaK\x01aa\x85R.", dictOf("a", int64(1))},
		{"memo", "U\x01aq\x05h\x05\x86.", Tuple{"a", "a"}},
		{"memo of protocol 0", "Va\np5\ng5\n\x86.", Tuple{"a", "a"}},
		{"memo of 300", "K\x01r\x2c\x01\x00\x00j\x2c\x01\x00\x00\x86.", Tuple{int64(1), int64(1)}},
		{"memo in order", "K\x01\x94K\x02\x94h\x00h\x01\x86.", Tuple{int64(1), int64(2)}},
		{"pop", "K\x01K\x020.", int64(1)},
		{"pop of a mark", "K\x01(0.", int64(1)},
		{"pop to a mark", "K\x01(K\x02K\x031.", int64(1)},
		{"dup", "K\x012\x86.", Tuple{int64(1), int64(1)}},
		{"call", "cm\nC\nK\x01\x85R.", Tuple{"class m.C", Tuple{int64(1)}}},
		{"call of stacked names", "\x8c\x01m\x8c\x01C\x93)R.", Tuple{"class m.C", Tuple(nil)}},
		{"persistent", "U\x01aQ.", Tuple{"persistent", "a"}},
	}
}

func TestLoad(t *testing.T) {
	for _, tt := range loadTests() {
		t.Run(tt.name, func(t *testing.T) {
			got, used, err := load(tt.data + "next pickle")
			if err != nil || used != len(tt.data) || !reflect.DeepEqual(plain(got), tt.want) {
				t.Errorf("%#v after %d bytes, error %v; want %#v after %d", plain(got), used, err, tt.want, len(tt.data))
			}
		})
	}
}

// TestLoadEveryTruncation cuts the same pickles at every byte.
func TestLoadEveryTruncation(t *testing.T) {
	for _, tt := range loadTests() {
		t.Run(tt.name, func(t *testing.T) {
			for n := range tt.data {
				if v, _, err := load(tt.data[:n]); !errors.Is(err, ErrTruncated) {
					t.Errorf("cut at %d of %d: %#v, error %v", n, len(tt.data), v, err)
				}
			}
		})
	}
}

// TestLoadEveryBudget loads the same pickles with every budget that is too small.
func TestLoadEveryBudget(t *testing.T) {
	for _, tt := range loadTests() {
		t.Run(tt.name, func(t *testing.T) {
			enough := 0
			for ; ; enough++ {
				_, _, err := Load([]byte(tt.data), testHost{}, NewBudget(enough))
				if err == nil {
					break
				}
				if !errors.Is(err, ErrBudget) {
					t.Fatalf("with %d bytes: %v", enough, err)
				}
			}
			if enough < len(tt.data) || enough > 200*len(tt.data) {
				t.Errorf("%d bytes of pickle are charged %d bytes", len(tt.data), enough)
			}
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	tests := []struct {
		name, data string
		kind       error
		says       string
	}{
		{"nothing", "", ErrTruncated, "byte 0"},
		{"no stop", "K\x01", ErrTruncated, "byte 2"},
		{"cut text", "X\x05\x00\x00\x00abc.", ErrTruncated, "not 5"},
		{"exabyte of text", "\x8d\xff\xff\xff\xff\xff\xff\xff\xff.", ErrTruncated, "18446744073709551615"},
		{"line without end", "I12", ErrTruncated, "line"},
		{"endless line", "V" + strings.Repeat("x", 10_000), ErrMalformed, "longer than 4096"},
		{"protocol 6", "\x80\x06N.", ErrMalformed, "protocol 6"},
		{"unknown opcode", "\xff.", ErrMalformed, "0xff"},
		{"empty stack", ".", ErrMalformed, "stack is empty"},
		{"empty stack above a mark", "K\x01(.", ErrMalformed, "stack is empty"},
		{"tuple across a mark", "K\x01(K\x02\x86.", ErrMalformed, "fewer than 2"},
		{"no mark", "K\x01t.", ErrMalformed, "no mark"},
		{"key without value", "(K\x01d.", ErrMalformed, "no value"},
		{"append to a tuple", ")K\x01a.", ErrMalformed, "not a list"},
		{"item of a list", "]K\x01K\x02s.", ErrMalformed, "not a dictionary"},
		{"attributes of a list", "]Nb.", ErrMalformed, "not a dictionary"},
		{"empty slot", "h\x07.", ErrMalformed, "slot 7"},
		{"negative slot", "K\x01p-1\n.", ErrMalformed, "slot"},
		{"memo of nothing", "q\x00.", ErrMalformed, "stack is empty"},
		{"integer of 33 bytes", "\x8a\x21" + strings.Repeat("x", 33) + ".", ErrMalformed, "33 bytes"},
		{"integer of 2,000 digits", "L" + strings.Repeat("9", 2000) + "L\n.", ErrMalformed, "2000 digits"},
		{"no integer", "I7x\n.", ErrMalformed, "not an integer"},
		{"no float", "Fx\n.", ErrMalformed, "not a number"},
		{"text without quotes", "Sabc\n.", ErrMalformed, "quotes"},
		{"escape", "V\\u0041\n.", ErrMalformed, "escape"},
		{"call without tuple", "cm\nC\nK\x01R.", ErrMalformed, "tuple"},
		{"ordered dict of a number", "ccollections\nOrderedDict\nK\x01\x85R.", ErrMalformed, "pairs"},
		{"ordered dict of numbers", "ccollections\nOrderedDict\n]K\x01a\x85R.", ErrMalformed, "pairs"},
		{"unknown class", "cos\nsystem\n.", errUnknown, "os.system"},
		{"unknown class on the stack", "\x8c\x02os\x8c\x06system\x93.", errUnknown, "os.system"},
		{"unknown class of an object", "(ios\nsystem\n.", errUnknown, "os.system"},
		{"object of a known class", "(im\nC\n.", ErrMalformed, `"m"."C"`},
		{"class name of numbers", "K\x01K\x02\x93.", ErrMalformed, "not text"},
		{"new object", "cm\nC\n)\x81.", ErrMalformed, "0x81"},
		{"extension", "\x82\x01.", ErrMalformed, "0x82"},
		{"out-of-band buffer", "\x97.", ErrMalformed, "0x97"},
		{"persistent identifier in text", "Pabc\n.", ErrMalformed, "0x50"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, _, err := load(tt.data)
			if !errors.Is(err, tt.kind) || !strings.Contains(fmt.Sprint(err), tt.says) {
				t.Errorf("%#v, error %v; want %v that says %q", v, err, tt.kind, tt.says)
			}
		})
	}
}

// TestLoadBudget loads pickles that grow without bound from few bytes.
func TestLoadBudget(t *testing.T) {
	const n = 100_000
	pairs := "]" + strings.Repeat("]U\x01aaK\x01aa", 1000) + "q\x00"
	tests := []struct{ name, data string }{
		{"marks", strings.Repeat("(", n)},
		{"values", strings.Repeat("N", n)},
		{"copies", "N" + strings.Repeat("2", n)},
		{"dictionaries", strings.Repeat("}", n)},
		{"dictionaries one by one", strings.Repeat("}0", n)},
		{"memo", "N" + strings.Repeat("\x94", n)},
		{"text", "X\x00\x00\x20\x00" + strings.Repeat("x", 2<<20) + "."},
		{"bytes", "B\x00\x00\x20\x00" + strings.Repeat("x", 2<<20) + "."},
		{"tuples of tuples", ")" + strings.Repeat("2\x86", n)},
		{"list items", "]" + strings.Repeat("Na", n)},
		{"dictionary items", "}" + strings.Repeat("NNs", n)},
		{"the same pairs again", pairs + strings.Repeat("ccollections\nOrderedDict\nh\x00\x85R0", 1000) + "."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, err := load(tt.data); !errors.Is(err, ErrBudget) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestBudgetIsShared(t *testing.T) {
	budget := NewBudget(3 * costValue)
	for i := range 4 {
		_, _, err := Load([]byte("N."), testHost{}, budget)
		if (err != nil) != (i == 3) {
			t.Errorf("pickle %d: error %v", i, err)
		}
	}
}

func TestDictGet(t *testing.T) {
	v, _, err := load("}U\x01aK\x01sK\x05K\x06s.")
	if err != nil {
		t.Fatal(err)
	}
	d := v.(*Dict)
	if got, ok := d.Get("a"); !ok || got != int64(1) {
		t.Errorf("a is %v", got)
	}
	if _, ok := d.Get("b"); ok {
		t.Error("b is there")
	}
}

// FuzzLoad looks for panics, hangs and values beyond the budget.
func FuzzLoad(f *testing.F) {
	f.Add([]byte("\x80\x02}q\x00(X\x01\x00\x00\x00aK\x01U\x01b]K\x02au."))
	f.Add([]byte("\x80\x04\x95\x07\x00\x00\x00\x00\x00\x00\x00\x8c\x01m\x8c\x01C\x93)R."))
	f.Add([]byte("ccollections\nOrderedDict\n]]U\x01aaK\x01aa\x85R}b."))
	f.Add([]byte("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.L7L\np0\n."))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, used, err := Load(data, testHost{}, NewBudget(1<<16))
		if used > len(data) || err == nil && data[used-1] != opStop {
			t.Errorf("used %d of %d bytes, error %v", used, len(data), err)
		}
	})
}
