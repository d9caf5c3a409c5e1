package index

import (
	"errors"
	"time"

	"jieda/content"
)

// Decision says what a caller may do with a result.
type Decision string

const (
	Answer  Decision = "answer"  // safe to say aloud
	Choose  Decision = "choose"  // two to four near-equal candidates: ask which
	Suggest Decision = "suggest" // show as links, do not say aloud
	None    Decision = "none"    // say nothing, offer a human
)

// MaxQuery is the number of characters that a question may have; callers check it.
const MaxQuery = 500

var (
	// ErrNotReady is returned while no generation is open yet.
	ErrNotReady = errors.New("index: no generation is open yet")
	// ErrNotFound is returned for an article that does not exist or that the caller may not see.
	ErrNotFound = errors.New("index: no such article")
)

// A Request is one question. Its zero value, with a Query, searches everything public.
type Request struct {
	// Query is what the customer typed; at most MaxQuery characters, checked by the caller.
	Query string
	// Limit is the number of hits wanted, 10 when 0; Offset skips hits.
	Limit, Offset int
	// Category, Kind, Lang and Tags narrow the result; a category includes those below it.
	Category string
	Kind     content.Kind
	Lang     string
	Tags     []string
	// Where, when not nil, narrows it to the articles for which it is true. It is called for every article, so it
	// should take less than a microsecond; the category and so on above are faster. With a semantic layer, two goroutines
	// may call it at once.
	Where func(*Facts) bool
	// Channel is where the customer writes, "wecom"; articles that are meant for other channels only are left out. All
	// are found when it is empty.
	Channel string
	// WordsOnly leaves out the semantic layer.
	WordsOnly bool
	// Audiences are those the caller belongs to besides the public.
	Audiences []string
	// AsTyped searches for what was typed and for nothing else: no pinyin is read, no typing error corrected.
	AsTyped bool
	// Full asks for Text, Markdown and Related of every hit (for suggested answers) instead of a snippet.
	Full bool
	// Now is the moment for validity dates; time.Now() when zero.
	Now time.Time
}

func (r *Request) now() time.Time {
	if r.Now.IsZero() {
		return time.Now()
	}
	return r.Now
}

// A Response holds the best passage of each article, best first. Slices are never nil.
type Response struct {
	// Query is the cleaned question as it was typed. It was searched unless Rescued is set.
	Query      string
	Decision   Decision
	Reasons    Reasons
	Total      int // articles that match, whatever Limit and Offset are
	Generation string
	Rescued    *Rescue
	Hits       []Hit
	Categories []Count // of the matching articles, most first
	Kinds      []Count
	Reading    *Reading // how a message was understood; nil for a question
}

// Rescue says that nothing good was found for what was typed, or something better in other words, and Query was searched
// instead. Confidence, decision and hits are those of Query; what was rescued from a typing error is never an Answer.
type Rescue struct {
	Query  string
	Reason string // "pinyin", "typo" or "synonym"
}

// Reasons explain a decision. All shares are 0–1.
type Reasons struct {
	Confidence float64  // of the best hit
	Coverage   float64  // IDF-weighted share of the question that the best hit holds
	Margin     float64  // (best − second) / best, over the rivals; 1 when there are none
	Rivals     int      // other articles that were found, without those that are over and those that give the same answer
	Likelihood float64  // that the best hit is right, by a model of score and margin; it orders results, see [Gates]
	Closeness  float64  // of the best hit in meaning, see [HybridGates]; 0 when only words were searched
	Unknown    []string // words and codes of the question that occur nowhere in the index
	Exact      bool     // the question is, letter for letter, one of the best hit's questions
	Why        string   // stable code: "exact", "clear", "close", "weak", "unknown_code", "expired", "nothing", "meaning"
}

// A Hit is one passage.
type Hit struct {
	ArticleID, PassageID, Anchor string
	Kind                         content.Kind
	Title, Question              string
	MatchedQuestion              string // the title, heading or alternate that matched best
	Headings                     []string
	Category                     string
	Lang                         string
	Snippet                      string   // plain text cut from the original
	Highlights                   [][2]int // rune offsets [start,end) into Snippet, ascending, not overlapping
	Confidence                   float64
	Updated, ValidUntil          time.Time // zero when unknown
	Expired                      bool      // not valid any more: listed, never offered
	Label                        string    // for a button, at most 20 characters; set by Ask, different for every hit
	// What follows is set only when the request is Full. Markdown holds the definitions of its links, wherever they stand
	// in the article; relative ones lead from Path, the article's file.
	Text, Markdown, Path string
	Related              []string
}

// A Count is one value of a facet.
type Count struct {
	Value string
	Count int
}

// An Info is one article in a list, without its text.
type Info struct {
	ID, Path           string
	Kind               content.Kind
	Title, Description string
	Category, Lang     string
	Published, Updated time.Time // zero when unknown; without a date of its own an article was published when it was updated
}

// A ListRequest asks for a page of articles, by weight, then title; with Newest by date, the latest first, then so.
// Limit 0 means 50.
type ListRequest struct {
	Newest        bool
	Category      string
	Kind          content.Kind
	Lang          string
	Audiences     []string
	Limit, Offset int
	Now           time.Time
}
