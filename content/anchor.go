package content

import (
	"strconv"
	"strings"
	"unicode"
)

// anchors hands out the ids of the headings of one document; no id twice.
type anchors struct {
	used map[string]bool
	next map[string]int // per slug, the number to try next
}

func newAnchors() *anchors {
	return &anchors{used: make(map[string]bool), next: make(map[string]int)}
}

// take returns the id for a heading: the one that its author gave ("## 条件 {#cond}"), or else one made of its text.
func (a *anchors) take(given, text string) string {
	base := slug(given)
	if base == "" {
		base = slug(text)
	}
	if base == "" {
		base = "section"
	}
	id := base
	for a.used[id] {
		a.next[base]++
		id = base + "-" + strconv.Itoa(a.next[base])
	}
	a.used[id] = true
	return id
}

// slug is what GitHub makes of a heading: lower case, blanks to "-", everything dropped but letters (Chinese ones too),
// marks, digits, "-", "_" and, unlike GitHub, nothing beyond 100 characters. "提取条件（2026）" becomes "提取条件2026".
func slug(text string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.TrimSpace(text) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '-' || r == '_':
			b.WriteRune(unicode.ToLower(r))
		case unicode.IsSpace(r):
			b.WriteByte('-')
		default:
			continue
		}
		if n++; n == 100 {
			break
		}
	}
	return b.String()
}
