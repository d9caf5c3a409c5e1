package index

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"jieda/content"
)

// Article returns one article with all its passages. It may be called by its ID, its path below the content folder or
// an alias (an old URL path). Errors: ErrNotFound, also for one that the audiences may not see, or not yet; ErrNotReady.
func (x *Index) Article(ctx context.Context, called string, audiences []string) (*content.Article, error) {
	g, err := x.acquire()
	if err != nil {
		return nil, err
	}
	defer g.release(x.log)
	a, _, err := g.lookup(ctx, called, audiences)
	return a, err
}

// lookup returns an article and its position in rows.
func (g *generation) lookup(ctx context.Context, called string, audiences []string) (found *content.Article, row uint32, err error) {
	// An ID goes before a path, a path before an alias.
	rank := 3
	for _, at := range g.meta.called(called) {
		if !g.visible(&g.meta.rows[at], audiences, time.Now()) {
			continue
		}
		a, err := g.article(ctx, at)
		if err != nil {
			return nil, 0, err
		}
		switch {
		case a.ID == called:
			found, row, rank = a, at, 0
		case a.Path == called && rank > 1:
			found, row, rank = a, at, 1
		case slices.Contains(a.Aliases, called) && rank > 2:
			found, row, rank = a, at, 2
		}
	}
	if found == nil {
		return nil, 0, fmt.Errorf("%w: %q", ErrNotFound, called)
	}
	return found, row, nil
}

// Shows says whether a file of the content folder, by its path, may be served to these audiences: whether an article that
// they may open shows it or links to it. What no article uses is shown to nobody: it may belong to a draft. Errors:
// ErrNotReady.
func (x *Index) Shows(file string, audiences []string) (bool, error) {
	g, err := x.acquire()
	if err != nil {
		return false, err
	}
	defer g.release(x.log)
	for _, at := range g.meta.using(file) {
		if g.visible(&g.meta.rows[at], audiences, time.Now()) {
			return true, nil
		}
	}
	return false, nil
}

// article reads an article and the texts of its passages.
func (g *generation) article(ctx context.Context, at uint32) (a *content.Article, err error) {
	err = g.reader.Stored(ctx, []uint32{uint32(g.meta.Passages) + at}, func(_ int, b []byte) error {
		a, err = readArticle(b)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading an article: %w", err)
	}
	ids := make([]uint32, len(a.Passages))
	for i := range ids {
		ids[i] = g.meta.rows[at].first + uint32(i)
	}
	err = g.reader.Stored(ctx, ids, func(i int, b []byte) error {
		record, err := readPassage(b)
		if err == nil {
			a.Passages[i].Text = record.text
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading an article's passages: %w", err)
	}
	return a, nil
}

// visible says whether these audiences may open an article: it is for one of them, and valid by now. What is not valid
// any more stays, because links lead to it.
func (g *generation) visible(row *articleRow, audiences []string, now time.Time) bool {
	if row.validFrom > now.Unix() {
		return false
	}
	for _, a := range g.meta.Audiences[row.audience] {
		if a == content.Public || slices.Contains(audiences, a) {
			return true
		}
	}
	return false
}

// listed are the articles that stand in lists for these audiences now: neither hidden nor outside their dates.
func (g *generation) listed(audiences []string, now time.Time) func(yield func(at int, row *articleRow) bool) {
	return func(yield func(int, *articleRow) bool) {
		for at := range g.meta.rows {
			row := &g.meta.rows[at]
			if !row.hidden && row.valid(now) && g.visible(row, audiences, now) && !yield(at, row) {
				return
			}
		}
	}
}

// Articles returns a page of the articles, in the order that ListRequest says, and how many there are in all.
func (x *Index) Articles(ctx context.Context, r ListRequest) ([]Info, int, error) {
	g, err := x.acquire()
	if err != nil {
		return nil, 0, err
	}
	defer g.release(x.log)
	if r.Limit <= 0 {
		r.Limit = 50
	}
	if r.Now.IsZero() {
		r.Now = time.Now()
	}
	var found []int
	for at, row := range g.listed(r.Audiences, r.Now) {
		category := g.meta.Categories[row.category]
		if (r.Category == "" || category == r.Category || strings.HasPrefix(category, r.Category+"/")) &&
			(r.Kind == "" || r.Kind == row.kind()) && (r.Lang == "" || r.Lang == g.meta.Langs[row.lang]) {
			found = append(found, at)
		}
	}
	slices.SortFunc(found, func(a, b int) int {
		x, y := &g.meta.rows[a], &g.meta.rows[b]
		if r.Newest && x.published != y.published {
			return cmp.Compare(y.published, x.published)
		}
		return int(x.order) - int(y.order)
	})
	page := found[min(r.Offset, len(found)):]
	page = page[:min(r.Limit, len(page))]
	infos, err := g.infos(ctx, page)
	if err != nil {
		return nil, 0, fmt.Errorf("listing articles: %w", err)
	}
	return infos, len(found), nil
}

// Neighbours returns the articles before and after one in the list of its own category, kind and language, as Articles
// orders them; nil where there is none. Errors: as of Article.
func (x *Index) Neighbours(ctx context.Context, called string, audiences []string) (before, after *Info, err error) {
	g, err := x.acquire()
	if err != nil {
		return nil, nil, err
	}
	defer g.release(x.log)
	_, at, err := g.lookup(ctx, called, audiences)
	if err != nil {
		return nil, nil, err
	}
	self := g.meta.rows[at]
	previous, next := -1, -1
	for i, row := range g.listed(audiences, time.Now()) {
		switch {
		case row.category != self.category || row.training != self.training || row.lang != self.lang:
		case row.order < self.order && (previous < 0 || row.order > g.meta.rows[previous].order):
			previous = i
		case row.order > self.order && (next < 0 || row.order < g.meta.rows[next].order):
			next = i
		}
	}
	for _, n := range []struct {
		at  int
		out **Info
	}{{previous, &before}, {next, &after}} {
		if n.at < 0 {
			continue
		}
		infos, err := g.infos(ctx, []int{n.at})
		if err != nil {
			return nil, nil, fmt.Errorf("reading a neighbour: %w", err)
		}
		*n.out = &infos[0]
	}
	return before, after, nil
}

// infos reads what lists show of articles, given by their positions in rows.
func (g *generation) infos(ctx context.Context, articles []int) ([]Info, error) {
	ids := make([]uint32, len(articles))
	for i, at := range articles {
		ids[i] = uint32(g.meta.Passages + at)
	}
	infos := make([]Info, len(articles))
	err := g.reader.Stored(ctx, ids, func(i int, b []byte) error {
		a, err := readArticle(b)
		if err == nil {
			infos[i] = Info{
				ID: a.ID, Path: a.Path, Kind: a.Kind, Title: a.Title, Description: a.Description,
				Category: a.Category, Lang: a.Lang, Published: published(a), Updated: a.Updated,
			}
		}
		return err
	})
	return infos, err
}

// Categories returns every category, and those above it, with the number of articles in and below it, by path.
func (x *Index) Categories(_ context.Context, audiences []string) ([]Count, error) {
	g, err := x.acquire()
	if err != nil {
		return nil, err
	}
	defer g.release(x.log)
	n := map[string]int{}
	for _, row := range g.listed(audiences, time.Now()) {
		for _, c := range ancestors(g.meta.Categories[row.category]) {
			n[c]++
		}
	}
	list := counts(n)
	slices.SortFunc(list, func(a, b Count) int { return strings.Compare(a.Value, b.Value) })
	return list, nil
}

// problems returns what was wrong with the content of the current generation; nil while there is none.
func (x *Index) problems(ctx context.Context) (list []content.Problem, err error) {
	g, err := x.acquire()
	if errors.Is(err, ErrNotReady) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer g.release(x.log)
	err = g.reader.Stored(ctx, []uint32{uint32(g.meta.Passages + g.meta.Articles)}, func(_ int, b []byte) error {
		return json.Unmarshal(b, &list)
	})
	if err != nil {
		return nil, fmt.Errorf("reading the problems: %w", err)
	}
	return list, nil
}
