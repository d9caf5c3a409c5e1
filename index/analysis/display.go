package analysis

import (
	_ "embed"
	"strings"
	"sync"
)

// openccBack holds OpenCC's dictionaries for the way back, in the form of openccData:
//
//	char       simplified character to traditional: 发 to 發 (STCharacters)
//	phrase     phrases that single characters would get wrong, 头发 to 頭髮, and, with nothing behind them, phrases that keep
//	           others from being seen across their borders (STPhrases)
//	tw-phrase  phrases in which tw-char would be wrong (TWVariantsPhrases)
//	tw-char    OpenCC's standard to Taiwan's characters: 着 to 著 (TWVariants)
//
//go:embed data/opencc-st.txt.gz
var openccBack []byte

// back reads the data when it is first needed, which is when somebody wants to read in traditional characters. It takes
// some 10 MB. What it returns is never changed.
var back = sync.OnceValue(func() *backward {
	b, err := newBackward(openccBack)
	if err != nil {
		panic(err) // the data is part of the program
	}
	return b
})

// backward turns simplified characters into those of Taiwan, as OpenCC's s2tw does.
type backward struct{ traditional, taiwan dictionary }

func newBackward(packed []byte) (*backward, error) {
	kinds, err := readOpenCC(packed)
	if err != nil {
		return nil, err
	}
	b := &backward{}
	chars := kinds["char"]
	b.traditional.addRunes(chars)
	for from, to := range kinds["phrase"] {
		if to != "" {
			continue
		}
		var single strings.Builder
		for _, r := range from {
			if t := chars[string(r)]; t != "" {
				single.WriteString(t)
			} else {
				single.WriteRune(r)
			}
		}
		kinds["phrase"][from] = single.String()
	}
	b.traditional.add(kinds["phrase"])
	b.taiwan.addRunes(kinds["tw-char"])
	b.taiwan.add(kinds["tw-phrase"])
	return b, nil
}

// Rewrite writes a text in the characters of a script, for reading: 头发 as 頭髮, 发票 as 發票. Words stay those of the
// writer, 软件 becomes 軟件: OpenCC's s2tw and tw2s. A text that is of that script already should be left alone, as far as one knows: 皇后 would
// become 皇後.
func Rewrite(text string, to Script) string {
	if to == Simplified {
		t := tables()
		return t.simplify.rewritten(t.variants.rewritten(text))
	}
	b := back()
	return b.taiwan.rewritten(b.traditional.rewritten(text))
}

func (d *dictionary) rewritten(text string) string {
	w := &rewrite{src: text}
	d.convert(w, 0, len(text))
	return w.text()
}
