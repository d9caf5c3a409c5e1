package local

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"

	"github.com/blevesearch/bleve/v2/index/scorch"
	bleve "github.com/blevesearch/bleve_index_api"

	"jieda/index"
	"jieda/index/analysis"
)

// The fields of a bleve document.
const (
	fieldQuestion = "q"
	fieldText     = "t"
	fieldFilter   = "f"
)

// batchSize is the number of documents a bleve segment is built of. Larger ones cost memory, smaller ones merging: at
// 1.1 KB a passage 10,000 instead of 5,000 take an eighth less CPU time.
const batchSize = 10000

// mergeMax is the number of segments that are merged at a time: all of them. In tens, which bleve does by itself, more
// than 100,000 documents would be merged twice.
const mergeMax = 10000

// Write implements index.Engine.
func (e *Engine) Write(ctx context.Context, name string, docs iter.Seq2[index.Document, error], meta func() ([]byte, error)) (err error) {
	if !validName.MatchString(name) {
		return fmt.Errorf("%q is no name for a generation: letters, digits and -, at most 64", name)
	}
	e.mu.Lock()
	inUse := e.open[name] > 0
	e.mu.Unlock()
	if inUse {
		return fmt.Errorf("generation %s is in use", name)
	}
	dir := e.path(name) + partialSuffix
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("removing an interrupted build: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil { // somebody may have removed the folder of generations
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	w, err := newWriter(dir)
	if err != nil {
		return err
	}
	for doc, err := range docs {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = w.add(doc)
		}
		if err != nil {
			return errors.Join(err, w.abandon())
		}
	}
	if err := ctx.Err(); err != nil {
		return errors.Join(err, w.abandon())
	}
	if err := w.finish(meta); err != nil {
		return err
	}
	if err := os.RemoveAll(e.path(name)); err != nil {
		return err
	}
	if err := os.Rename(dir, e.path(name)); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// A writer builds the folder of one generation.
type writer struct {
	dir             string
	bleve           *scorch.Builder // nil until the first document that can be found
	vectors, stored *columnWriter
	lengths         []lengths // by ordinal
	found           int
	batch           *batch
}

type lengths struct{ question, text uint32 }

func newWriter(dir string) (*writer, error) {
	w := &writer{dir: dir, batch: newBatch()}
	var err error
	if w.vectors, err = createColumn(filepath.Join(dir, "vectors")); err != nil {
		return nil, err
	}
	if w.stored, err = createColumn(filepath.Join(dir, "stored")); err != nil {
		return nil, errors.Join(err, w.vectors.f.Close())
	}
	return w, nil
}

func (w *writer) add(doc index.Document) error {
	ordinal := uint32(len(w.lengths))
	w.lengths = append(w.lengths, lengths{uint32(doc.QuestionLen), uint32(doc.TextLen)})
	if err := errors.Join(w.vectors.add(doc.Vector), w.stored.add(doc.Stored)); err != nil {
		return err
	}
	if len(doc.Question) == 0 && len(doc.Text) == 0 {
		return nil
	}
	if w.bleve == nil { // bleve's builder panics when it is closed without a document
		var err error
		w.bleve, err = scorch.NewBuilder(map[string]any{
			"path": filepath.Join(w.dir, "bleve"), "buildPathPrefix": w.dir, "batchSize": batchSize, "mergeMax": mergeMax,
		})
		if err != nil {
			return fmt.Errorf("starting bleve: %w", err)
		}
	}
	w.found++
	return w.bleve.Index(w.batch.add(ordinal, &doc))
}

// abandon closes what is open; the folder is removed by the caller.
func (w *writer) abandon() error {
	return errors.Join(w.vectors.f.Close(), w.stored.f.Close())
}

func (w *writer) finish(meta func() ([]byte, error)) error {
	if err := errors.Join(w.vectors.finish(), w.stored.finish()); err != nil {
		return err
	}
	if w.bleve != nil {
		if err := w.bleve.Close(); err != nil {
			return fmt.Errorf("closing bleve: %w", err)
		}
	}
	b, err := meta()
	if err != nil {
		return err
	}
	if err := writeSynced(filepath.Join(w.dir, "meta"), b); err != nil {
		return err
	}
	if err := w.writeDocuments(); err != nil {
		return err
	}
	return writeManifest(w.dir, w.found)
}

// writeDocuments writes, for each of bleve's document numbers, ordinal and lengths, uint32 each: bleve may number
// the documents of a batch as it likes.
func (w *writer) writeDocuments() error {
	var b []byte
	if w.bleve != nil {
		segment, done, err := openSegment(filepath.Join(w.dir, "bleve"))
		if err != nil {
			return err
		}
		for n := range segment.Count() {
			id, err := segment.DocID(n)
			if err != nil || len(id) != ordinalSize {
				return errors.Join(fmt.Errorf("bleve lost document %d: %w", n, err), done())
			}
			ordinal := binary.BigEndian.Uint32(id)
			l := w.lengths[ordinal]
			b = binary.LittleEndian.AppendUint32(b, ordinal)
			b = binary.LittleEndian.AppendUint32(b, l.question)
			b = binary.LittleEndian.AppendUint32(b, l.text)
		}
		if err := done(); err != nil {
			return err
		}
	}
	if len(b) != w.found*documentSize {
		return fmt.Errorf("bleve holds %d documents, %d were given", len(b)/documentSize, w.found)
	}
	return writeSynced(filepath.Join(w.dir, "documents"), b)
}

const documentSize = 12

// The documents that bleve is given have two peculiarities, for speed.
//
// bleve numbers the documents of a batch in the random order of a map. But neighbours are often about the same things, and
// in their own order what bleve needs for one of them is still in the cache for the next. So a document is a seat: who
// sits there is decided when bleve asks it to add its id, which it does in the order of the numbers.
//
// And bleve wants a map of the terms of each field, and keeps all documents of a batch until it has the last. So they
// hold only bytes; the map is made when bleve asks for it, in one that all documents share: bleve asks for no other map of
// a field until it is done with this one.

// A document is what bleve sees of a passage: terms that are cut already, no text.
type document struct {
	passage
	batch *batch
}

// A passage is what is looked up of one.
type passage struct {
	bytes  string // its ordinal, big-endian, then the terms of its questions and those of its text
	text   int    // where the latter begin
	labels []string
}

// A batch is what the documents of a segment share.
type batch struct {
	waiting []passage // that have no seat, after the first next ones
	next    int
	fields  [4]field // without terms
}

func newBatch() *batch {
	b := &batch{fields: [4]field{{name: fieldQuestion, size: 8}, {name: fieldText, size: 8}, {name: fieldFilter}, {name: "_id", size: ordinalSize}}}
	for i := range b.fields {
		f := &b.fields[i]
		f.terms = bleve.TokenFrequencies{}
		f.options = bleve.IndexField | bleve.SkipFreqNorm
	}
	b.fields[3].options |= bleve.StoreField
	return b
}

const ordinalSize = 4

// add returns a document for bleve.
func (b *batch) add(ordinal uint32, doc *index.Document) *document {
	bytes := make([]byte, 0, ordinalSize+8*(len(doc.Question)+len(doc.Text)))
	bytes = binary.BigEndian.AppendUint32(bytes, ordinal)
	for _, k := range doc.Question {
		bytes = appendTerm(bytes, k)
	}
	for _, k := range doc.Text {
		bytes = appendTerm(bytes, k)
	}
	p := passage{string(bytes), ordinalSize + 8*len(doc.Question), doc.Filters}
	b.waiting = append(b.waiting, p)
	return &document{p, b}
}

func (d *document) ID() string                                 { return d.bytes[:ordinalSize] }
func (d *document) Size() int                                  { return 0 }
func (d *document) VisitComposite(bleve.CompositeFieldVisitor) {}
func (d *document) HasComposite() bool                         { return false }
func (d *document) NumPlainTextBytes() uint64                  { return 0 }
func (d *document) StoredFieldsBytes() uint64                  { return 0 }
func (d *document) Indexed() bool                              { return true }

// AddIDField seats the passage that waits longest.
func (d *document) AddIDField() {
	b := d.batch
	d.passage = b.waiting[b.next]
	if b.next++; b.next == len(b.waiting) {
		clear(b.waiting)
		b.waiting, b.next = b.waiting[:0], 0
	}
}

func (d *document) VisitFields(visit bleve.FieldVisitor) {
	f := d.batch.fields // a copy: bleve may visit other documents meanwhile
	f[0].keys, f[1].keys, f[2].labels, f[3].keys = d.bytes[ordinalSize:d.text], d.bytes[d.text:], d.labels, d.ID()
	for i := range f {
		visit(&f[i])
	}
}

// A field holds terms without frequencies: bleve is only asked which documents hold a term.
type field struct {
	name    string
	keys    string // the terms, one after another
	size    int    // of each, in bytes
	labels  []string
	terms   bleve.TokenFrequencies // of the last document that was asked for them
	options bleve.FieldIndexingOptions
}

// once stands for every term of every document: bleve reads nothing but its number of positions, none.
var once = &bleve.TokenFreq{}

// appendTerm appends a term as bleve sees it: big-endian, so that terms that begin alike lie together.
func appendTerm(b []byte, k analysis.Key) []byte { return binary.BigEndian.AppendUint64(b, uint64(k)) }

func (f *field) Name() string                        { return f.name }
func (f *field) Value() []byte                       { return []byte(f.keys) }
func (f *field) ArrayPositions() []uint64            { return nil }
func (f *field) EncodedFieldType() byte              { return 't' }
func (f *field) Analyze()                            {}
func (f *field) Options() bleve.FieldIndexingOptions { return f.options }
func (f *field) AnalyzedLength() int                 { return 0 } // for norms, which are left out
func (f *field) NumPlainTextBytes() uint64           { return 0 }

func (f *field) AnalyzedTokenFrequencies() bleve.TokenFrequencies {
	clear(f.terms)
	for at := 0; at < len(f.keys); at += f.size {
		f.terms[f.keys[at:at+f.size]] = once
	}
	for _, l := range f.labels {
		f.terms[l] = once
	}
	return f.terms
}
