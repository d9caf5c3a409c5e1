package index

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"jieda/content"
	"jieda/index/analysis"
)

// Fingerprint names the generation that a content folder with this hash gives: a hash of the content (which includes
// the dictionary), the analysis and the format. Same fingerprint, same answers.
func Fingerprint(contentHash string) string {
	h := sha256.Sum256(fmt.Appendf(nil, "jieda %d %d %s", formatVersion, analysis.Version, contentHash))
	return hex.EncodeToString(h[:8])
}

// A cutter prepares articles for an engine, with one worker for each goroutine.
type cutter struct {
	analyzer *analysis.Analyzer
	// known are the cuts of the generation before, by the hash of the text: what did not change is not cut again.
	known map[[16]byte]analysis.Cuts
}

// A cutWorker cuts one article after the other. What it needs for one it uses again for the next.
type cutWorker struct {
	*cutter
	words   *analysis.Memory
	folded  []byte
	terms   []analysis.Term
	keys    []analysis.Key
	counter keyCounter
}

func (c *cutter) worker() *cutWorker { return &cutWorker{cutter: c, words: c.analyzer.NewMemory()} }

// A cutPassage is a passage with its terms, before terms have numbers.
type cutPassage struct {
	text      []keyFreq
	textLen   int
	units     []cutUnit
	negatives []string
	names     []string // see namesOf
	typed     string   // see wordingKeys
	record    passageRecord
}

type cutUnit struct {
	wording string // as in unit
	terms   []keyFreq
	len     int
}

// script says in which characters the article is written.
func script(a *content.Article) analysis.Script {
	trad, simp := 0, 0
	add := func(s string) {
		t, p := analysis.CountScript(s)
		trad, simp = trad+t, simp+p
	}
	add(a.Title)
	for i := range a.Passages {
		p := &a.Passages[i]
		add(p.Question)
		for _, alt := range p.Alternates {
			add(alt)
		}
		add(p.Text)
	}
	if trad > simp {
		return analysis.Traditional
	}
	return analysis.Simplified
}

// article cuts all passages of an article.
func (c *cutWorker) article(a *content.Article) (passages []cutPassage, s analysis.Script) {
	s = script(a)
	passages = make([]cutPassage, len(a.Passages))
	for i := range a.Passages {
		c.passage(&passages[i], a, i, s)
	}
	return passages, s
}

// passage cuts one passage. The text that is cut is, line by line: the article's title, the headings above, the
// question, its alternates, the keywords, and the passage's own text. Questions, as ranking knows them, are the
// question, its alternates, the title with the question (for sections such as 费用), and the title alone for an
// article's first passage; of traditional ones, also what they are letter by letter in simplified characters.
func (c *cutWorker) passage(out *cutPassage, a *content.Article, n int, s analysis.Script) {
	p := &a.Passages[n]
	folded := c.folded[:0]
	script := s
	line := func(text string) (span [2]int) {
		span[0] = len(folded)
		folded = append(folded, strings.ReplaceAll(analysis.Fold(text, script), "\n", " ")...)
		span[1] = len(folded)
		folded = append(folded, '\n')
		return span
	}
	question := line(p.Question)
	wordings := []string{p.Question}
	units := [][][2]int{{question}}
	for _, alt := range p.Alternates {
		wordings = append(wordings, alt)
		units = append(units, [][2]int{line(alt)})
	}
	if p.Question != a.Title {
		title := line(a.Title)
		wordings = append(wordings, a.Title+" "+p.Question)
		units = append(units, [][2]int{title, question})
		if n == 0 {
			wordings = append(wordings, a.Title)
			units = append(units, [][2]int{title})
		}
	}
	for _, h := range p.Headings {
		line(h)
	}
	line(strings.Join(p.Keywords, " "))
	if n == 0 {
		line(strings.Join(a.Keywords, " "))
	}
	folded = append(folded, analysis.Fold(p.Text, s)...)
	ownLen := len(folded)
	if s == analysis.Traditional {
		// 軟體下載 becomes 软件下载, where 體下 is no longer found: questions count letter by letter too.
		folded = append(folded, '\n')
		script = analysis.Simplified
		for i, spans := range units {
			words := ""
			for _, span := range spans {
				words += string(folded[span[0]:span[1]])
			}
			if compact(words) == compact(analysis.Fold(wordings[i], script)) {
				continue
			}
			units = append(units, [][2]int{line(wordings[i])})
			wordings = append(wordings, wordings[i])
		}
	}
	text := string(folded)
	c.folded = folded

	out.record = passageRecord{
		hash: textHash(text), articleID: a.ID, id: p.ID, anchor: p.Anchor, title: a.Title, wordings: wordings,
		headings: p.Headings, text: p.Text,
	}
	if !a.Updated.IsZero() {
		out.record.updated = a.Updated.Unix()
	}
	cuts, ok := c.known[out.record.hash]
	if !ok {
		cuts = c.words.Segment(text)
	}
	out.record.cuts = cuts
	out.record.traditional = s == analysis.Traditional
	c.terms = analysis.Terms(c.terms[:0], text, cuts)
	out.names = namesOf(c.terms, text)
	out.units = make([]cutUnit, len(units))
	for i, spans := range units {
		c.keys = c.keys[:0]
		u := &out.units[i]
		for _, span := range spans {
			from, _ := slices.BinarySearchFunc(c.terms, span[0], func(t analysis.Term, at int) int { return int(t.Start) - at })
			for _, t := range c.terms[from:] {
				if int(t.Start) >= span[1] {
					break
				}
				c.keys = append(c.keys, t.Key)
			}
			u.wording += compact(text[span[0]:span[1]])
		}
		u.len = len(c.keys)
		u.terms = c.counter.count(c.keys)
	}
	c.keys = c.keys[:0]
	for _, t := range c.terms {
		if int(t.Start) < ownLen {
			c.keys = append(c.keys, t.Key)
		}
	}
	out.textLen = len(c.keys)
	out.text = c.counter.count(c.keys)
	out.typed = wordingKeys(s, p.Question, p.Alternates)
	for _, neg := range p.Negatives {
		out.negatives = append(out.negatives, compact(analysis.Fold(neg, s)))
	}
}

// textHash is the identity of a text that was cut: half a SHA-256.
func textHash(s string) (h [16]byte) {
	sum := sha256.Sum256([]byte(s))
	copy(h[:], sum[:])
	return h
}

// A builder turns a library into the documents of a generation.
type builder struct {
	lib                          *content.Library
	cutter                       *cutter
	counter                      *termCounter
	meta                         meta
	group                        int                   // of the article at hand
	progress                     func(done, total int) // articles
	traditional                  int                   // articles in traditional characters
	categories, langs, audiences map[string]uint32
	names                        map[string]bool
	tiers                        map[int]uint32 // of weights
	completions                  []completion
	// Used again for each passage:
	fresh          []keyFreq
	numbered, room []termFreq
}

func newBuilder(lib *content.Library, c *cutter, progress func(done, total int)) *builder {
	b := &builder{
		lib: lib, cutter: c, counter: newTermCounter(), progress: progress,
		categories: map[string]uint32{}, langs: map[string]uint32{}, audiences: map[string]uint32{},
		names: map[string]bool{}, tiers: tiers(lib.Articles),
	}
	b.meta.header = header{
		Format: formatVersion, Analysis: analysis.Version, Content: lib.Hash, Words: lib.Words, Synonyms: lib.Synonyms, BuiltAt: time.Now().UTC(),
		Articles: len(lib.Articles), Groups: []group{{}},
	}
	for _, p := range lib.Problems {
		if p.Severity() == content.Error {
			b.meta.Errors++
		} else {
			b.meta.Warnings++
		}
	}
	return b
}

// documents yields the passages of all articles, then the articles, then the content's problems. Passages are cut on all processors, in order.
func (b *builder) documents(ctx context.Context) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		order := listOrder(b.lib.Articles)
		done := 0
		for cut := range cutAll(ctx, b.lib.Articles, b.cutter) {
			a := &b.lib.Articles[done]
			b.addRow(a, order[done], cut.script)
			b.complete(a, cut)
			for i := range cut.passages {
				if a.Hidden {
					cut.passages[i] = cutPassage{record: cut.passages[i].record} // can be read, not found
				}
				if !yield(b.document(a, &cut.passages[i]), nil) {
					return
				}
			}
			done++
			if b.progress != nil {
				b.progress(done, len(b.lib.Articles))
			}
		}
		if err := ctx.Err(); err != nil {
			yield(Document{}, err)
			return
		}
		for i := range b.lib.Articles {
			stored, err := appendArticle(nil, &b.lib.Articles[i])
			if !yield(Document{Stored: stored}, err) {
				return
			}
		}
		problems, err := json.Marshal(b.lib.Problems)
		yield(Document{Stored: problems}, err)
	}
}

type cutArticle struct {
	passages []cutPassage
	script   analysis.Script
}

// cutAll cuts articles on all processors and yields them in order. It stops early when ctx is done.
func cutAll(ctx context.Context, articles []content.Article, c *cutter) iter.Seq[cutArticle] {
	workers := runtime.GOMAXPROCS(0)
	// A queue of promises keeps the order and bounds what is in memory.
	queue := make(chan chan cutArticle, 16*workers)
	work := make(chan func(*cutWorker), workers)
	for range workers {
		go func() {
			w := c.worker()
			for do := range work {
				do(w)
			}
		}()
	}
	go func() {
		defer close(queue)
		defer close(work)
		for i := range articles {
			promise := make(chan cutArticle, 1)
			select {
			case queue <- promise:
			case <-ctx.Done():
				return
			}
			work <- func(w *cutWorker) {
				passages, s := w.article(&articles[i])
				promise <- cutArticle{passages, s}
			}
		}
	}()
	return func(yield func(cutArticle) bool) {
		for promise := range queue {
			if !yield(<-promise) {
				return
			}
		}
	}
}

// listOrder returns for every article its rank in lists: by weight (0 last), then title, then path.
func listOrder(articles []content.Article) []uint32 {
	by := make([]int, len(articles))
	for i := range by {
		by[i] = i
	}
	slices.SortFunc(by, func(i, j int) int {
		a, b := &articles[i], &articles[j]
		if (a.Weight == 0) != (b.Weight == 0) {
			if a.Weight == 0 {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(a.Weight, b.Weight), strings.Compare(a.Title, b.Title), strings.Compare(a.Path, b.Path))
	})
	rank := make([]uint32, len(articles))
	for r, i := range by {
		rank[i] = uint32(r)
	}
	return rank
}

// addRow adds an article to the meta.
func (b *builder) addRow(a *content.Article, order uint32, s analysis.Script) {
	if s == analysis.Traditional {
		b.traditional++
	}
	row := articleRow{
		order: order, first: uint32(b.meta.Passages), passages: uint32(len(a.Passages)),
		category: intern(b.categories, &b.meta.Categories, a.Category),
		lang:     uint16(intern(b.langs, &b.meta.Langs, a.Lang)),
		training: a.Kind == content.Training, hidden: a.Hidden,
	}
	set := strings.Join(a.Audience, "\n")
	at, ok := b.audiences[set]
	if !ok {
		at = uint32(len(b.meta.Audiences))
		b.audiences[set] = at
		b.meta.Audiences = append(b.meta.Audiences, a.Audience)
	}
	row.audience = at
	b.group = b.meta.groupOf(a)
	if !a.ValidFrom.IsZero() {
		row.validFrom = a.ValidFrom.Unix()
	}
	if !a.ValidUntil.IsZero() {
		row.validTill = a.ValidUntil.Unix()
	}
	if on := published(a); !on.IsZero() {
		row.published = on.Unix()
	}
	article := uint32(len(b.meta.rows))
	if len(a.Channel) > 0 {
		if b.meta.Channels == nil {
			b.meta.Channels = map[uint32][]string{}
		}
		b.meta.Channels[article] = a.Channel
	}
	b.meta.rows = append(b.meta.rows, row)
	for _, called := range append([]string{a.ID, a.Path}, a.Aliases...) {
		b.meta.names = append(b.meta.names, name{idHash(called), article})
	}
	for _, file := range a.Files {
		b.meta.files = append(b.meta.files, name{idHash(file), article})
	}
	b.meta.Passages += len(a.Passages)
}

// complete adds what is offered of an article while somebody types: its questions, and its title where that is none of
// them. It comes after addRow.
func (b *builder) complete(a *content.Article, cut cutArticle) {
	if a.Hidden {
		return
	}
	first, tier := b.meta.rows[len(b.meta.rows)-1].first, b.tiers[a.Weight]
	add := func(i int, ofTitle bool, keys string) {
		if keys != "" {
			b.completions = append(b.completions, completion{first + uint32(i), tier, ofTitle, keys})
		}
	}
	titled := false
	for i := range a.Passages {
		p := &a.Passages[i]
		titled = titled || p.Question == a.Title
		if i > 0 && p.Question == a.Passages[i-1].Question && p.Anchor == a.Passages[i-1].Anchor {
			continue // the rest of a long passage
		}
		add(i, false, cut.passages[i].typed)
	}
	if !titled && len(a.Passages) > 0 {
		add(0, true, wordingKeys(cut.script, a.Title, nil))
	}
}

// published is the day on which an article appeared, as far as its editor says; zero when unknown.
func published(a *content.Article) time.Time {
	if a.Date.IsZero() {
		return a.Updated
	}
	return a.Date
}

func intern(known map[string]uint32, list *[]string, s string) uint32 {
	at, ok := known[s]
	if !ok {
		at = uint32(len(*list))
		known[s] = at
		*list = append(*list, s)
	}
	return at
}

// document numbers the terms of a passage and counts them.
func (b *builder) document(a *content.Article, p *cutPassage) Document {
	doc := Document{TextLen: p.textLen, Text: make([]analysis.Key, 0, len(p.text))}
	b.numbered = b.numbered[:0]
	v := vector{textLen: p.textLen, text: b.number(p.text), negatives: p.negatives}
	for _, t := range p.text {
		if k := t.key.Kind(); k == analysis.Bigram || k == analysis.Latin {
			doc.Text = append(doc.Text, t.key)
		}
	}
	for _, u := range p.units {
		v.units = append(v.units, unit{wording: u.wording, traits: traitsOf(u.wording), len: u.len, terms: b.number(u.terms)})
		doc.QuestionLen += u.len
		for _, t := range u.terms {
			if t.key.Kind() != analysis.Word {
				doc.Question = append(doc.Question, t.key)
			}
		}
	}
	slices.Sort(doc.Question)
	doc.Question = slices.Compact(doc.Question)
	if n := len(p.units); n > 0 {
		doc.QuestionLen /= n
	}
	for _, name := range p.names {
		if !b.names[name] {
			b.names[strings.Clone(name)] = true // it is a piece of a whole text
		}
	}
	if p.textLen > 0 {
		b.counter.count(&v, b.group, &b.meta.Groups[b.group])
		b.meta.Found++
		doc.Filters = labels(a, b.group)
	}
	doc.Vector = v.append(nil)
	doc.Stored = p.record.append(nil)
	return doc
}

// number returns the terms by their numbers. New ones get theirs in the order of their keys. The list is good until the
// next document.
func (b *builder) number(terms []keyFreq) []termFreq {
	from := len(b.numbered)
	b.fresh = b.fresh[:0]
	for _, t := range terms {
		if id, ok := b.counter.ids.find(t.key); ok {
			b.numbered = append(b.numbered, termFreq{id, t.freq})
		} else {
			b.fresh = append(b.fresh, t)
		}
	}
	slices.SortFunc(b.fresh, compareByKey)
	for _, t := range b.fresh {
		b.numbered = append(b.numbered, termFreq{b.counter.id(t.key), t.freq})
	}
	numbered := b.numbered[from:len(b.numbered):len(b.numbered)]
	b.room = sortTerms(numbered, b.room)
	return numbered
}

// Labels by which a query chooses articles.
const (
	labelGroup    = "g:" // and its position
	labelCategory = "c:"
	labelKind     = "k:"
	labelLang     = "l:"
	labelTag      = "t:"
)

func labels(a *content.Article, group int) []string {
	list := []string{groupLabel(group), labelKind + string(a.Kind), labelLang + a.Lang}
	for _, c := range ancestors(a.Category) {
		list = append(list, labelCategory+c)
	}
	for _, t := range a.Tags {
		list = append(list, labelTag+t)
	}
	return list
}

func groupLabel(n int) string { return labelGroup + strconv.Itoa(n) }

// ancestors returns the category and all above it: 售后, 售后/退货.
func ancestors(category string) []string {
	if category == "" {
		return nil
	}
	var list []string
	for i, r := range category {
		if r == '/' {
			list = append(list, category[:i])
		}
	}
	return append(list, category)
}

// finish returns the meta of the generation, after the last document.
func (b *builder) finish() ([]byte, error) {
	h := &b.meta.header
	h.Names = b.counter.frequentNames(b.names)
	h.Traditional = b.traditional*2 > len(b.lib.Articles)
	return b.meta.append(nil, b.completions, b.counter)
}
