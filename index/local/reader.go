package local

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	segment "github.com/blevesearch/scorch_segment_api/v2"

	"jieda/index"
)

// A reader reads one generation. Meta and bleve's segment are mapped into memory.
type reader struct {
	engine  *Engine
	name    string
	segment segment.Segment // nil when nothing can be found
	done    func() error    // closes bleve
	vectors *column
	stored  *column
	meta    []byte

	// By bleve's document number: the ordinal, and what BM25 makes of a single occurrence of a term in a question or
	// text of that length.
	ordinals             []uint32
	inQuestion, inText   []float32
	dictionaries, scores sync.Pool
}

// k1 and b of BM25 for candidates: the values of the ranking (index/rank.go), for a term that occurs once.
const (
	questionK1, questionB = 1.0, 0.75
	textK1, textB         = 0.8, 0.5
)

// Open implements index.Engine.
func (e *Engine) Open(ctx context.Context, name string) (_ index.Reader, err error) {
	if !validName.MatchString(name) {
		return nil, fmt.Errorf("%w: %q", index.ErrNoGeneration, name)
	}
	// Counted before anything is read, so that a Switch meanwhile does not remove the folder.
	e.mu.Lock()
	e.open[name]++
	e.mu.Unlock()
	r := &reader{engine: e, name: name}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: bleve: %v", index.ErrDamaged, p)
		}
		if err != nil {
			err = errors.Join(err, r.Close())
		}
	}()
	dir := e.path(name)
	m, err := verify(ctx, dir)
	if err != nil {
		return nil, err
	}
	if err := r.load(dir, m); err != nil {
		return nil, fmt.Errorf("%w: %w", index.ErrDamaged, err)
	}
	return r, nil
}

func (r *reader) load(dir string, m *manifest) (err error) {
	if r.vectors, err = openColumn(filepath.Join(dir, "vectors")); err != nil {
		return err
	}
	if r.stored, err = openColumn(filepath.Join(dir, "stored")); err != nil {
		return err
	}
	if r.meta, err = mapFile(filepath.Join(dir, "meta")); err != nil {
		return err
	}
	if m.Documents == 0 {
		return nil
	}
	if r.segment, r.done, err = openSegment(filepath.Join(dir, "bleve")); err != nil {
		return err
	}
	documents, err := mapFile(filepath.Join(dir, "documents"))
	if err != nil {
		return err
	}
	defer unmap(documents)
	n := len(documents) / documentSize
	if n != m.Documents || uint64(n) != r.segment.Count() {
		return fmt.Errorf("%d documents are listed, bleve has %d", n, r.segment.Count())
	}
	r.ordinals = make([]uint32, n)
	r.inQuestion, r.inText = make([]float32, n), make([]float32, n)
	var sumQuestion, sumText float64
	for i := range n {
		d := documents[i*documentSize:]
		r.ordinals[i] = binary.LittleEndian.Uint32(d)
		question, text := binary.LittleEndian.Uint32(d[4:]), binary.LittleEndian.Uint32(d[8:])
		r.inQuestion[i], r.inText[i] = float32(question), float32(text)
		sumQuestion, sumText = sumQuestion+float64(question), sumText+float64(text)
	}
	once := func(lengths []float32, sum, k1, b float64) {
		average := max(sum/float64(n), 1)
		for i, l := range lengths {
			lengths[i] = float32((k1 + 1) / (1 + k1*(1-b+b*float64(l)/average)))
		}
	}
	once(r.inQuestion, sumQuestion, questionK1, questionB)
	once(r.inText, sumText, textK1, textB)
	r.scores.New = func() any { s := make([]float32, n); return &s }
	r.dictionaries.New = func() any { return &dictionaries{} }
	return nil
}

// openSegment opens the one segment that bleve's builder wrote. done releases it.
func openSegment(dir string) (s segment.Segment, done func() error, err error) {
	// With a timeout, because bleve otherwise waits for ever when another process has the folder open.
	bleveIndex, err := scorch.NewScorch("scorch", map[string]any{"path": dir, "read_only": true, "bolt_timeout": "2s"}, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("opening bleve: %w", err)
	}
	if err := bleveIndex.Open(); err != nil {
		return nil, nil, fmt.Errorf("opening bleve: %w", err)
	}
	snapshot, err := bleveIndex.Reader()
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("opening bleve: %w", err), bleveIndex.Close())
	}
	done = func() error { return errors.Join(snapshot.Close(), bleveIndex.Close()) }
	segments := snapshot.(*scorch.IndexSnapshot).Segments()
	if len(segments) != 1 {
		return nil, nil, errors.Join(fmt.Errorf("bleve has %d segments instead of one", len(segments)), done())
	}
	return segments[0].Segment(), done, nil
}

// Close implements index.Reader.
func (r *reader) Close() error {
	var errs []error
	if r.done != nil {
		errs = append(errs, r.done())
	}
	for _, c := range []*column{r.vectors, r.stored} {
		if c != nil {
			errs = append(errs, c.close())
		}
	}
	return errors.Join(append(errs, unmap(r.meta), r.engine.closed(r.name))...)
}

// Meta implements index.Reader.
func (r *reader) Meta() []byte { return r.meta }

// Vectors implements index.Reader.
func (r *reader) Vectors(_ context.Context, ids []uint32, visit func(int, []byte) error) error {
	return r.vectors.visit(ids, visit)
}

// Stored implements index.Reader.
func (r *reader) Stored(_ context.Context, ids []uint32, visit func(int, []byte) error) error {
	return r.stored.visit(ids, visit)
}

// dictionaries are bleve's term dictionaries with the buffers of one search. They must not be shared by two searches.
type dictionaries struct {
	byField  map[string]segment.TermDictionary
	postings segment.PostingsList
	iterator segment.PostingsIterator
	buffer   [512]uint32
}

// bitmap returns the documents that hold the term, or the single one; it is valid until the next call.
func (d *dictionaries) bitmap(s segment.Segment, field string, term []byte) (_ *roaring.Bitmap, single uint64, err error) {
	dictionary, ok := d.byField[field]
	if !ok {
		if dictionary, err = s.Dictionary(field); err != nil {
			return nil, 0, fmt.Errorf("reading bleve's dictionary: %w", err)
		}
		if d.byField == nil {
			d.byField = map[string]segment.TermDictionary{}
		}
		d.byField[field] = dictionary
	}
	if d.postings, err = dictionary.PostingsList(term, nil, d.postings); err != nil {
		return nil, 0, fmt.Errorf("reading bleve's postings: %w", err)
	}
	d.iterator = d.postings.Iterator(false, false, false, d.iterator)
	optimizable, ok := d.iterator.(segment.OptimizablePostingsIterator)
	if !ok {
		return nil, noDocument, nil // bleve's empty iterator: no document holds the term
	}
	if n, ok := optimizable.DocNum1Hit(); ok {
		return nil, n, nil
	}
	return optimizable.ActualBitmap(), noDocument, nil
}

const noDocument = ^uint64(0)

// Find implements index.Reader: it adds up, term at a time, what each document is worth (a term counts as if it
// occurred once), and keeps the best.
func (r *reader) Find(ctx context.Context, q index.Query) (ordinals []uint32, err error) {
	if r.segment == nil {
		return nil, nil
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: bleve: %v", index.ErrDamaged, p)
		}
	}()
	d := r.dictionaries.Get().(*dictionaries)
	defer r.dictionaries.Put(d)
	allowed, err := r.filter(d, q.Filters)
	if err != nil {
		return nil, err
	}
	scores := *r.scores.Get().(*[]float32)
	defer func() { clear(scores); r.scores.Put(&scores) }()
	for _, part := range []struct {
		field string
		terms []index.WeightedTerm
		once  []float32
	}{{fieldQuestion, q.Question, r.inQuestion}, {fieldText, q.Text, r.inText}} {
		for _, t := range part.terms {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			bitmap, single, err := d.bitmap(r.segment, part.field, termBytes(t.Key))
			if err != nil {
				return nil, err
			}
			if bitmap == nil {
				if single != noDocument {
					scores[single] += t.Weight * part.once[single]
				}
				continue
			}
			for documents := bitmap.ManyIterator(); ; {
				n := documents.NextMany(d.buffer[:])
				if n == 0 {
					break
				}
				for _, doc := range d.buffer[:n] {
					scores[doc] += t.Weight * part.once[doc]
				}
			}
		}
	}
	if allowed != nil {
		for doc := range scores {
			if scores[doc] > 0 && !allowed.ContainsInt(doc) {
				scores[doc] = 0
			}
		}
	}
	if q.Only != nil {
		only := roaring.BitmapOf(q.Only...)
		for doc := range scores {
			if scores[doc] > 0 && !only.Contains(r.ordinals[doc]) {
				scores[doc] = 0
			}
		}
	}
	return r.best(scores, q.Limit), nil
}

// filter returns the documents that have a label of every group; nil when that is no restriction.
func (r *reader) filter(d *dictionaries, groups [][]string) (*roaring.Bitmap, error) {
	var allowed *roaring.Bitmap
	for _, group := range groups {
		any := roaring.New()
		for _, label := range group {
			bitmap, single, err := d.bitmap(r.segment, fieldFilter, []byte(label))
			if err != nil {
				return nil, err
			}
			if bitmap != nil {
				any.Or(bitmap)
			} else if single != noDocument {
				any.Add(uint32(single))
			}
		}
		if any.GetCardinality() == uint64(len(r.ordinals)) {
			continue
		}
		if allowed == nil {
			allowed = any
		} else {
			allowed.And(any)
		}
	}
	return allowed, nil
}

// worthless is the share of the highest score below which a document is no candidate: it holds only common terms.
const worthless = 0.05

// best returns the ordinals of the limit highest scores, best first. It counts scores by size class first, so that
// only those that can be among the best are looked at one by one.
func (r *reader) best(scores []float32, limit int) []uint32 {
	var top float32
	for _, s := range scores { // max would look for NaN each time
		if s > top {
			top = s
		}
	}
	if top == 0 {
		return nil
	}
	const classes = 1024
	var counts [classes]int
	floor, perScore := top*worthless, (classes-1)/top
	for _, s := range scores {
		if s > floor {
			counts[int(s*perScore)&(classes-1)]++
		}
	}
	class, n := classes, 0
	for class > 0 && n < limit {
		class--
		n += counts[class]
	}
	type candidate struct {
		score   float32
		ordinal uint32
	}
	list := make([]candidate, 0, n)
	for doc, s := range scores {
		if s > floor && int(s*perScore) >= class {
			list = append(list, candidate{s, r.ordinals[doc]})
		}
	}
	slices.SortFunc(list, func(a, b candidate) int {
		switch {
		case a.score > b.score || a.score == b.score && a.ordinal < b.ordinal:
			return -1
		case a == b:
			return 0
		}
		return 1
	})
	ordinals := make([]uint32, min(len(list), limit))
	for i := range ordinals {
		ordinals[i] = list[i].ordinal
	}
	return ordinals
}
