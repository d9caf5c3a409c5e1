package learn

import (
	"context"
	"time"

	"jieda/content"
	"jieda/index"
	"jieda/index/analysis"
)

// Input is what suggestions are made of.
type Input struct {
	Library *content.Library
	// Segmenter cuts words; it has the site's own dictionary.
	Segmenter analysis.Segmenter
	// Searches are what customers asked, oldest first; none when there is no log.
	Searches []Search
}

// A Search is one question of a customer, and what came of it.
type Search struct {
	Query    string
	Decision index.Decision
	Time     time.Time
	Session  string   // of the visitor, empty when unknown
	Shown    []Answer // best first
	// Opened and Helpful are the ids of articles that were read, and of those that were said to help. Those that were
	// said not to help are in neither.
	Opened, Helpful []string
}

// An Answer is a passage and the article that it belongs to, by their ids.
type Answer struct{ Article, Passage string }

// Suggestions are for an editor to read. The most certain ones come first in each list.
type Suggestions struct {
	Synonyms []Synonym `json:"synonyms"`
	// Unwritten are words that customers use and the site never does, for which no word of the site's could be found.
	Unwritten  []Unwritten `json:"unwritten"`
	Alternates []Alternate `json:"alternates"`
	Gaps       []Gap       `json:"gaps"`
	Duplicates []Duplicate `json:"duplicates"`
}

// Find makes suggestions. It fails only when ctx is done.
func Find(ctx context.Context, in Input) (*Suggestions, error) {
	site := newSite(in.Library, in.Segmenter)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	asked := site.asked(in.Searches)
	s := &Suggestions{}
	s.Synonyms = append(site.fromTexts(), site.fromQuestions()...)
	fromLog, unwritten := site.fromLog(asked)
	s.Synonyms = site.unknown(append(s.Synonyms, fromLog...))
	s.Unwritten = unwritten
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.Alternates = site.alternates(asked)
	s.Gaps = site.gaps(asked)
	s.Duplicates = site.duplicates()
	return s, ctx.Err()
}
