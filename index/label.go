package index

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"jieda/index/analysis"
)

// labelLength is how many characters the label of a button may have: what fits on one line of a telephone.
const labelLength = 20

// label gives every hit a short label for a button, no two the same: its question, cut at the end of a clause or of a
// word. Where that is the same for two, the later one has the end of its question, or a number.
func (g *generation) label(hits []Hit) {
	seen := map[string]bool{}
	for i := range hits {
		question := strings.TrimRight(strings.TrimSpace(hits[i].Question), "？?。.！! ")
		label := g.shortened(question)
		if seen[label] {
			label = lastCharacters(question, labelLength-1)
		}
		for n := 2; seen[label]; n++ {
			number := fmt.Sprintf(" (%d)", n)
			label = firstRunes(g.shortened(question), labelLength-len(number)) + number
		}
		seen[label] = true
		hits[i].Label = label
	}
}

// shortened cuts a text that is too long for a label, with "…" in place of what is missing.
func (g *generation) shortened(text string) string {
	if utf8.RuneCountInString(text) <= labelLength {
		return text
	}
	room := len(firstRunes(text, labelLength-1))
	cut := 0
	for _, t := range analysis.Terms(nil, text, g.words.analyzer.Segment(text)) {
		if (t.Kind == analysis.Word || t.Kind == analysis.Latin && !t.Part) && int(t.End) <= room {
			cut = max(cut, int(t.End))
		}
	}
	if clause := strings.LastIndexAny(text[:room], "，,？?；;：:（("); clause > room/2 {
		cut = clause
	}
	if cut == 0 {
		cut = room
	}
	return strings.TrimSpace(text[:cut]) + "…"
}

// lastCharacters are the last n characters of a text, after "…" when something is missing.
func lastCharacters(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return "…" + strings.TrimSpace(string(runes[len(runes)-n:]))
}
