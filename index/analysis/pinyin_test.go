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

// offsets lists the spellings of a text as typed, those that begin at one offset in brackets.
func offsets(letters string) string {
	var b strings.Builder
	for i, list := range Spellings(letters) {
		var typed []string
		for _, s := range list {
			typed = append(typed, letters[i:s.End])
		}
		b.WriteString("[" + strings.Join(typed, " ") + "]")
	}
	return b.String()
}

func TestSpellings(t *testing.T) {
	for _, c := range []struct{ letters, want string }{
		{"xian", "[xi xia xian][][a an][]"}, {"lue", "[lu lue][][e]"}, {"tuix", "[tu tui][][][]"}, {"", ""}, {"Tui", "[][][]"},
		{"x5e", "[][][e]"},
	} {
		if got := offsets(c.letters); got != c.want {
			t.Errorf("%s: %s, want %s", c.letters, got, c.want)
		}
	}
}

// FuzzSpellings checks every spelling against the table, and that none is missing.
func FuzzSpellings(f *testing.F) {
	for _, s := range []string{"tuikuanduojiudaozhang", "xian", "buhaoyisi", "iphone", "", "ng", "lve", "aaaaaa", "a\x00", "退款"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, letters string) {
		ways := Spellings(letters)
		for i := range letters {
			n := 0
			for end := i + 1; end <= len(letters) && end <= i+maxSyllable; end++ {
				s, ok := readings().numbers[letters[i:end]]
				if !ok {
					continue
				}
				if n >= len(ways[i]) || ways[i][n] != (Spelling{s, i, end}) {
					t.Fatalf("%q: %v at %d", letters, ways[i], i)
				}
				n++
			}
			if n != len(ways[i]) {
				t.Fatalf("%q: %v at %d", letters, ways[i], i)
			}
		}
	})
}

func TestSlips(t *testing.T) {
	for _, c := range []struct{ typed, want, never string }{
		{"kaun", "kuan", "kuai"}, {"bap", "bao ba", "bap"}, {"zhng", "zhang zheng zhong", ""}, {"tuui", "tui", ""},
		{"tui", "ti tu", "tui wei"}, {"qqqq", "", ""}, {"", "", ""}, {"zhuangg", "zhuang", ""}, {"zhuangxu", "", ""}, {"款", "", ""},
	} {
		var names []string
		for _, s := range Slips(c.typed) {
			names = append(names, s.String())
		}
		for _, want := range strings.Fields(c.want) {
			if !slices.Contains(names, want) {
				t.Errorf("%s: %v, without %s", c.typed, names, want)
			}
		}
		for _, never := range strings.Fields(c.never) {
			if slices.Contains(names, never) {
				t.Errorf("%s: %v, with %s", c.typed, names, never)
			}
		}
		if c.want == "" && len(names) > 0 {
			t.Errorf("%s: %v", c.typed, names)
		}
	}
	// Every slip is found again from the other side.
	for letter := byte('a'); letter <= 'z'; letter++ {
		for _, near := range []byte(neighbours(letter)) {
			if !strings.ContainsRune(neighbours(near), rune(letter)) {
				t.Errorf("%c is beside %c, but not the other way round", near, letter)
			}
		}
	}
}
