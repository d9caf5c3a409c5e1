package analysis_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"jieda/index/analysis"
)

// show folds a text and lists its terms; a code has a "!" and a part a "~" behind it.
func show(text string, seg analysis.Segmenter) string {
	folded := analysis.Fold(text, analysis.DetectScript(text))
	var out []string
	for _, term := range analysis.Terms(nil, folded, analysis.New(seg).Segment(folded)) {
		s := analysis.Text(term, folded)
		if term.Code {
			s += "!"
		}
		if term.Part {
			s += "~"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestTerms(t *testing.T) {
	seg := analysis.NewLongest("退货", "怎么", "套餐", "小时", "运费险")
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{" ，。…\n", ""},
		{"货", "u:货 w:货"},
		{"怎麼退貨？", "u:怎 b:怎么 u:么 w:怎么 b:么退 u:退 b:退货 u:货 w:退货"},
		{"运费险，退", "u:运 b:运费 u:费 b:费险 u:险 w:运费险 u:退 w:退"},
		{"24小时", "l:24 u:小 b:小时 u:时 w:小时"},
		{"𠮷〇", "u:𠮷 w:𠮷 b:𠮷〇 u:〇 w:〇"},

		// Codes and names.
		{"PPR-9087", "l:ppr-9087! l:ppr~ l:9087~"},
		{"ＰＰＲ－９０８７", "l:ppr-9087! l:ppr~ l:9087~"},
		{"E0421", "l:e0421! l:e~ l:0421~"},
		{"4.2.1", "l:4.2.1! l:4~ l:2~ l:1~"},
		{"10086", "l:10086!"},
		{"iPhone15", "l:iphone15! l:iphone~ l:15~"},
		{"iPhone 15 Pro Max", "l:iphone l:15 l:pro l:max"},
		{"TiDB", "l:tidb"},
		{"C++", "l:c++"},
		{"c#", "l:c#"},
		{"Notepad++", "l:notepad++ l:notepad~"},
		{".NET", "l:.net l:net~"},
		{"ASP.NET", "l:asp.net l:asp~ l:net~"},
		{"node.js", "l:node.js l:node~ l:js~"},
		{"Wi-Fi", "l:wi-fi l:wi~ l:fi~"},
		{"https://example.com/a?b=c", "l:https l:example.com l:example~ l:com~ l:a l:b l:c"},
		{"user@example.com", "l:user l:example.com l:example~ l:com~"},
		{"￥100", "l:100"},
		{"3.5%", "l:3.5 l:3~ l:5~"},
		{"400-800-1234", "l:400-800-1234! l:400~ l:800~ l:1234~"},
		{"2026-11-22", "l:2026-11-22! l:2026~ l:11~ l:22~"},
		{"my_table_2", "l:my_table_2! l:my~ l:table~ l:2~"},

		// Quantities are no codes.
		{"30min 5G 100+ 3-5", "l:30min l:30~ l:min~ l:5g l:5~ l:g~ l:100+ l:100~ l:3-5 l:3~ l:5~"},
		{"123 1234", "l:123 l:1234!"},
		{"1a2", "l:1a2! l:1~ l:a~ l:2~"},
		{"1.2.3 3.5v 10.24", "l:1.2.3! l:1~ l:2~ l:3~ l:3.5v l:3~ l:5~ l:v~ l:10.24! l:10~ l:24~"},
		{"4s-e12", "l:4s-e12! l:4~ l:s~ l:e~ l:12~"},

		// Punctuation around them.
		{"see v2.0.", "l:see l:v2.0! l:v~ l:2~ l:0~"},
		{"--verbose, -x; __init__", "l:verbose l:x l:init"},
		{".退货", "u:退 b:退货 u:货 w:退货"},
		{"...net ..a . - _ + #", "l:net l:a"},
		{"end.Then", "l:end.then l:end~ l:then~"},
		{"#12 +86", "l:12 l:86"},

		// Other scripts.
		{"Привет мир", "l:привет l:мир"},
		{"カード", "l:カード"},
		{"ภาษาไทย", "l:ภาษาไทย"},
		{"café", "l:café"},
		{"👍ok👍", "l:ok"},
	} {
		if got := show(c.text, seg); got != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestTermsOfLongTokens(t *testing.T) {
	base64 := strings.Repeat("abcDEF0123", 20)
	for _, term := range analysis.Terms(nil, analysis.Fold(base64, analysis.Simplified), nil) {
		if !term.Part || term.Code {
			t.Fatalf("%+v of an encoded text is not a part", term)
		}
	}
	terms := analysis.Terms(nil, strings.Repeat("あ", 1000), nil)
	if len(terms) < 1000*3/64 || len(terms) > 1000 {
		t.Errorf("%d terms", len(terms))
	}
	for _, term := range terms {
		if term.End-term.Start > 64 {
			t.Errorf("%+v is too long", term)
		}
	}
}

// TestTermsOfHugeTexts has no separators at all.
func TestTermsOfHugeTexts(t *testing.T) {
	for _, unit := range []string{"退货流程", " ", "a", "7", "a1", ".", "-", "\xff", "\x00", "中 ", "e\u0301", "(duì)", "中(duì", "👍", "\u0301"} {
		text := strings.Repeat(unit, 1<<20/len(unit))
		folded := analysis.Fold(text, analysis.Traditional)
		checkTerms(t, folded, analysis.New(shared()).Segment(folded))
	}
}

func TestKeys(t *testing.T) {
	key := func(kind analysis.Kind, text string) analysis.Key {
		t.Helper()
		for _, term := range analysis.Terms(nil, text, analysis.Cuts{1}) { // one word
			if term.Kind == kind && text[term.Start:term.End] == text {
				return term.Key
			}
		}
		t.Fatalf("%s is no term of kind %d", text, kind)
		return 0
	}
	// Keys are stored: if one of these changes, Version must.
	for _, c := range []struct {
		kind analysis.Kind
		text string
		want analysis.Key
	}{
		{analysis.Word, "货", 0x8d27},
		{analysis.Word, "密码", 0x5bc6<<21 | 0x7801},
		{analysis.Word, "运费险", 0x3a86622f01c5a42e},
		{analysis.Bigram, "密码", 1<<62 | 0x5bc6<<21 | 0x7801},
		{analysis.Char, "𠮷", 2<<62 | 0x20bb7},
		{analysis.Latin, "ppr-9087", 0xfe0173c1bd5592bf},
	} {
		got := key(c.kind, c.text)
		if got != c.want {
			t.Errorf("key of %s as %d is %#x, want %#x", c.text, c.kind, uint64(got), uint64(c.want))
		}
		if got.Kind() != c.kind {
			t.Errorf("%#x is of kind %d, want %d", uint64(got), got.Kind(), c.kind)
		}
	}
}

func TestWeight(t *testing.T) {
	seg := analysis.NewLongest("什么", "为什么", "退货", "么是")
	want := map[string]float32{
		"u:什": 1, "b:什么": .3, "w:什么": .3, "u:么": .3, "w:为什么": .3, "w:退货": 1, "b:退货": 1, "w:的": .3, "u:的": .3,
		"l:tidb": 3, "b:么退": 1, "l:15": 3,
	}
	folded := "什么退货，为什么退的，tidb 15"
	seen := 0
	for _, term := range analysis.Terms(nil, folded, analysis.New(seg).Segment(folded)) {
		if w, ok := want[analysis.Text(term, folded)]; ok {
			seen++
			if got := analysis.Weight(term.Key); got != w {
				t.Errorf("weight of %s is %v, want %v", analysis.Text(term, folded), got, w)
			}
		}
	}
	if seen < len(want) {
		t.Errorf("only %d terms were seen", seen)
	}
}

func TestTermsProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := anyText.Draw(t, "text")
		folded := analysis.Fold(text, anyScript.Draw(t, "script"))
		checkTerms(t, folded, analysis.New(shared()).Segment(folded))
		// Neither an unfolded text nor wrong cuts may panic.
		for _, cuts := range []analysis.Cuts{nil, {}, {0}, rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "cuts")} {
			checkTerms(t, folded, cuts)
			analysis.Terms(nil, text, cuts)
		}
	})
}

func FuzzTerms(f *testing.F) {
	for _, s := range []string{"怎么退货", "ppr-9087", ".net..a", "c++#-", "𠮷\xff〇", "々a々", "あ1ア"} {
		f.Add(s, []byte{5})
	}
	f.Fuzz(func(t *testing.T, text string, cuts []byte) {
		analysis.Terms(nil, text, cuts)
		folded := analysis.Fold(text, analysis.Simplified)
		checkTerms(t, folded, cuts)
		checkTerms(t, folded, analysis.New(analysis.NewLongest("退货", "怎么")).Segment(folded))
	})
}

// checkTerms checks what is true of the terms of any folded text.
func checkTerms(t fataler, folded string, cuts analysis.Cuts) {
	terms := analysis.Terms(nil, folded, cuts)
	if again := analysis.Terms(terms[:len(terms):len(terms)], folded, cuts); !slices.Equal(again[len(terms):], terms) {
		t.Fatalf("%.80q: the terms differ when they are appended", folded)
	}
	han := map[int32]bool{} // where Han characters begin that are a Char
	pairs, words := map[int32]bool{}, map[int32]int32{}
	end := int32(0)
	for _, term := range terms {
		if term.Start < 0 || term.End > int32(len(folded)) || term.Start >= term.End {
			t.Fatalf("%.80q: %+v is outside", folded, term)
		}
		text := folded[term.Start:term.End]
		if !utf8.ValidString(text) {
			t.Fatalf("%.80q: %+v is not on rune boundaries", folded, term)
		}
		if term.Kind != analysis.Latin && term.End < end {
			t.Fatalf("%.80q: %+v comes too late", folded, term)
		}
		end = max(end, term.End)
		if term.Key.Kind() != term.Kind {
			t.Fatalf("%.80q: %+v has a key of kind %d", folded, term, term.Key.Kind())
		}
		switch n := utf8.RuneCountInString(text); term.Kind {
		case analysis.Char:
			if n != 1 {
				t.Fatalf("%.80q: character %q", folded, text)
			}
			han[term.Start] = true
		case analysis.Bigram:
			if n != 2 {
				t.Fatalf("%.80q: pair %q", folded, text)
			}
			pairs[term.Start] = true
		case analysis.Word:
			words[term.Start] = term.End
		case analysis.Latin:
			if len(text) > 64 {
				t.Fatalf("%.80q: token %q", folded, text)
			}
		}
	}
	// Every two neighbours are a pair, and the words of a run make the run.
	word := int32(-1) // where the next word of the run must begin
	for i, r := range folded {
		at := int32(i)
		if !han[at] {
			if word >= 0 && word != at {
				t.Fatalf("%.80q: the words before %d end at %d", folded, at, word)
			}
			word = -1
			continue
		}
		next := at + int32(utf8.RuneLen(r))
		if han[next] != pairs[at] {
			t.Fatalf("%.80q: pair at %d: %v", folded, at, pairs[at])
		}
		if word < 0 {
			word = at
		}
		if at == word {
			word = words[at]
		}
		if word < next {
			t.Fatalf("%.80q: no word holds the character at %d", folded, at)
		}
	}
	if word >= 0 && word != int32(len(folded)) {
		t.Fatalf("%.80q: the words end at %d", folded, word)
	}
}
