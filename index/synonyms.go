package index

import (
	_ "embed"
	"slices"
	"strings"
	"unicode/utf8"

	"jieda/content"
	"jieda/index/analysis"
)

//go:embed synonyms.txt
var shippedSynonyms string

// A synonym is an expression and what else is said for it; both as folded texts.
type synonym struct {
	from string
	to   []string
	// always: it is replaced although the site uses it, as its editors say. Shipped ones are replaced only where the
	// site does not.
	always bool
}

// synonyms are what may be said in other words, by the first character of the expression, longest first. Immutable.
type synonyms map[rune][]synonym

// with returns s and the site's own groups. What both know goes by the site's.
func (s synonyms) with(groups []content.SynonymGroup) synonyms {
	if len(groups) == 0 {
		return s
	}
	all := synonyms{}
	for _, g := range groups {
		if g.OneWay {
			all.add(g.Words[1:], g.Words[:1], true)
		} else {
			all.add(g.Words, g.Words, true)
		}
	}
	for r, list := range s {
		for _, one := range list {
			if !slices.ContainsFunc(all[r], func(own synonym) bool { return own.from == one.from }) {
				all[r] = append(all[r], one)
			}
		}
	}
	all.sort()
	return all
}

// readShipped reads the list that comes with the program.
func readShipped() synonyms {
	s := synonyms{}
	for line := range strings.Lines(shippedSynonyms) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		group := strings.Split(line, "=")
		s.add(group, group, false)
	}
	s.sort()
	return s
}

// add notes that for each of the expressions from one of to can be said.
func (s synonyms) add(from, to []string, always bool) {
	to = foldAll(to)
	for _, expression := range foldAll(from) {
		others := slices.DeleteFunc(slices.Clone(to), func(t string) bool { return t == expression })
		first, _ := utf8.DecodeRuneInString(expression)
		at := slices.IndexFunc(s[first], func(one synonym) bool { return one.from == expression })
		switch {
		case len(others) == 0:
		case at < 0:
			s[first] = append(s[first], synonym{expression, others, always})
		default:
			one := &s[first][at]
			one.to = append(one.to, others...)
		}
	}
}

// foldAll folds expressions as questions are folded, and drops empty ones and repetitions.
func foldAll(expressions []string) []string {
	folded := make([]string, 0, len(expressions))
	for _, e := range expressions {
		e = strings.TrimSpace(analysis.Clean(e))
		if e = analysis.Fold(e, analysis.QueryScript(e, false)); e != "" && !slices.Contains(folded, e) {
			folded = append(folded, e)
		}
	}
	return folded
}

// sort puts longer expressions before those that they begin with.
func (s synonyms) sort() {
	for _, list := range s {
		slices.SortStableFunc(list, func(a, b synonym) int { return len(b.from) - len(a.from) })
	}
}
