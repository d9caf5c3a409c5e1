package analysis

import (
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// openccData holds OpenCC's dictionaries, one entry a line, "kind TAB from TAB to":
//
//	char        traditional character to simplified: 體 to 体 (TSCharacters and TSCharactersExt)
//	phrase      phrases that single characters would get wrong: 乾隆 stays 乾隆 (TSPhrases)
//	tw-phrase   Taiwan's wording to the mainland's, still traditional: 軟體 to 軟件 (TWPhrasesRev)
//	tw-keep     phrases in which tw-char would be wrong: 著作 stays 著作 (TWVariantsRevPhrases)
//	tw-char     Taiwan's characters to OpenCC's standard: 著 to 着 (TWVariantsRev)
//	simplified  simplified character to traditional (STCharacters)
//
//go:generate go run gen.go
//go:embed data/opencc.txt.gz
var openccData []byte

// tables reads the data once. What it returns is never changed.
var tables = sync.OnceValue(func() *opencc {
	t, err := newOpenCC(openccData)
	if err != nil {
		panic(err) // the data is part of the program
	}
	return t
})

// opencc turns traditional characters into simplified ones as OpenCC's t2s and tw2sp do.
type opencc struct {
	simplify dictionary // t2s
	taiwan   dictionary // the first half of tw2sp
	variants dictionary // the first half of tw2s: characters only
	// phrases are the keys on which OpenCC cuts a text before it applies taiwan.
	phrases dictionary
	scripts map[rune]script
	han     [0xA000 - 0x3400]script // the same for the usual characters
}

// A script is whether a character is in one kind of text only.
type script uint8

const (
	inBoth script = iota
	onlyTraditional
	onlySimplified
)

func (o *opencc) only(r rune) script {
	if 0x3400 <= r && r < 0xA000 {
		return o.han[r-0x3400]
	}
	if r < 0xF900 {
		return inBoth
	}
	return o.scripts[r]
}

// mainland applies the first half of tw2sp: the mainland's wording, still in traditional characters. As OpenCC does,
// it first cuts the text at the phrases of t2s, so that no Taiwan phrase reaches across one of them.
func (o *opencc) mainland(w *rewrite) {
	s := w.src
	from := 0 // where what is not such a phrase begins
	for i := 0; i < len(s); {
		n, _, ok := o.phrases.match(s, i)
		if ok {
			o.taiwan.convert(w, from, i)
			o.taiwan.convert(w, i, i+n)
			from = i + n
		}
		i += n
	}
	o.taiwan.convert(w, from, len(s))
}

func (o *opencc) simplified(w *rewrite) { o.simplify.convert(w, 0, len(w.src)) }

// A dictionary finds the entry at the beginning of a text by its first rune.
type dictionary struct {
	index [1 << 16]uint16 // rune to place in heads; 0 is "none"
	rare  map[rune]uint16 // the same above U+FFFF
	heads []head
}

// A head is what begins with one rune.
type head struct {
	phrases []phrase // in the order in which they are tried
	one     string   // what becomes of the rune alone; "" is "nothing"
}

type phrase struct{ from, to string }

// match returns the length of the entry at s[i] and what it becomes. Where there is none the length is that of the
// rune, and ok is false.
func (d *dictionary) match(s string, i int) (n int, with string, ok bool) {
	r, size := rune(s[i]), 1
	if r >= utf8.RuneSelf {
		r, size = decode(s, i)
	}
	var at uint16
	if r < 1<<16 {
		at = d.index[r]
	} else {
		at = d.rare[r]
	}
	if at == 0 {
		return size, "", false
	}
	h := &d.heads[at]
	for _, p := range h.phrases {
		if strings.HasPrefix(s[i:], p.from) {
			return len(p.from), p.to, true
		}
	}
	return size, h.one, h.one != ""
}

// convert replaces all entries in src[from:to].
func (d *dictionary) convert(w *rewrite, from, to int) {
	s := w.src[:to]
	for i := from; i < to; {
		n, with, ok := d.match(s, i)
		if ok && s[i:i+n] != with {
			w.replace(i, i+n, with)
		}
		i += n
	}
}

func (d *dictionary) head(r rune) *head {
	if d.heads == nil {
		d.heads = make([]head, 1)
		d.rare = map[rune]uint16{}
	}
	at := d.rare[r]
	if r < 1<<16 {
		at = d.index[r]
	}
	if at == 0 {
		at = uint16(len(d.heads))
		d.heads = append(d.heads, head{})
		if r < 1<<16 {
			d.index[r] = at
		} else {
			d.rare[r] = at
		}
	}
	return &d.heads[at]
}

// add puts phrases behind those that are there: OpenCC asks its dictionaries in order and takes the longest entry
// of the first that has one. Keys are lower case because the text is.
func (d *dictionary) add(m map[string]string) {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	for _, k := range keys {
		from, to := strings.ToLower(k), strings.ToLower(m[k])
		r, _ := utf8.DecodeRuneInString(from)
		h := d.head(r)
		h.phrases = append(h.phrases, phrase{from, to})
	}
}

func (d *dictionary) addRunes(m map[string]string) {
	for k, v := range m {
		r, _ := utf8.DecodeRuneInString(k)
		d.head(r).one = v
	}
}

// readOpenCC returns the entries of packed OpenCC data by their kind.
func readOpenCC(packed []byte) (kinds map[string]map[string]string, err error) {
	text, err := gunzip(packed)
	if err != nil {
		return nil, fmt.Errorf("unpack the OpenCC data: %w", err)
	}
	kinds = map[string]map[string]string{}
	for line := range strings.Lines(string(text)) {
		if line[0] == '#' {
			continue
		}
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 3 {
			return nil, fmt.Errorf("the OpenCC data has a bad line %q", line)
		}
		if kinds[f[0]] == nil {
			kinds[f[0]] = map[string]string{}
		}
		kinds[f[0]][f[1]] = f[2]
	}
	return kinds, nil
}

func newOpenCC(packed []byte) (*opencc, error) {
	kinds, err := readOpenCC(packed)
	if err != nil {
		return nil, err
	}
	chars, back := kinds["char"], kinds["simplified"]
	o := &opencc{scripts: map[rune]script{}}
	for k := range chars {
		if back[k] == "" {
			o.mark(k, onlyTraditional)
		}
	}
	for k := range back {
		if chars[k] == "" {
			o.mark(k, onlySimplified)
		}
	}

	o.phrases.add(kinds["phrase"])
	variantChars, variantWords := foldedVariants()
	maps.Copy(chars, variantChars)
	for k, v := range chars {
		if next := chars[v]; next != "" {
			chars[k] = next // 薴 becomes 苧, and that is the traditional form of 苎
		}
	}
	o.simplify.addRunes(chars)
	o.simplify.add(o.stable(kinds["phrase"], chars))
	o.simplify.add(variantWords)

	// Taiwan writes 么 for what OpenCC calls 幺, but in text that people type it is the 么 of 什么.
	delete(kinds["tw-char"], "么")
	// To sign out is not to close an account, which is what 注销 is to customers: 怎麼登出帳號.
	kinds["tw-phrase"]["登出"] = "退出登錄"
	o.taiwan.add(kinds["tw-phrase"])
	o.taiwan.add(kinds["tw-keep"])
	o.taiwan.addRunes(kinds["tw-char"])
	o.variants.add(kinds["tw-keep"])
	o.variants.addRunes(kinds["tw-char"])
	return o, nil
}

func (o *opencc) mark(char string, s script) {
	r, _ := utf8.DecodeRuneInString(char)
	o.scripts[r] = s
	if 0x3400 <= r && r < 0xA000 {
		o.han[r-0x3400] = s
	}
}

// stable makes t2s harmless for text that is simplified already: entries for simplified wording are left out (打坏 is
// broken there, not an unfired 打坯), and what an entry protects stays protected: 乾縣 becomes 乾县, so 乾县 must not
// become 干县.
func (o *opencc) stable(phrases, chars map[string]string) map[string]string {
	m := map[string]string{}
	for from, to := range phrases {
		trad, simp := 0, 0
		for _, r := range from {
			switch o.only(r) {
			case onlyTraditional:
				trad++
			case onlySimplified:
				simp++
			}
		}
		if simp > 0 && trad == 0 {
			continue
		}
		m[from] = to
		changes := func(r rune) bool { return chars[string(r)] != "" }
		if phrases[to] == "" && strings.ContainsFunc(to, changes) {
			m[to] = to
		}
	}
	return m
}
