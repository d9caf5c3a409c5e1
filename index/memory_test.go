package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"

	"jieda/index/analysis"
)

// A memoryEngine is an engine in memory whose steps can be made to fail. It holds every document and scores them one
// by one.
type memoryEngine struct {
	mu          sync.Mutex
	generations map[string]*memoryReader
	current     string
	fail        string // "write", "open" or "switch"
}

type memoryReader struct {
	docs []Document
	meta []byte
}

var _ Engine = (*memoryEngine)(nil)

func newMemoryEngine() *memoryEngine {
	return &memoryEngine{generations: map[string]*memoryReader{}}
}

func (e *memoryEngine) failing(step string) error {
	if e.fail == step {
		return fmt.Errorf("%s fails", step)
	}
	return nil
}

func (e *memoryEngine) Write(ctx context.Context, name string, docs iter.Seq2[Document, error], meta func() ([]byte, error)) error {
	r := &memoryReader{}
	for doc, err := range docs {
		if err = cmp.Or(err, ctx.Err()); err != nil {
			return err
		}
		r.docs = append(r.docs, doc)
	}
	var err error
	if r.meta, err = meta(); err == nil {
		err = cmp.Or(ctx.Err(), e.failing("write"))
	}
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.generations[name] = r
	return nil
}

func (e *memoryEngine) Open(_ context.Context, name string) (Reader, error) {
	if err := e.failing("open"); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if r, ok := e.generations[name]; ok {
		return r, nil
	}
	return nil, ErrNoGeneration
}

func (e *memoryEngine) Current(context.Context) (string, error) { return e.current, nil }

func (e *memoryEngine) Switch(_ context.Context, name string) error {
	if err := e.failing("switch"); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.generations[name] == nil {
		return ErrNoGeneration
	}
	e.current = name
	for other := range e.generations {
		if other != name {
			delete(e.generations, other)
		}
	}
	return nil
}

func (e *memoryEngine) Close() error { return nil }

func (r *memoryReader) Find(ctx context.Context, q Query) ([]uint32, error) {
	type scored struct {
		score   float32
		ordinal uint32
	}
	var list []scored
	for i, d := range r.docs {
		if slices.ContainsFunc(q.Filters, func(group []string) bool {
			return !slices.ContainsFunc(group, func(l string) bool { return slices.Contains(d.Filters, l) })
		}) {
			continue
		}
		if _, ok := slices.BinarySearch(q.Only, uint32(i)); q.Only != nil && !ok {
			continue
		}
		sum := score(q.Question, d.Question) + score(q.Text, d.Text)
		if sum > 0 {
			list = append(list, scored{sum, uint32(i)})
		}
	}
	slices.SortFunc(list, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.ordinal, b.ordinal))
	})
	var found []uint32
	for _, s := range list[:min(len(list), q.Limit)] {
		found = append(found, s.ordinal)
	}
	return found, ctx.Err()
}

func score(want []WeightedTerm, have []analysis.Key) (sum float32) {
	for _, t := range want {
		if slices.Contains(have, t.Key) {
			sum += t.Weight / float32(1+len(have))
		}
	}
	return sum
}

func (r *memoryReader) read(ids []uint32, visit func(int, []byte) error, get func(Document) []byte) error {
	for i, id := range ids {
		if int(id) >= len(r.docs) {
			return errors.New("no such document")
		}
		if err := visit(i, get(r.docs[id])); err != nil {
			return err
		}
	}
	return nil
}

func (r *memoryReader) Vectors(_ context.Context, ids []uint32, visit func(int, []byte) error) error {
	return r.read(ids, visit, func(d Document) []byte { return d.Vector })
}

func (r *memoryReader) Stored(_ context.Context, ids []uint32, visit func(int, []byte) error) error {
	return r.read(ids, visit, func(d Document) []byte { return d.Stored })
}

func (r *memoryReader) Meta() []byte { return r.meta }
func (r *memoryReader) Close() error { return nil }
