package index

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"jieda/index/analysis"
)

// How candidates are ranked. The recipe and its constants were found by experiment on eleven sets of real questions
// (index/DESIGN.md, "Ranking"); optima are flat, so they are rounded.
const (
	// candidates is how many passages are ranked for the first page. On eleven question sets 60, 100, 200 and 400 give
	// a mean MRR of .7791, .7799, .7801 and .7801; each candidate costs one to three microseconds.
	candidates = 80
	// textShare is what the whole text counts against the question: S0 = (Q/Q* + textShare·D/D*) / (1+textShare).
	textShare = 2.0
	// similarityWeight and similarityFloor: a common subsequence of less than the floor is noise.
	similarityWeight, similarityFloor = 0.4, 0.4
	// traitWeight is added when both sides ask the same kind of thing, taken off when they do not, or when exactly
	// one is negated.
	traitWeight = 0.01
	// scale brings the sum of all parts back to about 1.
	scale = 1.3
	// refined is how many of the candidates get the second stage.
	refined = 40
)

// bm25 is the formula of Robertson and Zaragoza (2009): a term that occurs tf times in a text of len terms is worth
// weight · tf·(k1+1) / (tf + k1·(1 − b + b·len/average)).
type bm25 struct{ k1, b, average float64 }

func (f bm25) norm(length float64) float64 {
	return f.k1 * (1 - f.b + f.b*length/max(f.average, 1))
}

func (f bm25) score(weight, tf, length float64) float64 {
	return weight * tf * (f.k1 + 1) / (tf + f.norm(length))
}

// A queryTerm is one distinct term of a question.
type queryTerm struct {
	key    analysis.Key
	text   string // as explain shows it
	code   bool
	part   bool    // of a name, never by itself
	count  int     // in the question
	id     uint32  // in the generation's table
	known  bool    // occurs somewhere
	texts  bool    // some text holds it
	units  bool    // some question does
	inText float64 // weight in a text: count · weight of its kind · idf over passages
	inUnit float64 // weight in a question: the same with idf over questions
}

// A query is a question prepared for one generation.
type query struct {
	words      *view  // what the caller may know of them
	cleaned    string // what the customer typed, cleaned
	folded     string
	compact    string // letters, digits and Han only
	characters int    // of compact
	signs      int    // Han characters, and every name or number as one: what its length says of it
	letters    []byte // the same; empty when it is a single character, which says nothing about the wordings that hold it
	traits     traits
	matcher    *matcher
	terms      []queryTerm
	length     int // terms, repeated ones counted
	text       bm25
	unit       bm25
	selfText   float64       // D*: what the question would score as a text
	selfUnit   float64       // Q*: and as a question
	total      float64       // Σ inText over all terms
	known      *wanted       // the terms that occur somewhere
	telling    bool          // it holds more than function words and a single character
	unknown    []string      // words, names and codes that occur nowhere
	codes      []codeTerm    // those it names
	companies  []companyName // that it names, see view.companiesIn
	stranger   string        // one of these that the best hit does not name; see checkTerms
	undoes     bool          // it asks how to undo something, see asksToUndo
	lacking    []string      // codes that the best hit does not have, as they were typed; see checkTerms
	key        *queryTerm    // its most telling word or name that occurs somewhere; nil when it has none
}

// query prepares a question of somebody who may know these words.
func (g *generation) query(words *view, text string) *query {
	cleaned := strings.TrimSpace(analysis.Clean(text))
	script := analysis.QueryScript(cleaned, g.meta.Traditional)
	return g.foldedQuery(words, cleaned, analysis.Fold(cleaned, script))
}

// foldedQuery is query for a question that is folded already.
func (g *generation) foldedQuery(words *view, cleaned, folded string) *query {
	q := &query{
		words:   words,
		cleaned: cleaned,
		folded:  folded,
		text:    bm25{0.8, 0.5, words.averageText()},
		unit:    bm25{1, 0.75, words.averageUnit()},
	}
	q.compact = compact(q.folded)
	q.characters = utf8.RuneCountInString(q.compact)
	if q.characters >= 2 {
		q.letters = []byte(q.compact)
	}
	q.traits = traitsOf(q.compact)
	q.companies, q.undoes = words.companiesIn(q.folded), asksToUndo(q.compact)
	q.matcher = newMatcher(withoutGreeting(q.compact))
	all := analysis.Terms(nil, q.folded, g.words.analyzer.Segment(q.folded))
	for _, t := range all {
		if t.Kind == analysis.Char || t.Kind == analysis.Latin && !t.Part {
			q.signs++
		}
	}
	all = q.splitNames(all)
	q.length = len(all)
	slices.SortStableFunc(all, func(a, b analysis.Term) int { return cmp.Compare(a.Key, b.Key) })
	for i, t := range all {
		if i > 0 && t.Key == all[i-1].Key {
			last := &q.terms[len(q.terms)-1]
			last.count++
			last.code, last.part = last.code || t.Code, last.part && t.Part
			continue
		}
		term := queryTerm{key: t.Key, code: t.Code, part: t.Part, count: 1, text: analysis.Text(t, q.folded)}
		q.terms = append(q.terms, term)
	}
	q.known = newWanted(len(q.terms))
	pair, word := false, false // that say something; function words make pairs too (在吗, 怎么办)
	for i := range q.terms {
		t := &q.terms[i]
		var inText, inUnits uint32
		t.id, inText, inUnits, t.known = words.find(t.key)
		t.texts, t.units = inText > 0, inUnits > 0
		weight := float64(t.count) * float64(analysis.Weight(t.key))
		t.inText = weight * idf(words.Passages, int(inText))
		t.inUnit = weight * idf(words.Units, int(inUnits))
		tf := float64(t.count)
		q.selfText += q.text.score(t.inText, tf, float64(q.length))
		q.selfUnit += q.unit.score(t.inUnit, tf, float64(q.length))
		q.total += t.inText
		if t.known {
			q.known.add(t.id, t.inText, t.inUnit)
		}
		kind := t.key.Kind()
		q.telling = q.telling || kind == analysis.Latin && tellingName(t.text)
		pair = pair || kind == analysis.Bigram && analysis.Weight(t.key) == 1
		word = word || kind == analysis.Word && analysis.Weight(t.key) == 1
		if !t.known && q.isUnknown(t) {
			_, name, _ := strings.Cut(t.text, ":")
			q.unknown = append(q.unknown, name)
		}
	}
	q.telling = q.telling || pair && word
	for _, c := range q.companies {
		if c.ids == nil { // as a whole, not as it was cut: 飞书, not 飞 and 书
			q.unknown = slices.DeleteFunc(q.unknown, func(name string) bool { return strings.Contains(c.name, name) })
			q.unknown = append(q.unknown, c.name)
		}
	}
	slices.SortStableFunc(q.unknown, func(a, b string) int { return cmp.Compare(strings.Index(q.folded, a), strings.Index(q.folded, b)) })
	q.key = mostTelling(q.terms)
	return q
}

// isUnknown says whether a term that is none of the site's is a word, name or code that its articles do not hold. 关 may be
// nowhere a word of its own, as the segmenter cuts, and is still not unknown where 关闭 occurs.
func (q *query) isUnknown(t *queryTerm) bool {
	_, text, _ := strings.Cut(t.text, ":")
	switch t.key.Kind() {
	case analysis.Latin:
		return t.code || !t.part && tellingName(t.text)
	case analysis.Word:
		return analysis.Weight(t.key) == 1 && !q.words.writes(text)
	}
	return false
}

// tellingName says whether a Latin term of a question, as explain shows it, says something by itself: 5g and 404 do, the 1
// or b with which somebody chooses does not.
func tellingName(text string) bool {
	_, name, _ := strings.Cut(text, ":")
	const digits = "0123456789"
	return len(name) >= 3 || len(name) == 2 && strings.Trim(name, digits) != ""
}

// mostTelling is the word or name with the highest weight that occurs somewhere; nil when there is none. Words of one
// character are none: a site that writes 找 once does not make it what 保险公司后续服务找谁 is about.
func mostTelling(terms []queryTerm) (key *queryTerm) {
	best := 0.0
	for i := range terms {
		t := &terms[i]
		kind := t.key.Kind()
		if !t.known || kind != analysis.Word && kind != analysis.Latin || analysis.Weight(t.key) < 1 {
			continue
		}
		if _, word, _ := strings.Cut(t.text, ":"); kind == analysis.Word && utf8.RuneCountInString(word) < 2 {
			continue
		}
		if w := t.inText / float64(t.count); w > best {
			best, key = w, t
		}
	}
	return key
}

// maxEngineTerms bounds the work of an engine; longer questions are represented by their rarest terms.
const maxEngineTerms = 64

// engineQuery is the question as an engine sees it: the terms that decide, in the engine's rough formula what they are
// worth in ours.
func (q *query) engineQuery(filters [][]string, limit int) Query {
	e := Query{Filters: filters, Limit: limit}
	for _, t := range q.terms {
		kind := t.key.Kind()
		if !t.known || kind == analysis.Word { // pairs and characters stand for their words
			continue
		}
		if t.units && t.inUnit > 0 {
			e.Question = append(e.Question, WeightedTerm{t.key, float32(t.inUnit / q.selfUnit)})
		}
		if kind != analysis.Char && t.texts && t.inText > 0 {
			e.Text = append(e.Text, WeightedTerm{t.key, float32(textShare * t.inText / q.selfText)})
		}
	}
	e.Question, e.Text = heaviest(e.Question), heaviest(e.Text)
	return e
}

func heaviest(terms []WeightedTerm) []WeightedTerm {
	slices.SortStableFunc(terms, func(a, b WeightedTerm) int { return cmp.Compare(b.Weight, a.Weight) })
	return terms[:min(len(terms), maxEngineTerms)]
}

// A candidate is a passage being ranked.
type candidate struct {
	ordinal    uint32
	question   float64 // Q/Q*: the best wording
	text       float64 // D/D*
	coverage   float64 // share of the question's weight that the text holds
	first      float64 // S0
	similarity float64 // of the most similar wording; 0 when the second stage was not reached
	traits     int     // +1, 0, −1, −2: see traitWeight
	score      float64 // S
	confidence float64 // see assure
	unit       int     // the best wording
	exact      bool    // one of the wordings is the question
	contains   bool    // one of the wordings holds the whole question
	negative   bool    // the editor says that this passage must not get this question
	hasCodes   bool    // its text holds every code of the question; known of the best hits only
	other      bool    // the question is about a company that it does not name, or about undoing, of which it does not speak; known of the best hit only
	hasKey     bool    // its text holds query.key; known of the best hits only
	opposite   bool    // it is about the opposite of what was asked; known of the best hit only
	from       int     // where its wordings are among those of a ranking
}

// A ranking is the working memory of one call of rank.
type ranking struct {
	list     []candidate
	keys     []rankKey
	wordings []byte
}

// A rankKey is what candidates are sorted by: moving these is cheaper than moving candidates.
type rankKey struct {
	class   byte    // lower ones come first
	score   float64 // then higher ones
	ordinal uint32  // then lower ones
	at      int     // position of the candidate
}

func compareKeys(a, b rankKey) int {
	switch {
	case a.class != b.class:
		return int(a.class) - int(b.class)
	case a.score != b.score:
		return cmp.Compare(b.score, a.score)
	}
	return cmp.Compare(a.ordinal, b.ordinal)
}

// rank reads the vectors of the candidates and returns them best first.
func (g *generation) rank(ctx context.Context, q *query, ordinals []uint32) ([]candidate, error) {
	r := g.rankings.Get().(*ranking)
	defer g.rankings.Put(r)
	r.list, r.keys, r.wordings = slices.Grow(r.list[:0], len(ordinals))[:len(ordinals)], r.keys[:0], r.wordings[:0]
	err := g.reader.Vectors(ctx, ordinals, func(i int, b []byte) error {
		c := &r.list[i]
		*c = candidate{ordinal: ordinals[i]}
		rest, err := c.firstStage(q, b)
		c.from = len(r.wordings)
		r.wordings = append(r.wordings, rest...)
		r.keys = append(r.keys, rankKey{flag(!c.contains), c.first, c.ordinal, i})
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(r.keys, compareKeys)
	for _, k := range r.keys[:min(len(r.keys), refined)] {
		c := &r.list[k.at]
		if err := c.secondStage(q, r.wordings[c.from:]); err != nil {
			return nil, err
		}
	}
	for i := range r.keys {
		k := &r.keys[i]
		c := &r.list[k.at]
		c.score = (c.first + similarityWeight*max(0, c.similarity-similarityFloor) + traitWeight*float64(c.traits)) / scale
		k.class = flag(c.negative)<<2 | flag(!c.exact)<<1 | flag(!c.contains)
		k.score = c.score
	}
	slices.SortFunc(r.keys, compareKeys)
	list := make([]candidate, len(r.keys))
	for i, k := range r.keys {
		list[i] = r.list[k.at]
	}
	// A wording that holds the whole question comes first whatever the rest counts, so its score must not be less.
	for i := len(list) - 2; i >= 0; i-- {
		if !list[i+1].negative {
			list[i].score = max(list[i].score, list[i+1].score)
		}
	}
	return list, nil
}

// holding returns those of the passages of which a wording holds the whole question.
func (g *generation) holding(ctx context.Context, q *query, ordinals []uint32) ([]uint32, error) {
	var found []uint32
	err := g.reader.Vectors(ctx, ordinals, func(i int, b []byte) error {
		d := decoder{b: b}
		d.terms()
		for range int(d.uint()) {
			if bytes.Contains(d.bytes(), q.letters) {
				found = append(found, ordinals[i])
				break
			}
			d.byte()
			d.terms()
		}
		return d.err
	})
	return found, err
}

// firstStage reads Q and D from a vector. rest is the part of it that the second stage needs.
func (c *candidate) firstStage(q *query, b []byte) (rest []byte, err error) {
	d := decoder{b: b}
	var seen float64
	if q.selfText > 0 {
		c.text = d.score(q.known, q.known.inText, q.text, &seen) / q.selfText
	}
	if q.total > 0 {
		c.coverage = min(seen/q.total, 1)
	}
	rest = d.b
	units := int(d.uint())
	for i := range units {
		wording := d.bytes()
		d.byte()
		score := d.score(q.known, q.known.inUnit, q.unit, nil)
		if q.selfUnit > 0 {
			score /= q.selfUnit
		}
		if score > c.question {
			c.question, c.unit = score, i
		}
		if len(q.letters) > 0 && len(wording) >= len(q.letters) && bytes.Contains(wording, q.letters) {
			c.contains = true
			c.exact = c.exact || len(wording) == len(q.letters)
		}
	}
	c.first = (c.question + textShare*c.text) / (1 + textShare)
	return rest, d.err
}

// secondStage compares the wordings, which is what firstStage left of the vector, with the question, character by
// character.
func (c *candidate) secondStage(q *query, wordings []byte) error {
	d := decoder{b: wordings}
	units := int(d.uint())
	var best traits
	for i := range units {
		wording, kind := d.bytes(), traits(d.byte())
		d.terms()
		if s := q.matcher.similarity(wording); s > c.similarity {
			c.similarity, c.unit, best = s, i, kind
		}
	}
	if a, b := q.traits.intent(), best.intent(); a != 0 && b != 0 {
		if a == b {
			c.traits++
		} else {
			c.traits--
		}
	}
	if q.traits&negated != best&negated {
		c.traits--
	}
	negatives := int(d.uint())
	for range negatives {
		if s := q.matcher.similarity(d.bytes()); s >= negativeSimilarity && s > c.similarity {
			c.negative = true
		}
	}
	return d.err
}

// wordingOf is the n-th wording of a vector.
func wordingOf(vector []byte, n int) string {
	d := decoder{b: vector}
	d.terms()
	for range min(int(d.uint()), n) {
		d.bytes()
		d.byte()
		d.terms()
	}
	return d.string()
}

// negativeSimilarity is how like a negative a question must be, and more like it than like the passage's own questions.
const negativeSimilarity = 0.9
