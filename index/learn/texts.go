package learn

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"jieda/content"
)

// equates are the words with which a text says that two expressions are the same, and what comes after them.
var equates = regexp.MustCompile(`([\p{Han}A-Za-z0-9]+)[”"」』]?(?:[，,]?(?:又称为|又称|又叫做|又叫|又名|也称为|也称|也叫做|也叫|亦称|俗称|简称为|简称|别称)|[（(](?:以下)?(?:又称为|又称|又叫|又名|也称为|也称|也叫|亦称|俗称|简称|下称)(?:为)?)[:：]?[“"「『]?([\p{Han}A-Za-z0-9]+)`)

// bracketed is an expression with another in brackets: 数字证书（CA证书）.
var bracketed = regexp.MustCompile(`([\p{Han}A-Za-z0-9]+)[（(]([\p{Han}A-Za-z0-9]+)[)）]`)

// leadingWords stand before a name without being part of it: 使用负载均衡（SLB）, 篡改等中间人攻击（MITM）.
const leadingWords = " 使用 指定 开通 申请 提供 通过 所以 因此 等 即 如 例如 叫 "

// initials are short for a name in another language, alone or with a Han word: KMS, CA证书. Android, domain and 2TB are
// none.
var initials = regexp.MustCompile(`^[A-Z]{2,6}\p{Han}{0,4}$`)

// An equation is a place where a text has one expression beside another that may be the same.
type equation struct {
	left, right   []word
	passage       int
	text          string
	short, spoken bool // right is made of characters of left; the text says 又称
}

// fromTexts reads what texts say to be the same. What stands in brackets is mostly a remark (费用（元）), and counts only
// when it is made of the other's characters (专用发票（专票）), or initials that stand with the same name wherever
// they are, in enoughPassages at least.
func (s *site) fromTexts() []Synonym {
	names := make(map[string][]equation) // by what is on the right
	for n := range s.passages {
		p := &s.passages[n]
		for _, text := range []string{p.passage.Question, p.passage.Text} {
			for _, m := range equates.FindAllStringSubmatch(text, -1) {
				s.equation(names, equation{passage: n, text: m[0], spoken: true}, m[1], m[2])
			}
			for _, m := range bracketed.FindAllStringSubmatch(text, -1) {
				s.equation(names, equation{passage: n, text: m[0]}, m[1], m[2])
			}
		}
	}
	var list []Synonym
	lefts := make(map[string]int)
	for name, places := range names {
		if y, ok := named(name, places); ok {
			list = append(list, y)
			lefts[y.key[0]]++
			lefts[y.key[1]]++
		}
	}
	// 文件系统（Linux）, 文件系统（Windows）: what has two names of which each is the only one has none.
	list = slices.DeleteFunc(list, func(y Synonym) bool { return lefts[y.key[0]] > 1 || lefts[y.key[1]] > 1 })
	slices.SortFunc(list, bySupport)
	return list
}

// equation notes a place if the two could be the same.
func (s *site) equation(names map[string][]equation, e equation, left, right string) {
	script := s.passages[e.passage].script
	l, r := s.words(left, script), s.words(right, script)
	function := func(w word) bool { return content.FunctionWords(w.folded) }
	if at := slices.IndexFunc(r, function); at >= 0 {
		if !e.spoken {
			return
		}
		r = r[:at] // 又称退款申请的…
	}
	name, _ := join(r)
	if content.SaysLittle(name) || utf8.RuneCountInString(name) > longestExpression || strings.ContainsFunc(name, isNumeral) {
		return
	}
	from := len(l) // the name begins after the last word that is no part of one
	for from > 0 && !function(l[from-1]) && !strings.Contains(leadingWords, " "+l[from-1].folded+" ") {
		from--
	}
	for at := from; at < len(l); at++ {
		if whole, _ := join(l[at:]); shortens(name, whole) {
			e.short = true
			from = at
		}
	}
	if !e.short && !e.spoken && !initials.MatchString(right) {
		return
	}
	e.left, e.right = l[from:], r
	names[name] = append(names[name], e)
}

// named finds the one name that stands with another expression everywhere: the words that all places have on the left.
func named(name string, places []equation) (y Synonym, ok bool) {
	common := places[0].left
	certain := false
	passages := make(map[int]bool)
	for _, e := range places {
		passages[e.passage] = true
		certain = certain || e.short || e.spoken
		n := 0
		for n < min(len(common), len(e.left)) && common[len(common)-1-n].folded == e.left[len(e.left)-1-n].folded {
			n++
		}
		common = common[len(common)-n:]
		if len(y.Examples) < maxExamples && !slices.ContainsFunc(y.Examples, func(x []string) bool { return x[0] == e.text }) {
			y.Examples = append(y.Examples, []string{e.text})
		}
	}
	const (
		most         = 4 // words: what is longer is a sentence
		shortestName = 3 // of what has initials: in 远程连接（SSH） and 终端连接（SSH） it is not 连接
	)
	whole, shown := join(common)
	_, nameShown := join(places[0].right)
	if !certain && len(passages) < enoughPassages || len(common) > most || content.SaysLittle(whole) ||
		utf8.RuneCountInString(whole) > 2*longestExpression || strings.ContainsFunc(whole, isNumeral) ||
		strings.Contains(whole, name) || strings.Contains(name, whole) || !strings.ContainsFunc(whole, isHan) ||
		!certain && utf8.RuneCountInString(whole) < shortestName {
		return y, false
	}
	y.key, _ = sorted(whole, name)
	y.Words, y.Source, y.Count = []string{shown, nameShown}, FromTexts, len(passages)
	return y, true
}

// shortens says whether short is made of some of the characters of whole in their order, beginning with its first.
func shortens(short, whole string) bool {
	s, w := []rune(short), []rune(whole)
	if len(s) >= len(w) || s[0] != w[0] {
		return false
	}
	i := 0
	for _, r := range w {
		if i < len(s) && r == s[i] {
			i++
		}
	}
	return i == len(s)
}
