package content

import (
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// maxPassage is how many characters a passage may have; what is longer is cut at the end of a paragraph.
const maxPassage = 20000

// A document is the parsed body of an article.
type document struct {
	body     string
	bodyLine int // line of the file in which the body begins, from 1
	src      *source
	lineEnds []int
	tree     *ast.Document
	plain    bool // the whole body was too complex to be parsed
	// nodes are the blocks of the document; headings are those among them.
	nodes    []ast.Node
	headings []*heading
	// title is the heading that names the article, nil if none does; it is not among headings.
	title     *heading
	footnotes map[int]ast.Node
	problems  []Problem // without Path
	links     []link
	places    map[string]bool
}

// A heading of the document itself, not one in a list or quotation.
type heading struct {
	level      int
	text       string
	anchor     string
	node       int // index in document.nodes
	start, end int // offsets of its lines in the body; the section begins at end
	notes      []note
}

// readDocument parses a body and finds its headings. Read and Render both use it, so that a passage's Anchor is an id on
// the page. Links are found only when passages are cut.
func readDocument(body string, bodyLine int) *document {
	d := &document{body: body, bodyLine: bodyLine, src: prepare(body), places: make(map[string]bool)}
	for i := range len(body) {
		if body[i] == '\n' {
			d.lineEnds = append(d.lineEnds, i)
		}
	}
	d.tree, d.plain = parseMarkdown(d.src.text)
	setAnchors(d.tree, d.src, func(h *ast.Heading, text, anchor string) {
		d.places[strings.ToLower(anchor)] = true
	})
	for n := d.tree.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			d.addHeading(h)
		}
		if list, ok := n.(*east.FootnoteList); ok {
			d.takeFootnotes(list)
			continue // each belongs to the passage that refers to it
		}
		d.nodes = append(d.nodes, n)
	}
	for i, h := range d.headings {
		end := len(body)
		if i+1 < len(d.headings) {
			end = d.headings[i+1].start
		}
		h.notes = d.src.notesIn(h.end, end)
	}
	d.takeTitle()
	for _, n := range d.src.stray {
		line, _, _ := strings.Cut(body[n.start:], "\n")
		d.report(n.start, hiddenMisplaced, cutText(strings.TrimSpace(line), 30))
	}
	return d
}

// setAnchors gives every heading its id, and calls found with it.
func setAnchors(tree ast.Node, src *source, found func(h *ast.Heading, text, anchor string)) {
	ids := newAnchors()
	var visit func(parent ast.Node)
	visit = func(parent ast.Node) {
		for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
			switch n := n.(type) {
			case *ast.Heading:
				text := inlineText(src.text, n)
				start, _ := headingLines(src.text, n)
				anchor := ids.take(src.ids[start], text)
				n.SetAttributeString("id", []byte(anchor))
				found(n, text, anchor)
			case *ast.Blockquote, *ast.List, *ast.ListItem, *east.FootnoteList, *east.Footnote:
				visit(n)
			}
		}
	}
	visit(tree)
}

// headingLines returns where the lines of a heading begin and where the line after them begins.
func headingLines(src []byte, h *ast.Heading) (start, end int) {
	first, last := h.Pos(), h.Pos()
	if lines := h.Lines(); lines.Len() > 0 {
		first, last = lines.At(0).Start, lines.At(lines.Len()-1).Stop
		if last > first {
			last--
		}
	}
	first, last = max(first, 0), max(last, 0)
	start, end = lineStart(src, first), nextLine(src, last)
	if !isATXHeading(string(src[start:min(start+16, nextLine(src, start))])) && h.Parent() != nil && h.Parent().Kind() == ast.KindDocument {
		end = nextLine(src, end) // the line of = or -
	}
	return start, end
}

func lineStart(src []byte, at int) int {
	for at > 0 && src[at-1] != '\n' {
		at--
	}
	return at
}

func nextLine(src []byte, at int) int {
	for at < len(src) && src[at] != '\n' {
		at++
	}
	return min(at+1, len(src))
}

func (d *document) addHeading(n *ast.Heading) {
	h := &heading{level: n.Level, text: inlineText(d.src.text, n), node: len(d.nodes)}
	if id, ok := n.AttributeString("id"); ok {
		h.anchor = string(id.([]byte))
	}
	h.start, h.end = headingLines(d.src.text, n)
	if h.text == "" {
		d.report(h.start, headingEmpty)
	}
	d.headings = append(d.headings, h)
}

func (d *document) takeFootnotes(list *east.FootnoteList) {
	d.footnotes = make(map[int]ast.Node)
	for n := list.FirstChild(); n != nil; n = n.NextSibling() {
		if f, ok := n.(*east.Footnote); ok {
			d.footnotes[f.Index] = f
		}
	}
}

// takeTitle takes the heading of level 1 that names the article. A file of several such headings that ask something
// has no title: each is a question of its own.
func (d *document) takeTitle() {
	if len(d.headings) == 0 || d.headings[0].level != 1 {
		return
	}
	first := d.headings[0]
	several := slices.ContainsFunc(d.headings[1:], func(h *heading) bool { return h.level == 1 })
	if first.text == "" || several && (isQuestion(first.text) || len(first.notes) > 0) {
		return
	}
	d.title = first
	d.headings = d.headings[1:]
}

// line is the line of the file, from 1, of an offset in the body.
func (d *document) line(offset int) int {
	return d.bodyLine + sort.SearchInts(d.lineEnds, offset)
}

func (d *document) report(offset int, code Code, args ...string) {
	d.problems = append(d.problems, Problem{Line: d.line(offset), Code: code, Args: args})
}

// passages cuts the document. It is empty when there is nothing to be found: no text, no image, and no question but
// the title.
func (d *document) passages(a *Article, front *frontMatter) []Passage {
	bounds := d.bounds(a.Kind)
	var list []draft

	// What stands before the first of them answers the title.
	begin, firstNode := 0, 0
	var lead []note
	if d.title != nil {
		lead = d.src.notesIn(0, d.title.end)
		if strings.TrimSpace(string(d.src.text[:d.title.start])) == "" {
			begin, firstNode = d.title.end, d.title.node+1
		}
	}
	end, lastNode := len(d.body), len(d.nodes)
	if len(bounds) > 0 {
		end, lastNode = bounds[0].start, bounds[0].node
	}
	if begin < end {
		if d.title != nil && begin == d.title.end {
			lead = append(slices.Clone(lead), d.src.notesIn(begin, end)...)
		} else {
			lead = d.src.notesIn(0, end)
		}
	}
	intro := draft{Passage: Passage{Question: a.Title, Line: d.line(begin)}}
	if d.title != nil && begin == d.title.end {
		intro.Line = d.line(d.title.start)
	}
	if d.fill(&intro, a.Kind, begin, end, firstNode, lastNode) {
		if d.title != nil && fold(d.title.text) != fold(a.Title) {
			intro.Alternates = addUnique(intro.Alternates, d.title.text)
		}
		list = append(list, intro)
	}

	var above []*heading
	for i, h := range bounds {
		end, lastNode := len(d.body), len(d.nodes)
		if i+1 < len(bounds) {
			end, lastNode = bounds[i+1].start, bounds[i+1].node
		}
		for len(above) > 0 && above[len(above)-1].level >= h.level {
			above = above[:len(above)-1]
		}
		p := draft{Passage: Passage{Anchor: h.anchor, Line: d.line(h.start), Question: h.text}}
		if a.Kind == FAQ {
			p.Question = cleanQuestion(h.text)
		}
		for _, outer := range above {
			p.Headings = append(p.Headings, outer.text)
		}
		above = append(above, h)
		p.add(h.notes)
		switch hasText := d.fill(&p, a.Kind, h.end, end, h.node+1, lastNode); {
		case hasText || len(p.Alternates) > 0:
			list = append(list, p)
		case i+1 < len(bounds) && bounds[i+1].level > h.level: // a group of questions, or a chapter
		default:
			d.report(h.start, sectionEmpty, cutText(h.text, 30))
		}
	}

	first := Passage{}
	first.add(lead)
	questions := append(slices.Clone(front.questions), first.Alternates...)
	// A question that its editor wrote down can be found, even while it waits for its answer.
	if len(list) == 0 && (front.set["title"] > 0 && !isIndex(a.Path) || len(addUnique([]string{a.Title}, questions...)) > 1) {
		intro.Text, intro.Markdown = "", ""
		list = []draft{intro}
	}
	if len(list) == 0 {
		return nil
	}
	p := &list[0]
	p.Alternates = addUnique(nil, slices.Concat(questions, p.Alternates)...)
	p.Negatives = addUnique(nil, slices.Concat(front.negatives, first.Negatives, p.Negatives)...)
	p.Keywords = addUnique(nil, slices.Concat(first.Keywords, p.Keywords)...)
	for i := range list {
		p := &list[i]
		p.Alternates = slices.DeleteFunc(p.Alternates, func(s string) bool { return fold(s) == fold(p.Question) })
	}
	if len(list) == 1 {
		list[0].Anchor = ""
	}
	var passages []Passage
	for i := range list {
		p := &list[i]
		p.ID = a.ID
		if p.Anchor != "" {
			p.ID += "#" + p.Anchor
		}
		passages = append(passages, p.pieces(d)...)
	}
	return passages
}

// bounds are the headings that begin a passage. In a training article these are all down to level 4. In an FAQ they are
// those of the outermost level on which questions stand, the groups above, and every heading with notes; none when the
// whole file is one answer, with headings such as 步骤 or 注意 in it.
func (d *document) bounds(kind Kind) []*heading {
	deepest := 4
	if kind == FAQ {
		deepest = d.questionLevel()
	}
	var bounds []*heading
	for _, h := range d.headings {
		if h.text != "" && (h.level <= deepest || len(h.notes) > 0) {
			bounds = append(bounds, h)
		}
	}
	return bounds
}

// questionLevel is the outermost level of which a heading has notes or most headings ask something; 0 if there is none.
func (d *document) questionLevel() int {
	var all, asking [7]int
	var noted [7]bool
	for _, h := range d.headings {
		all[h.level]++
		if isQuestion(h.text) {
			asking[h.level]++
		}
		if len(h.notes) > 0 {
			noted[h.level] = true
		}
	}
	for level := 1; level <= 6; level++ {
		if noted[level] || asking[level]*2 > all[level] {
			return level
		}
	}
	return 0
}

// add takes what notes say.
func (p *Passage) add(notes []note) {
	for _, n := range notes {
		switch n.kind {
		case alternates:
			p.Alternates = addUnique(p.Alternates, n.values...)
		case negatives:
			p.Negatives = addUnique(p.Negatives, n.values...)
		case keywords:
			p.Keywords = addUnique(p.Keywords, n.values...)
		}
	}
}

// fill sets Text and Markdown from a part of the document, and says whether there is anything to be seen in it.
func (d *document) fill(p *draft, kind Kind, start, end, firstNode, lastNode int) bool {
	if firstNode >= lastNode {
		return false
	}
	t := &plain{src: d.src.text}
	for _, n := range d.nodes[firstNode:lastNode] {
		t.block(n)
	}
	for _, number := range t.footnotes {
		if n := d.footnotes[number]; n != nil {
			t.block(n)
		}
	}
	for _, l := range t.links {
		d.links = append(d.links, link{l.dest, d.line(max(l.pos, start))})
	}
	for _, place := range t.places {
		d.places[strings.ToLower(place)] = true
	}
	for _, pos := range t.complex {
		d.report(pos, markdownComplex)
	}
	p.Markdown = d.src.without(d.body, start, end)
	p.Text = strings.TrimSpace(string(t.out))
	if p.Text == p.Markdown {
		p.Text = p.Markdown // one copy in memory
	}
	if p.Text == "" && t.images == 0 {
		return false
	}
	p.text, p.marks, p.start, p.end = string(t.out), t.marks, start, end
	if kind == FAQ {
		p.Text = trimAnswerMark(p.Text)
		p.Markdown = trimAnswerMark(p.Markdown)
	}
	return true
}

// A draft is a passage before it is cut to a length that can be searched.
type draft struct {
	Passage
	text       string // as marks count it
	marks      []mark
	start, end int // in the body
}

// pieces cuts a passage of more than maxPassage characters, at the ends of lines where there are some. All pieces have
// the same question and anchor; alternates and negatives stay with the first.
func (p *draft) pieces(d *document) []Passage {
	if len(p.Text) <= maxPassage || utf8.RuneCountInString(p.Text) <= maxPassage {
		return []Passage{p.Passage}
	}
	var list []Passage
	from := mark{0, p.start, true}
	for more := true; more; {
		to, found := nextCut(p.text, p.marks, from)
		if more = found; !found {
			to = mark{len(p.text), p.end, true}
		}
		piece := Passage{ID: p.ID, Anchor: p.Anchor, Line: d.line(from.src), Headings: p.Headings, Question: p.Question}
		piece.Text = strings.TrimSpace(p.text[from.text:to.text])
		piece.Markdown = d.src.without(d.body, from.src, to.src)
		if len(list) == 0 {
			piece = p.Passage
			piece.Text = trimAnswerMark(strings.TrimSpace(p.text[:to.text]))
			piece.Markdown = trimAnswerMark(d.src.without(d.body, from.src, to.src))
		} else {
			piece.ID += "~" + strconv.Itoa(len(list)+1)
		}
		if piece.Text != "" {
			list = append(list, piece)
		}
		from = to
	}
	return list
}

// nextCut returns the last mark within maxPassage characters after from, one at the beginning of a line if there is
// one in the second half; or the next one at all. Found is false when the rest is short enough.
func nextCut(text string, marks []mark, from mark) (cut mark, found bool) {
	limit := from.text
	for n := 0; n < maxPassage && limit < len(text); n++ {
		_, size := utf8.DecodeRuneInString(text[limit:])
		limit += size
	}
	if limit == len(text) {
		return mark{}, false
	}
	next, _ := slices.BinarySearchFunc(marks, from.text+1, func(m mark, at int) int { return m.text - at })
	best := -1
	for i := next; i < len(marks) && marks[i].text <= limit; i++ {
		if best < 0 || marks[i].line || !marks[best].line || marks[best].text < (from.text+limit)/2 {
			best = i
		}
	}
	if best < 0 {
		best = next
	}
	if best >= len(marks) {
		return mark{}, false
	}
	return marks[best], true
}

// cleanQuestion takes numbers and "Q:" off the beginning of an FAQ heading.
func cleanQuestion(s string) string {
	return trimQuestionMark(trimNumber(s))
}

var answerMark = regexp.MustCompile(`^[*_]*(?:答案|回答|解答|答|A\d{0,3})[*_]*[ \t]*[:：][*_]*[ \t]*`)

// trimAnswerMark takes "答：" or "A:" off the beginning of an answer.
func trimAnswerMark(s string) string { return s[len(answerMark.FindString(s)):] }

// cutText shortens a quotation for a message.
func cutText(s string, characters int) string {
	if utf8.RuneCountInString(s) <= characters {
		return s
	}
	return string([]rune(s)[:characters]) + "…"
}
