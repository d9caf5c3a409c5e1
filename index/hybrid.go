package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"jieda/index/semantic"
)

// Hybrid search: while words are being looked up, the endpoint is asked for the vector of the question. If it comes in
// time, the articles nearest to it are fused with those found by words; if not, the result is what words alone give.
const (
	// fusionK is the constant of reciprocal rank fusion: an article is worth the sum of 1/(fusionK + rank) over the lists
	// that it is in. Cormack, Clarke and Büttcher (2009), "Reciprocal rank fusion outperforms Condorcet and individual
	// rank learning methods".
	fusionK = 60
	// nearArticles is how many articles the list by meaning has. All of them are ranked by words too, in one go, so it
	// must not exceed refined: negatives would not be seen.
	nearArticles = refined
	// nearFloor: what is less close is not in the list by meaning, so that a question about nothing here does not shuffle
	// what words found. It is the same on every site: gates decide what may be done with hits, never which they are.
	nearFloor = 0.2
)

// HybridGates are the edges of the decision when words and meaning are searched. A site can fit its own with "jieda eval
// --fit" while the semantic layer is on.
type HybridGates struct {
	// SuggestFrom and ChooseFrom: from this closeness on a hit that words alone would not have offered is shown as a link
	// and offered to choose. Closeness is the cosine on a scale where 0 is what the question has in common with any
	// passage and 1 the same meaning, because the cosines of one model begin at 0 and those of another at 0.7.
	SuggestFrom, ChooseFrom float64
	// AnswerFrom: from this likelihood on, see hybridLikelihood, the best hit is said aloud. From 1 on, it is not used:
	// then only what words alone would answer is answered, and only if meaning puts the same article first.
	AnswerFrom float64
}

// DefaultHybridGates returns gates that are safe with any model: meaning alone never answers.
func DefaultHybridGates() HybridGates {
	return HybridGates{SuggestFrom: 0.45, ChooseFrom: 0.60, AnswerFrom: 1}
}

func (gates HybridGates) fitted() bool { return gates.AnswerFrom < 1 }

// incomplete is the reason of a fallback when too few passages have vectors.
const incomplete = "incomplete"

// Asked is a question that is being searched by meaning while it is searched by words. It is nil when it is not.
type asked struct {
	ctx    context.Context
	cancel context.CancelFunc
	result chan nearest // of capacity 1

	// What became of it, for Explain.
	fallback string // why words alone decide; "" when they do not
	usual    float64
	mixed    []mixedHit
}

// Nearest are the articles that mean the most similar thing, nearest first, by their nearest passage.
type nearest struct {
	passages []semantic.Neighbour // Row is the ordinal
	usual    float64              // cosine with any passage
	err      error
}

// closeness: see HybridGates.
func (n *nearest) closeness(cosine float64) float64 {
	return min(max((cosine-n.usual)/max(1-n.usual, 1e-9), 0), 1)
}

// ask begins to search by meaning. It returns nil when that is off. The caller cancels what is not nil.
func (g *generation) ask(ctx context.Context, q *query, r *Request) *asked {
	if g.semantic == nil || r.WordsOnly || q.compact == "" {
		return nil
	}
	e := g.semantic.embedder
	a := &asked{result: make(chan nearest, 1)}
	a.ctx, a.cancel = context.WithTimeout(ctx, e.Timeout())
	m := g.meanings.Load()
	if m == nil {
		a.result <- nearest{err: &semantic.Error{Reason: incomplete, Err: errors.New("not all passages have vectors yet")}}
		return a
	}
	wanted := *r
	if wanted.Now.IsZero() {
		wanted.Now = time.Now()
	}
	go func() {
		n := nearest{}
		var vector semantic.Question
		// A customer who leaves at the deadline must not hide from the embedder that the endpoint was late.
		if vector, n.err = e.Question(context.WithoutCancel(ctx), q.cleaned); n.err == nil {
			n.err = g.nearest(a.ctx, m, vector, &wanted, &n)
		}
		a.result <- n
	}()
	return a
}

// nearest fills n with the nearest articles that the request may see.
func (g *generation) nearest(ctx context.Context, m *meanings, q semantic.Question, r *Request, n *nearest) error {
	allowed, err := g.allowed(ctx, r)
	if err != nil {
		return err
	}
	found, err := semantic.Nearest(ctx, q, m.vectors, pool, func(row int) bool { return allowed[g.meta.articleOf[row]] })
	if err != nil {
		return err
	}
	for _, v := range m.sample {
		n.usual += q.Cosine(v) / float64(len(m.sample))
	}
	seen := map[uint32]bool{}
	for _, f := range found {
		article := g.meta.articleOf[f.Row]
		if !seen[article] && len(n.passages) < nearArticles && n.closeness(f.Cosine) >= nearFloor {
			seen[article] = true
			n.passages = append(n.passages, f)
		}
	}
	return nil
}

// allowed says of each article whether it may be found by the request: what filters, Where, channel and dates of validity
// say for the search by words.
func (g *generation) allowed(ctx context.Context, r *Request) ([]bool, error) {
	only, err := g.where(ctx, r)
	if err != nil {
		return nil, err
	}
	allowed := make([]bool, len(g.meta.rows))
	for _, p := range only {
		allowed[g.meta.articleOf[p]] = true
	}
	var facts []Facts
	if len(r.Tags) > 0 {
		if facts, err = g.facts.get(ctx, g); err != nil {
			return nil, err
		}
	}
	for i := range g.meta.rows {
		row := &g.meta.rows[i]
		category := g.meta.Categories[row.category]
		allowed[i] = (only == nil || allowed[i]) && !row.hidden && !g.meta.elsewhere(uint32(i), r.Channel) && g.visible(row, r.Audiences, r.Now) &&
			(r.Category == "" || slices.Contains(ancestors(category), r.Category)) &&
			(r.Kind == "" || r.Kind == row.kind()) && (r.Lang == "" || r.Lang == g.meta.Langs[row.lang])
		for _, tag := range r.Tags {
			allowed[i] = allowed[i] && slices.Contains(facts[i].Tags, tag)
		}
	}
	return allowed, nil
}

// stop ends what nobody waits for any more.
func (a *asked) stop() {
	if a != nil {
		a.cancel()
	}
}

// unless is nil when another question than the one that was asked is shown; the same in other words is no other.
func (a *asked) unless(r *rescue) *asked {
	if a == nil || r == nil || r.Reason == paraphrased {
		return a
	}
	a.fallback = "rescued"
	return nil
}

// wait returns what was found by meaning, or why nothing was.
func (a *asked) wait() (*nearest, string) {
	var n nearest
	select {
	case n = <-a.result:
	case <-a.ctx.Done():
		select { // both may have happened while words were looked up
		case n = <-a.result:
		default:
			n.err = a.ctx.Err()
		}
	}
	var failed *semantic.Error
	switch {
	case n.err == nil:
		return &n, ""
	case errors.As(n.err, &failed):
		return nil, failed.Reason
	case errors.Is(n.err, context.DeadlineExceeded):
		return nil, semantic.Timeout
	case errors.Is(n.err, context.Canceled):
		return nil, "cancelled"
	}
	return nil, "error"
}

// A mixedHit is a candidate with what both searches say.
type mixedHit struct {
	candidate
	byWords, byMeaning int // ranks from 1, 0 when it is not in that list
	cosine, closeness  float64
	fused              float64 // by reciprocal rank
}

// evidence is the better of what words and meaning say, for a question of so many signs; it becomes the confidence of a
// hit.
func (h *mixedHit) evidence(length int) float64 {
	return max(h.candidate.sureness(length), min(h.closeness, 0.99))
}

// Both is the mean of both, each 0–1: a convex combination of normalised scores, which Bruch, Gai and Ingber (2023), "An
// analysis of fusion functions for hybrid retrieval", find to separate better than ranks.
func (h *mixedHit) both() float64 { return (min(max(h.score, 0), 1) + h.closeness) / 2 }

// hybridLikelihood orders results as likelihood does, with words and meaning for the score. It is no probability; only
// a site that has fitted HybridGates.AnswerFrom answers by it.
func hybridLikelihood(q *query, hits []mixedHit) float64 {
	lead := hits[0].both()
	if len(hits) > 1 {
		lead = max(0, lead-hits[1].both())
	}
	return likelihood(hits[0].both(), lead, q.signs)
}

// mix fuses the hits by words with those by meaning, when these came in time, and decides anew. It returns the hits in
// the order in which they are shown; without meaning, they and the response stay as they are.
func (g *generation) mix(ctx context.Context, a *asked, q *query, hits []candidate, r *Request, resp *Response) ([]candidate, error) {
	if a == nil {
		return hits, nil
	}
	n, reason := a.wait()
	g.semantic.count(reason)
	a.fallback = reason
	if n == nil {
		return hits, nil
	}
	mixed, err := g.fuse(ctx, q, hits, n)
	if err != nil || len(mixed) == 0 {
		return hits, err
	}
	if err := g.decideMixed(ctx, q, hits, mixed, r, resp); err != nil {
		return nil, err
	}
	a.mixed, a.usual = mixed, n.usual
	shown := make([]candidate, len(mixed))
	last := 1.0
	for i := range mixed {
		shown[i] = mixed[i].candidate
		// Confidence follows the order that is shown: callers cut lists by it.
		last = min(last, mixed[i].evidence(q.signs))
		shown[i].score, shown[i].confidence = last, last
	}
	resp.Reasons.Confidence = shown[0].confidence
	resp.Reasons.Margin = margin(shown)
	resp.Total = len(shown)
	return shown, nil
}

// fuse returns the hits of both lists, one an article. What words guarantee stays: a wording that is or holds the whole
// question goes first, and what an editor has excluded for this question is not brought back.
func (g *generation) fuse(ctx context.Context, q *query, hits []candidate, n *nearest) ([]mixedHit, error) {
	mixed := make([]mixedHit, len(hits), len(hits)+len(n.passages))
	at := make(map[uint32]int, len(hits)) // position in mixed, by article
	for i, c := range hits {
		mixed[i] = mixedHit{candidate: c, byWords: i + 1}
		at[g.meta.articleOf[c.ordinal]] = i
	}
	// Passages that words did not bring, or not as the best of their article, are ranked by words now.
	var fresh []uint32
	for rank, p := range n.passages {
		i, known := at[g.meta.articleOf[p.Row]]
		if known && mixed[i].ordinal == uint32(p.Row) {
			continue
		}
		if known && (mixed[i].contains || rank+1 >= mixed[i].byWords) {
			continue
		}
		fresh = append(fresh, uint32(p.Row))
	}
	ranked, err := g.rank(ctx, q, fresh)
	if err != nil {
		return nil, fmt.Errorf("ranking what is near in meaning: %w", err)
	}
	byOrdinal := make(map[uint32]candidate, len(ranked))
	for _, c := range ranked {
		byOrdinal[c.ordinal] = c
	}
	for rank, p := range n.passages {
		article := g.meta.articleOf[p.Row]
		i, known := at[article]
		c, isFresh := byOrdinal[uint32(p.Row)]
		switch {
		case isFresh && c.negative:
			continue
		case isFresh && !known:
			i = len(mixed)
			mixed = append(mixed, mixedHit{candidate: c})
			at[article] = i
		case isFresh:
			c.score = max(c.score, mixed[i].score) // the article is not worse for having another passage
			mixed[i].candidate = c
		case !known:
			continue
		}
		mixed[i].byMeaning, mixed[i].cosine, mixed[i].closeness = rank+1, p.Cosine, n.closeness(p.Cosine)
	}
	for i := range mixed {
		for _, rank := range []int{mixed[i].byWords, mixed[i].byMeaning} {
			if rank > 0 {
				mixed[i].fused += 1 / float64(fusionK+rank)
			}
		}
	}
	slices.SortStableFunc(mixed, func(a, b mixedHit) int {
		if a.contains || b.contains {
			if a.contains && b.contains {
				return cmp.Compare(wordRank(a), wordRank(b))
			}
			return int(flag(b.contains)) - int(flag(a.contains))
		}
		return cmp.Or(cmp.Compare(b.fused, a.fused), cmp.Compare(b.evidence(q.signs), a.evidence(q.signs)), cmp.Compare(a.ordinal, b.ordinal))
	})
	return mixed, nil
}

// wordRank puts what words did not bring last.
func wordRank(h mixedHit) int {
	if h.byWords == 0 {
		return math.MaxInt
	}
	return h.byWords
}

// decideMixed changes the decision that words alone led to.
func (g *generation) decideMixed(ctx context.Context, q *query, hits []candidate, mixed []mixedHit, r *Request, resp *Response) error {
	// What the rules say that no gate can overrule: codes, dates, opposites, key words. With gates that let everything
	// through, they are all that can hold back an answer.
	top := make([]candidate, len(mixed))
	for i := range mixed {
		top[i] = mixed[i].candidate
		top[i].confidence = top[i].sureness(q.signs)
	}
	if err := g.checkTerms(ctx, q, top[:min(len(top), maxRivals)]); err != nil {
		return fmt.Errorf("reading the best hits: %w", err)
	}
	best := &mixed[0]
	valid := g.meta.rows[g.meta.articleOf[best.ordinal]].valid(r.Now)
	ruled, reasons := Gates{AnswerFrom: math.SmallestNonzeroFloat64}.decide(q, top, valid)
	words, why := resp.Decision, resp.Reasons.Why
	same := len(hits) > 0 && g.meta.articleOf[hits[0].ordinal] == g.meta.articleOf[best.ordinal]

	resp.Reasons.Coverage, resp.Reasons.Exact, resp.Reasons.Closeness = rounded(best.coverage), best.exact, rounded(best.closeness)
	if q.unknown != nil {
		resp.Reasons.Unknown = q.unknown
	}
	fitted := g.semantic.gates.fitted()
	if fitted {
		resp.Reasons.Likelihood = hybridLikelihood(q, mixed)
	}
	decide := func(d Decision, why string) { resp.Decision, resp.Reasons.Why = d, why }
	switch {
	case reasons.Why == "unknown_code", why == "unknown_code":
		decide(Suggest, "unknown_code")
	case reasons.Why == "exact", reasons.Why == "expired":
		decide(ruled, reasons.Why)
	case fitted && ruled == Answer && resp.Reasons.Likelihood >= g.semantic.gates.AnswerFrom:
		decide(Answer, "clear")
	case !fitted && words == Answer && same && ruled == Answer: // as it is
	case words == Answer || words == Choose:
		decide(Choose, "close")
	case best.closeness >= g.semantic.gates.ChooseFrom:
		decide(Choose, "meaning")
	case words == None && best.closeness >= g.semantic.gates.SuggestFrom:
		decide(Suggest, "meaning")
	}
	return nil
}
