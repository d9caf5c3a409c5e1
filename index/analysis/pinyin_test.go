package analysis

import (
	"slices"
	"strings"
	"testing"
)

func TestReadings(t *testing.T) {
	for _, c := range []struct {
		char rune
		want string
	}{
		{'款', "kuan xin"}, {'女', "nv ru"}, {'略', "lve"}, {'行', "xing hang heng"}, {'么', "me ma mo yao"}, {'〇', "ling xing yuan"},
		{'退', "tui"}, {'a', ""}, {'，', ""}, {0, ""}, {-1, ""}, {0x10FFFF, ""},
	} {
		var names []string
		for _, s := range Readings(c.char) {
			names = append(names, s.String())
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%c: %s, want %s", c.char, got, c.want)
		}
	}
	if n := Syllables(); n < 400 || n > 430 {
		t.Errorf("%d syllables", n)
	}
}

func TestSoundAlikes(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"zhan", "zan zhang"}, {"si", "shi"}, {"lin", "nin ling"}, {"ying", "yin"}, {"kuan", "kuang"}, {"tui", ""},
		{"cen", "chen ceng"},
	} {
		var names []string
		for _, s := range SoundAlikes(readings().numbers[c.typed]) {
			names = append(names, s.String())
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.typed, got, c.want)
		}
	}
	// Whoever takes one for the other does so both ways.
	for s := 1; s < Syllables(); s++ {
		for _, other := range SoundAlikes(Syllable(s)) {
			if !slices.Contains(SoundAlikes(other), Syllable(s)) {
				t.Errorf("%s sounds like %s, but not the other way round", Syllable(s), other)
			}
		}
	}
}

// cuts lists all ways through the spellings of a text, as typed.
func cuts(letters string) []string {
	ways := Spellings(letters)
	var all []string
	var walk func(at int, path []string)
	walk = func(at int, path []string) {
		if at == len(letters) {
			all = append(all, strings.Join(path, " "))
			return
		}
		for _, s := range ways[at] {
			walk(s.End, append(slices.Clone(path), letters[at:s.End]))
		}
	}
	if ways != nil {
		walk(0, nil)
	}
	return all
}

func TestSpellings(t *testing.T) {
	for _, c := range []struct{ letters, want string }{
		{"xian", "xi an|xian"}, {"tuikuan", "tui ku an|tui kuan"}, {"fapiao", "fa pi a o|fa pi ao|fa piao"},
		{"lue", "lu e|lue"}, {"nvxing", "nv xing"}, {"fangan", "fan gan|fang an"},
		{"", ""}, {"iphone", ""}, {"wifi", ""}, {"tuikuanx", ""}, {"Tui", ""}, {"tui kuan", ""}, {"x5", ""},
	} {
		want := strings.Split(c.want, "|")
		got := cuts(c.letters)
		if c.want == "" {
			want = nil
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", c.letters, got, want)
		}
	}
}

// FuzzSpellings checks every spelling against the table, that each lies on a way from the beginning to the end, and
// that nil is returned exactly when there is no way.
func FuzzSpellings(f *testing.F) {
	for _, s := range []string{"tuikuanduojiudaozhang", "xian", "buhaoyisi", "iphone", "", "ng", "lve", "aaaaaa", "a\x00", "退款"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, letters string) {
		ways := Spellings(letters)
		possible := make([]bool, len(letters)+1)
		possible[len(letters)] = true
		for i := len(letters) - 1; i >= 0; i-- {
			for end := i + 1; end <= len(letters) && end <= i+maxSyllable; end++ {
				_, ok := readings().numbers[letters[i:end]]
				possible[i] = possible[i] || ok && possible[end]
			}
		}
		if (ways != nil) != (possible[0] && letters != "") {
			t.Fatalf("%q can be cut: %v, but Spellings is %v", letters, possible[0], ways)
		}
		// Any way, here the first and the last, is the text again.
		for _, last := range []bool{false, true} {
			var again strings.Builder
			for at := 0; ways != nil && at < len(letters); {
				if len(ways[at]) == 0 {
					t.Fatalf("%q: no way on from %d", letters, at)
				}
				s := ways[at][0]
				if last {
					s = ways[at][len(ways[at])-1]
				}
				if s.Start != at || s.End <= at || readings().numbers[letters[s.Start:s.End]] != s.Syllable {
					t.Fatalf("%q: spelling %+v at %d", letters, s, at)
				}
				again.WriteString(letters[s.Start:s.End])
				at = s.End
			}
			if ways != nil && again.String() != letters {
				t.Fatalf("%q became %q", letters, again.String())
			}
		}
	})
}
