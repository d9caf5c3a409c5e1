package quality

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"jieda/content"
	"jieda/index"
)

// LeftOut is the kind of questions whose articles were left out of the knowledge base on purpose.
const LeftOut = "left"

// A Gap is a knowledge base without some of its articles, and the questions that they would have answered: those are
// unanswerable there, of kind LeftOut. Nothing is nearer to a site's own field, so this is the hardest test of saying
// nothing, and the only one that needs no questions but those that have an answer.
type Gap struct {
	Without   map[string]bool // ids of articles
	Questions []Question
}

// Gaps chooses at most n answerable questions, spread evenly over them, and deals them to as few gaps as may be. A gap lacks
// at most a tenth of the knowledge base, one article where that is less, so that what remains is still the same sort of
// place; questions that follow each other, which are often about the same, come into different gaps, so that the neighbours of
// what is missing remain. A question that more articles answer than a gap may lack is passed over. The same questions lead to
// the same gaps.
func Gaps(questions []Question, articles, n int) []Gap {
	var answerable []*Question
	for i := range questions {
		if questions[i].Answerable() {
			answerable = append(answerable, &questions[i])
		}
	}
	n = min(n, len(answerable))
	most := max(articles/10, 1)
	all := map[string]bool{}
	var chosen []*Question
	for i := range n {
		q := answerable[i*len(answerable)/n]
		if own := q.articles(); len(own) <= most && len(own) < articles {
			chosen = append(chosen, q)
			maps.Copy(all, own)
		}
	}
	gaps := make([]Gap, (len(all)+most-1)/most)
	for i := range gaps {
		gaps[i].Without = map[string]bool{}
	}
	for i, q := range chosen {
		own, at := q.articles(), 0
		for at < len(gaps) && gaps[(i+at)%len(gaps)].with(own) > most {
			at++
		}
		if at == len(gaps) {
			gaps = append(gaps, Gap{Without: map[string]bool{}})
		} else {
			at = (i + at) % len(gaps)
		}
		maps.Copy(gaps[at].Without, own)
		gaps[at].Questions = append(gaps[at].Questions, Question{ID: leftOutID(q), Text: q.Text, Kind: LeftOut, Place: q.Place})
	}
	return slices.DeleteFunc(gaps, func(g Gap) bool { return len(g.Questions) == 0 })
}

// leftOutID names the question that is asked without its articles.
func leftOutID(q *Question) string { return LeftOut + ":" + q.ID }

// articles are the ids of those that answer the question.
func (q *Question) articles() map[string]bool {
	ids := map[string]bool{}
	for _, t := range q.Expected {
		ids[t.Article] = true
	}
	return ids
}

// with is how many articles the gap would lack if it lacked these too.
func (g *Gap) with(articles map[string]bool) int {
	n := len(g.Without)
	for id := range articles {
		if !g.Without[id] {
			n++
		}
	}
	return n
}

// RunGaps asks the questions of the gaps, each in an index of the library without what the gap lacks, and returns the
// outcomes in the same order. x is not the index of a site: it is built anew for every gap.
func RunGaps(ctx context.Context, x *index.Index, library *content.Library, gaps []Gap, now time.Time) ([]Outcome, error) {
	var outcomes []Outcome
	for i, gap := range gaps {
		rest := *library
		rest.Articles = slices.DeleteFunc(slices.Clone(library.Articles), func(a content.Article) bool { return gap.Without[a.ID] })
		rest.Hash = fmt.Sprintf("%s, gap %d", library.Hash, i)
		if err := x.Build(ctx, &rest, nil); err != nil {
			return nil, fmt.Errorf("building the index without %d articles: %w", len(gap.Without), err)
		}
		more, err := Run(ctx, x, gap.Questions, now)
		if err != nil {
			return nil, err
		}
		outcomes = append(outcomes, more...)
	}
	return outcomes, nil
}
