package index

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"jieda/content"
)

const (
	defaultLimit = 10
	// shortQuery: a question of so few characters may be held by wordings that an engine does not bring among the first
	// (of "的域名" it cannot know that the three stand together): the whole pool is looked through for them.
	shortQuery = 6
	// pool is how many passages an engine brings: those that can be reached by paging.
	pool = 160
	// weakShare: hits that score less than this share of the best one are left out; they share only common words.
	weakShare = 0.25
)

// Search finds the best passage of each article. Errors: ErrNotReady, and whatever ends ctx.
func (x *Index) Search(ctx context.Context, r Request) (*Response, error) {
	g, err := x.acquire()
	if err != nil {
		return nil, err
	}
	defer g.release(x.log)
	return g.search(ctx, r)
}

func (g *generation) search(ctx context.Context, r Request) (*Response, error) {
	resp, _, err := g.searchRanked(ctx, r)
	return resp, err
}

// searchRanked is search that also returns all hits, best first.
func (g *generation) searchRanked(ctx context.Context, r Request) (*Response, []candidate, error) {
	typed := g.query(g.meta.view(r.Audiences, r.now()), r.Query)
	asked := g.ask(ctx, typed, &r)
	defer asked.stop()
	q, ranked, rescued, err := g.findOrRescue(ctx, typed, &r)
	if err != nil {
		return nil, nil, fmt.Errorf("searching: %w", err)
	}
	resp, shown, err := g.respond(ctx, q, ranked, asked.unless(rescued), &r)
	if err != nil {
		return nil, nil, err
	}
	rescued.label(resp)
	return resp, shown, nil
}

// find returns the passages that match, best first, one an article.
func (g *generation) find(ctx context.Context, q *query, r *Request) ([]candidate, error) {
	if r.Limit <= 0 {
		r.Limit = defaultLimit
	}
	r.Now = r.now()
	only, err := g.where(ctx, r)
	if err != nil {
		return nil, err
	}
	wanted := q.engineQuery(r.filters(q.words), pool)
	wanted.Only = only
	found, err := g.reader.Find(ctx, wanted)
	if err != nil {
		return nil, err
	}
	first, rest := found, []uint32(nil)
	if len(first) > candidates {
		first, rest = first[:candidates:candidates], first[candidates:]
		if q.characters >= 2 && q.characters <= shortQuery {
			holding, err := g.holding(ctx, q, rest)
			if err != nil {
				return nil, err
			}
			first = append(first, holding...)
		}
	}
	list, err := g.rank(ctx, q, first)
	if err != nil {
		return nil, err
	}
	var seen articleSet
	kept, weak := g.onePerArticle(list, r, &seen)
	if !weak && len(rest) > 0 {
		if kept, err = g.appendRest(ctx, q, kept, rest, r, &seen); err != nil {
			return nil, err
		}
	}
	assure(kept, q.signs)
	return kept, nil
}

// appendRest appends the articles of the passages beyond the first candidates. They are ranked among themselves, and
// only for a page that shows them: that way the total and the order are the same on every page. seen holds the articles
// of those that were kept.
func (g *generation) appendRest(ctx context.Context, q *query, kept []candidate, ordinals []uint32, r *Request, seen *articleSet) ([]candidate, error) {
	kept = slices.Grow(kept, len(ordinals))
	now := r.Now.Unix()
	add := func(c candidate) {
		article := g.meta.articleOf[c.ordinal]
		if seen.has(article) || g.meta.rows[article].validFrom > now || g.meta.elsewhere(article, r.Channel) {
			return
		}
		seen.add(article)
		if len(kept) > 0 {
			c.score = min(c.score, kept[len(kept)-1].score)
		}
		kept = append(kept, c)
	}
	if r.Offset+r.Limit <= len(kept) && g.semantic == nil { // fusion goes by all ranks
		for _, ordinal := range ordinals {
			add(candidate{ordinal: ordinal})
		}
		return kept, nil
	}
	ranked, err := g.rank(ctx, q, ordinals)
	if err != nil {
		return nil, err
	}
	for _, c := range ranked {
		add(c)
	}
	return kept, nil
}

// filters are the labels a document must have for this request.
func (r *Request) filters(words *view) [][]string {
	groups := [][]string{words.labels}
	if r.Category != "" {
		groups = append(groups, []string{labelCategory + r.Category})
	}
	if r.Kind != "" {
		groups = append(groups, []string{labelKind + string(r.Kind)})
	}
	if r.Lang != "" {
		groups = append(groups, []string{labelLang + r.Lang})
	}
	for _, t := range r.Tags {
		groups = append(groups, []string{labelTag + t})
	}
	return groups
}

// onePerArticle keeps the best passage of each article and drops what must not be shown for this question (negatives,
// articles that are not valid yet or meant for another channel) and what is too weak; weak says whether there was any of that.
// The articles that were kept are added to seen.
func (g *generation) onePerArticle(list []candidate, r *Request, seen *articleSet) (kept []candidate, weak bool) {
	kept = list[:0]
	now := r.Now.Unix()
	for i := range list {
		c := &list[i]
		article := g.meta.articleOf[c.ordinal]
		if c.negative || seen.has(article) || g.meta.rows[article].validFrom > now || g.meta.elsewhere(article, r.Channel) {
			continue
		}
		if len(kept) > 0 && !c.contains && c.score < weakShare*kept[0].score {
			weak = true
			continue
		}
		seen.add(article)
		kept = append(kept, *c)
	}
	return kept, weak
}

// An articleSet holds the articles of one search's candidates, fewer than there are slots: a hash table with open
// addressing. Zero means a free slot, so it holds positions plus 1.
type articleSet [2 * pool]uint32

// slot is where an article is, or would be.
func (s *articleSet) slot(article uint32) *uint32 {
	at := article % uint32(len(s))
	for s[at] != 0 && s[at] != article+1 {
		if at++; at == uint32(len(s)) {
			at = 0
		}
	}
	return &s[at]
}

func (s *articleSet) has(article uint32) bool { return *s.slot(article) != 0 }
func (s *articleSet) add(article uint32)      { *s.slot(article) = article + 1 }

// respond decides, counts, and loads the page of hits that was asked for. It also returns all hits in the order in which
// they are shown: with meaning searched too, it is not that of ranked.
func (g *generation) respond(ctx context.Context, q *query, ranked []candidate, a *asked, r *Request) (*Response, []candidate, error) {
	resp := &Response{
		Query: q.cleaned, Generation: g.name, Total: len(ranked), Hits: []Hit{}, Categories: []Count{}, Kinds: []Count{},
	}
	valid, rivals := false, ranked
	if len(ranked) > 0 {
		valid = g.meta.rows[g.meta.articleOf[ranked[0].ordinal]].valid(r.Now)
		err := g.checkTerms(ctx, q, ranked[:min(len(ranked), maxRivals)])
		if err == nil {
			rivals, err = g.withoutTwins(ctx, ranked)
		}
		over := func(c candidate) bool { return g.expired(c, r.Now) }
		if valid && slices.ContainsFunc(rivals, over) { // what is over is no rival of what holds now
			rivals = slices.DeleteFunc(slices.Clone(rivals), over)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("reading the best hits: %w", err)
		}
	}
	resp.Decision, resp.Reasons = g.gates.decide(q, rivals, valid)
	resp.Reasons.Rivals = max(len(rivals)-1, 0)
	if resp.Reasons.Unknown == nil {
		resp.Reasons.Unknown = []string{}
	}
	ranked, err := g.mix(ctx, a, q, ranked, r, resp)
	if err != nil {
		return nil, nil, err
	}
	resp.Decision = g.offerable(resp.Decision, ranked, r.Now)
	g.facets(resp, ranked)
	page := ranked[min(r.Offset, len(ranked)):]
	page = page[:min(r.Limit, len(page))]
	resp.Hits = make([]Hit, 0, len(page))
	ids := make([]uint32, len(page))
	for i, c := range page {
		ids[i] = c.ordinal
	}
	marker := newMarker(q)
	err = g.reader.Stored(ctx, ids, func(i int, b []byte) error {
		record, err := readPassage(b)
		if err != nil {
			return err
		}
		h := g.hit(record, page[i], marker, r.Full)
		h.Expired = g.expired(page[i], r.Now)
		resp.Hits = append(resp.Hits, h)
		return nil
	})
	if err == nil && r.Full {
		err = g.complete(ctx, resp.Hits, ids)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("reading hits: %w", err)
	}
	return resp, ranked, nil
}

func (g *generation) expired(c candidate, now time.Time) bool {
	return !g.meta.rows[g.meta.articleOf[c.ordinal]].valid(now)
}

// offerable takes back a decision for which too few hits are left when those are not offered whose articles have expired.
func (g *generation) offerable(d Decision, hits []candidate, now time.Time) Decision {
	if d == None {
		return d
	}
	left := 0
	for _, c := range hits {
		if !g.expired(c, now) {
			left++
		}
		if left == minChoices {
			return d
		}
	}
	switch {
	case left == 0:
		return None
	case d == Choose:
		return Suggest
	}
	return d
}

// maxRivals is how many of the best hits a decision looks at.
const maxRivals = 4

// checkTerms finds out which of the best hits hold the question's codes and its most telling term.
func (g *generation) checkTerms(ctx context.Context, q *query, best []candidate) error {
	ids := make([]uint32, len(best))
	for i, c := range best {
		ids[i] = c.ordinal
	}
	var missing []codeTerm // that the best hit does not have as they are spelled
	err := g.reader.Vectors(ctx, ids, func(i int, b []byte) error {
		best[i].hasKey = q.key == nil || (&decoder{b: b}).holds(q.key.id)
		if i == 0 {
			wording := wordingOf(b, best[0].unit)
			if at := slices.IndexFunc(q.companies, func(c companyName) bool { return !c.heldBy(b) }); at >= 0 {
				q.stranger = q.companies[at].name
			}
			best[0].other = q.stranger != "" || q.undoes && !q.words.undoneBy(b)
			best[0].opposite = Opposite(q.compact, wording) || denied(q.compact, wording)
			for _, code := range q.codes {
				if code.letters > 0 && best[0].confidence < g.gates.SuggestFrom {
					continue // where nothing is found, a number behind a name is no reason to show it
				}
				if id, _, _, known := q.words.find(code.key); !known || !(&decoder{b: b}).holds(id) {
					missing = append(missing, code)
				}
			}
		}
		return nil
	})
	best[0].hasCodes = true
	if err != nil || len(missing) == 0 {
		return err
	}
	return g.checkCodes(ctx, q, best, ids, missing)
}

func (g *generation) hit(record *passageRecord, c candidate, marker *marker, full bool) Hit {
	row := &g.meta.rows[g.meta.articleOf[c.ordinal]]
	h := Hit{
		ArticleID: record.articleID, PassageID: record.id, Anchor: record.anchor, Kind: row.kind(), Title: record.title,
		Question: record.question(), MatchedQuestion: record.question(), Headings: record.headings,
		Category: g.meta.Categories[row.category], Lang: g.meta.Langs[row.lang], Confidence: c.confidence,
		Updated: record.updatedTime(), Highlights: [][2]int{},
	}
	if c.unit < len(record.wordings) {
		h.MatchedQuestion = record.wordings[c.unit]
	}
	if row.validTill != 0 {
		h.ValidUntil = time.Unix(row.validTill, 0)
	}
	if full {
		h.Text = record.text
		return h
	}
	h.Snippet, h.Highlights = marker.snippet(record.text, record.traditional)
	return h
}

// complete adds what only the articles' own records have.
func (g *generation) complete(ctx context.Context, hits []Hit, ids []uint32) error {
	articles := make([]uint32, len(ids))
	for i, id := range ids {
		articles[i] = uint32(g.meta.Passages) + g.meta.articleOf[id]
	}
	return g.reader.Stored(ctx, articles, func(i int, b []byte) error {
		a, err := readArticle(b)
		if err != nil {
			return err
		}
		hits[i].Related, hits[i].Path = a.Related, a.Path
		passage := &a.Passages[ids[i]-g.meta.rows[g.meta.articleOf[ids[i]]].first]
		hits[i].Markdown = content.WithDefinitions(a.Body, passage.Markdown)
		return nil
	})
}

// facets counts categories (with those above them) and kinds of the matching articles.
func (g *generation) facets(resp *Response, ranked []candidate) {
	categories, kinds := map[string]int{}, map[string]int{}
	for _, c := range ranked {
		row := &g.meta.rows[g.meta.articleOf[c.ordinal]]
		kinds[string(row.kind())]++
		for _, category := range ancestors(g.meta.Categories[row.category]) {
			categories[category]++
		}
	}
	resp.Categories, resp.Kinds = counts(categories), counts(kinds)
}

func counts(m map[string]int) []Count {
	list := make([]Count, 0, len(m))
	for v, n := range m {
		list = append(list, Count{v, n})
	}
	slices.SortFunc(list, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
	})
	return list
}
