package local

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
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
	ordinals           []uint32
	inQuestion, inText []float32
	scratches          sync.Pool // of *scratch
}

// A scratch is what one search needs. Two searches must not share one.
type scratch struct {
	dictionaries map[string]segment.TermDictionary // bleve's, by field
	postings     segment.PostingsList
	iterator     segment.PostingsIterator
	term         [8]byte
	buffer       [512]uint32
	scores       []float32 // by bleve's document number, a whole number of blocks; 0 between searches
	blocks       []uint32  // the highest score of each block, its bits
	list         []uint64  // the best: the inverted bits of the score, then the ordinal
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
		// Rounded to steps of a half of what doubles it: candidates are to be the same for somebody who may see but a part of
		// the documents as if there were no others, and their average is hardly ever of another step.
		average := math.Exp2(math.Round(2*math.Log2(max(sum/float64(n), 1))) / 2)
		for i, l := range lengths {
			lengths[i] = float32((k1 + 1) / (1 + k1*(1-b+b*float64(l)/average)))
		}
	}
	once(r.inQuestion, sumQuestion, questionK1, questionB)
	once(r.inText, sumText, textK1, textB)
	r.scratches.New = func() any {
		blocks := (n + blockLen - 1) / blockLen
		return &scratch{
			dictionaries: map[string]segment.TermDictionary{},
			scores:       make([]float32, blocks*blockLen), blocks: make([]uint32, blocks),
		}
	}
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

// bitmap returns the documents that hold the term, or the single one; it is valid until the next call.
func (s *scratch) bitmap(of segment.Segment, field string, term []byte) (_ *roaring.Bitmap, single uint64, err error) {
	dictionary, ok := s.dictionaries[field]
	if !ok {
		if dictionary, err = of.Dictionary(field); err != nil {
			return nil, 0, fmt.Errorf("reading bleve's dictionary: %w", err)
		}
		s.dictionaries[field] = dictionary
	}
	if s.postings, err = dictionary.PostingsList(term, nil, s.postings); err != nil {
		return nil, 0, fmt.Errorf("reading bleve's postings: %w", err)
	}
	s.iterator = s.postings.Iterator(false, false, false, s.iterator)
	optimizable, ok := s.iterator.(segment.OptimizablePostingsIterator)
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
	s := r.scratches.Get().(*scratch)
	defer func() { clear(s.scores); r.scratches.Put(s) }()
	allowed, err := r.filter(s, q.Filters)
	if err != nil {
		return nil, err
	}
	for _, part := range []struct {
		field string
		terms []index.WeightedTerm
		once  []float32
	}{{fieldQuestion, q.Question, r.inQuestion}, {fieldText, q.Text, r.inText}} {
		for _, t := range part.terms {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			bitmap, single, err := s.bitmap(r.segment, part.field, appendTerm(s.term[:0], t.Key))
			if err != nil {
				return nil, err
			}
			if bitmap == nil {
				if single != noDocument {
					s.scores[single] += t.Weight * part.once[single]
				}
				continue
			}
			for documents := bitmap.ManyIterator(); ; {
				n := documents.NextMany(s.buffer[:])
				if n == 0 {
					break
				}
				for _, doc := range s.buffer[:n] {
					s.scores[doc] += t.Weight * part.once[doc]
				}
			}
		}
	}
	if allowed != nil {
		for doc := range s.scores {
			if s.scores[doc] > 0 && !allowed.ContainsInt(doc) {
				s.scores[doc] = 0
			}
		}
	}
	if q.Only != nil {
		only := roaring.BitmapOf(q.Only...)
		for doc := range s.scores {
			if s.scores[doc] > 0 && !only.Contains(r.ordinals[doc]) {
				s.scores[doc] = 0
			}
		}
	}
	return r.best(s, q.Limit), nil
}

// filter returns the documents that have a label of every group; nil when that is no restriction.
func (r *reader) filter(s *scratch, groups [][]string) (*roaring.Bitmap, error) {
	var allowed *roaring.Bitmap
	for _, group := range groups {
		any, err := r.withAny(s, group)
		switch {
		case err != nil:
			return nil, err
		case any == nil:
		case allowed == nil:
			allowed = any
		default:
			allowed.And(any)
		}
	}
	return allowed, nil
}

// withAny returns the documents that have one of the labels; nil when these are all.
func (r *reader) withAny(s *scratch, labels []string) (*roaring.Bitmap, error) {
	any := roaring.New()
	for _, label := range labels {
		bitmap, single, err := s.bitmap(r.segment, fieldFilter, []byte(label))
		if err != nil {
			return nil, err
		}
		switch {
		case bitmap != nil && bitmap.GetCardinality() == uint64(len(r.ordinals)):
			return nil, nil
		case bitmap != nil:
			any.Or(bitmap)
		case single != noDocument:
			any.Add(uint32(single))
		}
	}
	if any.GetCardinality() == uint64(len(r.ordinals)) {
		return nil, nil
	}
	return any, nil
}

// worthless is the share of the highest score below which a document is no candidate: it holds only common terms.
const worthless = 0.05

// blockLen is how many documents share an entry of scratch.blocks.
const blockLen = 16

// best returns the ordinals of the limit highest scores, best first. Nearly all documents score too little, so it first
// takes the highest of every block of them, counts these by size class, and looks into the blocks that can hold one of
// the best only.
func (r *reader) best(s *scratch, limit int) []uint32 {
	top := uint32(0)
	for i := range s.blocks {
		s.blocks[i] = highest((*[blockLen]float32)(s.scores[i*blockLen:]))
		top = max(top, s.blocks[i])
	}
	if top == 0 {
		return nil
	}
	const classes = 1024
	var counts [classes]int
	highest := math.Float32frombits(top)
	floor, perScore := highest*worthless, (classes-1)/highest
	for _, b := range s.blocks {
		if b := math.Float32frombits(b); b > floor {
			counts[int(b*perScore)&(classes-1)]++
		}
	}
	class, n := classes, 0
	for class > 0 && n < limit {
		class--
		n += counts[class]
	}
	// Whether a score is high enough cannot be foreseen, so it is no branch: every one is written, and stays if it is.
	least := math.Float32bits(max(floor, float32(class)/perScore*almost))
	list := s.list[:0]
	for i, b := range s.blocks {
		if b < least {
			continue
		}
		list = slices.Grow(list, blockLen)
		n := len(list)
		list = list[:n+blockLen]
		first := i * blockLen
		for k, score := range s.scores[first : first+blockLen] {
			bits := math.Float32bits(score)
			list[n] = uint64(^bits)<<32 | uint64(first+k)
			if bits >= least {
				n++
			}
		}
		list = list[:n]
	}
	// Those with equal scores are in the order of ordinals, which is not that of documents.
	for i, entry := range list {
		list[i] = entry&^math.MaxUint32 | uint64(r.ordinals[uint32(entry)])
	}
	slices.Sort(list)
	s.list = list
	ordinals := make([]uint32, min(len(list), limit))
	for i := range ordinals {
		ordinals[i] = uint32(list[i])
	}
	return ordinals
}

// almost is less than 1 by more than the rounding of a size class.
const almost = 1 - 1e-5

// highest is the bits of the highest of the scores, none of which is negative: their bits are in the order of their
// values, and compared without a branch, which floats are not.
func highest(scores *[blockLen]float32) uint32 {
	var a, b, c, d uint32
	for i := 0; i < blockLen; i += 4 {
		a = max(a, math.Float32bits(scores[i]))
		b = max(b, math.Float32bits(scores[i+1]))
		c = max(c, math.Float32bits(scores[i+2]))
		d = max(d, math.Float32bits(scores[i+3]))
	}
	return max(max(a, b), max(c, d))
}
