package content

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A page is one file while the library is being read.
type page struct {
	article  *Article // nil when it is left out
	problems []Problem
	// What is checked when all files are known:
	idLine, aliasLine, relatedLine, audienceLine int
	givenID                                      bool
	onlyFor                                      []string // as in frontMatter
	links                                        []link
	places                                       map[string]bool // anchors that links may lead to
	asked                                        []asked
}

// A link to another file of the folder, or to a place in one.
type link struct {
	dest string
	line int
}

// asked is a question that the article answers.
type asked struct {
	text string
	line int
}

// maxQuestion is how many characters a question may have before we warn.
const maxQuestion = 200

// readPage makes an article of a file. It never fails: page.article is nil when the file is left out, and unless it is
// a draft, problems say why.
func readPage(name string, data []byte, now time.Time) *page {
	p := &page{}
	file, problems := decode(name, data)
	p.problems = problems
	if slices.ContainsFunc(problems, isError) {
		return p
	}
	block, body, bodyLine, problem := splitFrontMatter(name, file)
	if problem != nil {
		p.problems = append(p.problems, *problem)
		if problem.Severity() == Error {
			return p
		}
	}
	front := parseFrontMatter(name, block)
	p.problems = append(p.problems, front.problems...)
	if front.broken || front.draft {
		return p
	}
	a := &front.article
	a.Body = body
	p.idLine, p.aliasLine = front.set["id"], front.set["aliases"]
	p.relatedLine, p.audienceLine = front.set["related"], front.set["audience"]
	p.onlyFor = front.onlyFor
	p.checkID(a)

	doc := readDocument(body, bodyLine)
	a.Files = doc.files(name)
	p.setTitle(a, doc, bodyLine)
	setPlace(a, doc)
	a.Passages = doc.passages(a, front)
	for _, problem := range doc.problems {
		problem.Path = name
		p.problems = append(p.problems, problem)
	}
	p.links, p.places = doc.links, doc.places
	if len(a.Passages) == 0 {
		if !isIndex(name) {
			p.warn(a, 0, articleEmpty)
		}
		return p
	}
	if only := a.Passages[0]; len(a.Passages) == 1 && only.Text == "" && len(only.Alternates) == 0 {
		p.warn(a, 0, answerMissing)
	}
	if a.Lang == "" {
		a.Lang = a.detectLang()
	}
	if len(a.Audience) == 0 {
		a.Audience = []string{Public}
	}
	p.checkDates(a, front, now)
	p.checkQuestions(a, front)
	p.article = a
	return p
}

func (p *page) warn(a *Article, line int, code Code, args ...string) {
	p.problems = append(p.problems, Problem{Path: a.Path, Line: line, Code: code, Args: args})
}

// checkID keeps the id that the editor gave if it can be used, and derives one from the path otherwise.
func (p *page) checkID(a *Article) {
	derived := deriveID(a.Path)
	given := a.ID
	if given == "" {
		a.ID = derived
		return
	}
	clean := cleanID(given)
	if clean != given {
		if clean == "" {
			clean = derived
		}
		p.warn(a, p.idLine, idInvalid, given, clean)
	}
	a.ID = clean
	p.givenID = true
}

// deriveID is the path without extension, "faq/退货.md" → "faq/退货"; for the page of a folder, the folder's.
func deriveID(name string) string {
	name = strings.TrimSuffix(name, path.Ext(name))
	if isIndex(name) && path.Dir(name) != "." {
		name = path.Dir(name)
	}
	if id := cleanID(name); id != "" {
		return id
	}
	return "article"
}

// cleanID replaces what an ID must not hold by "-", and drops elements that mean something in a path.
func cleanID(s string) string {
	var b strings.Builder
	dash := false
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune("_./", r) {
			dash = false
			b.WriteRune(r)
		} else if !dash {
			dash = true
			b.WriteByte('-')
		}
	}
	elements := strings.Split(b.String(), "/")
	elements = slices.DeleteFunc(elements, func(e string) bool { return strings.Trim(e, ".") == "" })
	return strings.Join(elements, "/")
}

// isIndex says whether a file speaks for its folder.
func isIndex(name string) bool {
	switch strings.ToLower(strings.TrimSuffix(path.Base(name), path.Ext(name))) {
	case "index", "_index", "readme":
		return true
	}
	return false
}

// setTitle takes the title from the front matter, else from the first heading of level 1, else from the file name.
func (p *page) setTitle(a *Article, doc *document, bodyLine int) {
	if a.Title != "" {
		return
	}
	if doc.title != nil && doc.title.text != "" {
		a.Title = doc.title.text
		return
	}
	base := strings.TrimSuffix(path.Base(a.Path), path.Ext(a.Path))
	if isIndex(a.Path) && path.Dir(a.Path) != "." {
		base = path.Base(path.Dir(a.Path))
	}
	a.Title = nameTitle(base)
	if !doc.plain { // or there may be a title that we could not see
		p.warn(a, bodyLine, titleMissing, a.Title)
	}
}

// nameTitle makes a title of a file name: "01-如何_退货" → "如何 退货".
func nameTitle(base string) string {
	s := trimOrder(base)
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == '_' || unicode.IsSpace(r) }), " ")
	if s == "" {
		return base
	}
	return s
}

// trimOrder takes the number that sorts files or folders off their name: "01-售后" → "售后"; not that of "2026-活动".
func trimOrder(s string) string {
	rest := strings.TrimLeft(s, "0123456789")
	digits := len(s) - len(rest)
	if digits == 0 || digits > 3 || rest == "" || !strings.ContainsRune("-_. 、", firstRune(rest)) {
		return s
	}
	if trimmed := strings.TrimLeft(rest, "-_. 、"); trimmed != "" {
		return trimmed
	}
	return s
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// topFolders are the folders whose name says what kind of articles they hold; it is not part of the category.
func topFolder(name string) Kind {
	switch strings.ToLower(trimOrder(name)) {
	case "faq", "常见问题", "问答", "常見問題":
		return FAQ
	case "training", "培训", "培训资料", "培訓", "教程":
		return Training
	}
	return ""
}

// setPlace derives kind and category from the folders, where the editor did not give them.
func setPlace(a *Article, doc *document) {
	folders := strings.Split(path.Dir(a.Path), "/")
	kind := topFolder(folders[0])
	if kind != "" {
		folders = folders[1:]
	}
	if a.Category == "" && path.Dir(a.Path) != "." {
		a.Category = cleanCategory(strings.Join(folders, "/"))
	}
	if a.Kind == "" {
		a.Kind = kind
	}
	if a.Kind == "" {
		a.Kind = FAQ
		statements := 0
		for _, h := range doc.headings {
			if h.level >= 2 && h.level <= 4 && h.text != "" && !isQuestion(h.text) {
				statements++
			}
		}
		if statements >= 2 {
			a.Kind = Training
		}
	}
}

// cleanCategory tidies a category path: " 01-售后 / 退货/" → "售后/退货".
func cleanCategory(s string) string {
	var parts []string
	for part := range strings.SplitSeq(s, "/") {
		if part = trimOrder(oneLineText(part)); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "/")
}

func (a *Article) detectLang() string {
	var b strings.Builder
	b.WriteString(a.Title)
	for i := range a.Passages {
		if b.Len() > 10000 {
			break
		}
		b.WriteString(a.Passages[i].Question)
		b.WriteString(a.Passages[i].Text[:min(len(a.Passages[i].Text), 10000)])
	}
	return detectLang(b.String())
}

func (p *page) checkDates(a *Article, front *frontMatter, now time.Time) {
	const day = "2006-01-02"
	if !a.ValidUntil.IsZero() {
		last := a.ValidUntil.Add(-time.Nanosecond).Format(day)
		if !a.ValidFrom.IsZero() && !a.ValidUntil.After(a.ValidFrom) {
			p.warn(a, front.set["valid_until"], validReversed, a.ValidFrom.Format(day), last)
		} else if !now.Before(a.ValidUntil) {
			p.warn(a, front.set["valid_until"], articleExpired, last)
		}
	}
	if !a.ReviewBy.IsZero() && now.After(a.ReviewBy.AddDate(0, 0, 1)) {
		p.warn(a, front.set["review_by"], reviewOverdue, a.ReviewBy.Format(day))
	}
}

// checkQuestions finds what is wrong with single questions, takes negatives out that are questions too, and notes all
// that the article answers, to be compared with other files.
func (p *page) checkQuestions(a *Article, front *frontMatter) {
	for i := range a.Passages {
		passage := &a.Passages[i]
		if i > 0 && passage.Anchor == a.Passages[i-1].Anchor && strings.Contains(passage.ID, "~") {
			continue // the rest of a long passage
		}
		if n := utf8.RuneCountInString(passage.Question); n > maxQuestion {
			p.warn(a, passage.Line, questionLong, strconv.Itoa(n))
		}
		own := make(map[string]bool)
		for _, q := range append([]string{passage.Question}, passage.Alternates...) {
			own[fold(q)] = true
		}
		passage.Negatives = slices.DeleteFunc(passage.Negatives, func(n string) bool {
			if own[fold(n)] {
				p.warn(a, passage.Line, negativeConflict, n)
				return true
			}
			return false
		})
		if a.Kind == FAQ {
			p.asked = append(p.asked, asked{passage.Question, passage.Line})
		}
		for _, q := range passage.Alternates {
			p.asked = append(p.asked, asked{q, passage.Line})
		}
	}
}

// fold is what two questions have in common when they differ in punctuation, blanks, case and width only.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0xff01 && r <= 0xff5e {
			r -= 0xfee0
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '+' && r != '#' {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// addUnique appends what is not there yet, compared without punctuation, blanks and case.
func addUnique(to []string, values ...string) []string {
	seen := make(map[string]bool)
	for _, have := range to {
		seen[fold(have)] = true
	}
	for _, v := range values {
		v = oneLineText(v)
		if key := fold(v); v != "" && !seen[key] {
			seen[key] = true
			to = append(to, v)
		}
	}
	return to
}
