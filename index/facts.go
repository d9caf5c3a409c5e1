package index

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"jieda/content"
)

// Facts are what is known of an article besides its text. [Request.Where] chooses by them.
type Facts struct {
	ID, Path, Title, Category, Lang string
	Kind                            content.Kind
	Keywords, Tags, Channel         []string
	Weight                          int
	// Zero when unknown.
	Date, Updated, ReviewBy, ValidFrom, ValidUntil time.Time
}

// A factTable holds the facts of every article of a generation. It is read when a request first needs it, because
// most sites never do; it takes a few hundred bytes an article.
type factTable struct {
	mu   sync.Mutex
	rows []Facts // in the order of meta.rows; nil until read
}

func (t *factTable) get(ctx context.Context, g *generation) ([]Facts, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.rows != nil {
		return t.rows, nil
	}
	ids := make([]uint32, g.meta.Articles)
	for i := range ids {
		ids[i] = uint32(g.meta.Passages + i)
	}
	rows := make([]Facts, len(ids))
	err := g.reader.Stored(ctx, ids, func(i int, b []byte) error { return json.Unmarshal(b, &rows[i]) })
	if err != nil {
		return nil, fmt.Errorf("reading what is known of the articles: %w", err)
	}
	t.rows = rows
	return rows, nil
}

// where lists the passages, ascending, of the articles for which r.Where is true; nil when there is no such condition.
func (g *generation) where(ctx context.Context, r *Request) ([]uint32, error) {
	if r.Where == nil {
		return nil, nil
	}
	facts, err := g.facts.get(ctx, g)
	if err != nil {
		return nil, err
	}
	only := []uint32{}
	for i := range facts {
		if !r.Where(&facts[i]) {
			continue
		}
		row := &g.meta.rows[i]
		for p := row.first; p < row.first+row.passages; p++ {
			only = append(only, p)
		}
	}
	return only, nil
}
