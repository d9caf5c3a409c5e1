package index

import (
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
// an alias (an old URL path). Errors: ErrNotFound, also for one that the audiences may not see; ErrNotReady.
func (x *Index) Article(ctx context.Context, called string, audiences []string) (*content.Article, error) {
	g, err := x.acquire()
	if err != nil {
		return nil, err
	}
	defer g.release(x.log)
	// An ID goes before a path, a path before an alias.
	var found *content.Article
	rank := 3
	for _, at := range g.meta.called(called) {
		if !g.visible(&g.meta.rows[at], audiences) {
			continue
		}
		a, err := g.article(ctx, at)
		if err != nil {
			return nil, err
		}
		switch {
		case a.ID == called:
			found, rank = a, 0
		case a.Path == called && rank > 1:
			found, rank = a, 1
		case slices.Contains(a.Aliases, called) && rank > 2:
			found, rank = a, 2
		}
	}
	if found == nil {
		return nil, fmt.Errorf("%w: %q", ErrNotFound, called)
	}
	return found, nil
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

func (g *generation) visible(row *articleRow, audiences []string) bool {
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
			if !row.hidden && row.valid(now) && g.visible(row, audiences) && !yield(at, row) {
				return
			}
		}
	}
}

// Articles returns a page of the articles, by weight, then title, and how many there are in all.
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
	slices.SortFunc(found, func(a, b int) int { return int(g.meta.rows[a].order) - int(g.meta.rows[b].order) })
	page := found[min(r.Offset, len(found)):]
	page = page[:min(r.Limit, len(page))]
	ids := make([]uint32, len(page))
	for i, at := range page {
		ids[i] = uint32(g.meta.Passages + at)
	}
	infos := make([]Info, len(page))
	err = g.reader.Stored(ctx, ids, func(i int, b []byte) error {
		a, err := readArticle(b)
		if err == nil {
			infos[i] = Info{
				ID: a.ID, Path: a.Path, Kind: a.Kind, Title: a.Title, Description: a.Description,
				Category: a.Category, Lang: a.Lang, Updated: a.Updated,
			}
		}
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("listing articles: %w", err)
	}
	return infos, len(found), nil
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
