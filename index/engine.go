package index

import (
	"context"
	"errors"
	"iter"

	"jieda/index/analysis"
)

var (
	// ErrNoGeneration is returned by [Engine.Open] for a generation that does not exist.
	ErrNoGeneration = errors.New("no such generation")
	// ErrDamaged is returned by [Engine.Open] for a generation that is incomplete, altered, or written by another
	// version of the format. It is never opened in part: build it again.
	ErrDamaged = errors.New("generation is damaged")
)

// An Engine keeps generations: complete, immutable builds of an index, each with a name. It brings candidates and
// keeps bytes; it knows nothing of Chinese, of ranking or of decisions.
//
// All methods are safe for concurrent use, but only one Write runs at a time. [indextest.Test] checks the promises.
type Engine interface {
	// Write stores a generation beside the others without making it current. Documents get the ordinals 0, 1, 2, …
	// in the order of docs; meta is called once after the last and its bytes are kept with the generation. When
	// docs yields an error, meta fails or ctx is done, nothing remains and the error is returned. A generation of
	// that name that a reader has open is an error; otherwise it is replaced, even when it is current (it is damaged,
	// or somebody would have it open).
	Write(ctx context.Context, name string, docs iter.Seq2[Document, error], meta func() ([]byte, error)) error
	// Open verifies every byte of a generation and returns a reader of it. Errors: ErrNoGeneration, ErrDamaged.
	Open(ctx context.Context, name string) (Reader, error)
	// Current is the name of the generation in use; "" when there is none yet.
	Current(ctx context.Context) (string, error)
	// Switch makes a written generation the current one, atomically, and removes all others; those that a reader
	// still has open are removed when it closes. Errors: ErrNoGeneration.
	Switch(ctx context.Context, name string) error
	// Close releases the engine. Readers must be closed before.
	Close() error
}

// A Reader reads one generation. Safe for concurrent use until Close.
type Reader interface {
	// Find returns the ordinals of a query's candidates, best first, equal scores by ordinal; see Query.
	Find(ctx context.Context, q Query) ([]uint32, error)
	// Vectors and Stored call visit with the bytes that were written for each ordinal, in the order of ids. The
	// bytes are valid only during the call. An ordinal that does not exist is an error, as is any error of visit.
	Vectors(ctx context.Context, ids []uint32, visit func(i int, vector []byte) error) error
	Stored(ctx context.Context, ids []uint32, visit func(i int, stored []byte) error) error
	// Meta is what meta returned when the generation was written. Do not change it; invalid after Close.
	Meta() []byte
	// Close releases the reader after its last call has returned.
	Close() error
}

// A Document is one passage, or an article when it has no terms (it is then never found, only read).
type Document struct {
	// Question holds the distinct terms of the passage's questions; Text those of its whole text, questions included.
	Question, Text []analysis.Key
	// QuestionLen and TextLen are lengths in terms, for the engine's own rough normalisation of length.
	QuestionLen, TextLen int
	// Filters are the labels by which Query.Filters choose, such as "category:售后".
	Filters []string
	// Vector and Stored are kept as they are.
	Vector, Stored []byte
}

// A Query asks for the Limit documents with the highest sum of weights over the terms they hold.
//
// An engine may normalise by length and may leave out the most frequent terms when the others bring Limit documents:
// it must only be likely that those come first which a ranking with term frequencies would put first. Documents that
// hold none of the terms are never returned.
type Query struct {
	// Question terms are looked for in Document.Question, Text terms in Document.Text.
	Question, Text []WeightedTerm
	// Filters: of every group, a document must have at least one label. No group, no restriction.
	Filters [][]string
	// Only are the ordinals that may be returned, ascending; nil for no restriction, empty for none.
	Only []uint32
	// Limit is the number of candidates wanted, at least 1.
	Limit int
}

// A WeightedTerm is a term and what holding it is worth, more than 0.
type WeightedTerm struct {
	Key    analysis.Key
	Weight float32
}
