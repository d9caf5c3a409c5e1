// Package analysis turns text into terms, the units that are looked up. Content, questions, alternates, negatives and
// queries all go through it, so that they cannot disagree about what a word is.
//
// A text takes three steps: [Fold] makes spellings equal, [Analyzer.Segment] finds where words begin, and [Terms]
// lists the terms. Only the second needs a [Segmenter], which is slow; its result is small and may be kept as long as
// [Version], the dictionary and the folded text are the same.
//
//	folded := analysis.Fold("iPhone15 怎麼退貨？", analysis.Traditional) // iphone15 怎么退货？
//	cuts := analyzer.Segment(folded)
//	terms := analysis.Terms(nil, folded, cuts) // iphone15, iphone, 15, 怎, 怎么, 么, …
//
// The package knows nothing of articles, indexes or ranking. It is the only one that knows jieba ([NewJieba]).
package analysis

import (
	"strings"
	"unicode/utf8"
)

// Version changes whenever the same text can give other terms than before. It is part of an index's fingerprint.
const Version = 4

// Cuts says where words begin: one bit for each Han character of a folded text, set if a word begins there. Bits are
// filled from the lowest of each byte.
type Cuts []byte

// at tells whether a word begins at Han character i; it does where nothing is known.
func (c Cuts) at(i int) bool { return i>>3 >= len(c) || c[i>>3]&(1<<(i&7)) != 0 }

// An Analyzer cuts texts with a Segmenter. It is safe for concurrent use.
type Analyzer struct{ seg Segmenter }

// New returns an Analyzer that uses seg, and does not close it.
func New(seg Segmenter) *Analyzer { return &Analyzer{seg} }

// Segment finds the words of a folded text. It is nil for a text without Han characters.
func (a *Analyzer) Segment(folded string) Cuts { return a.segment(folded, nil) }

// A hanRun is a run of Han characters in a text.
type hanRun struct {
	text string
	at   int // its first character, counting only Han
	n    int // characters
}

func (a *Analyzer) segment(folded string, m *Memory) (cuts Cuts) {
	// All runs of the text are cut in one call, which takes about an eighth less time than a call for each.
	var runs strings.Builder
	runs.Grow(len(folded))
	var few [8]hanRun
	asked := few[:0]
	han := 0
	inside := -1 // where the present run begins
	run := hanRun{}
	end := func(i int) {
		run.text, run.n = folded[inside:i], han-run.at
		inside = -1
		if cuts == nil {
			cuts = make(Cuts, 0, len(folded)/24+1) // enough for nothing but Han characters
		}
		for len(cuts) < (han+7)/8 {
			cuts = append(cuts, 0)
		}
		if m.recall(run, cuts) {
			return
		}
		if len(asked) > 0 {
			runs.WriteByte('\n')
		}
		runs.WriteString(run.text)
		asked = append(asked, run)
	}
	for i := 0; i < len(folded); {
		r, size := rune(folded[i]), 1
		if r >= utf8.RuneSelf {
			r, size = decode(folded, i)
		}
		switch {
		case isHan(r):
			if inside < 0 {
				inside, run.at = i, han
			}
			han++
		case inside >= 0:
			end(i)
		}
		i += size
	}
	if inside >= 0 {
		end(len(folded))
	}
	if len(asked) == 0 {
		return cuts
	}
	n, at := 0, asked[0].at
	for _, word := range a.seg.Cut(runs.String()) {
		if word == "\n" {
			if n++; n < len(asked) {
				at = asked[n].at
			}
			continue
		}
		if at < han {
			cuts[at>>3] |= 1 << (at & 7)
		}
		at += utf8.RuneCountInString(word)
	}
	m.remember(asked, cuts)
	return cuts
}
