package searchlog

import (
	"context"
	"errors"
	"time"
)

// A Log keeps entries. All methods may be called at the same time.
type Log interface {
	// Write keeps all of the entries or, when it returns an error, none. Writing an entry again changes nothing, so
	// a caller who does not know whether it worked may try again; each type of entry says what "again" means, and
	// what a newer one replaces. Any text can be kept, though without NUL, which is dropped. The order of writing means nothing: an Event may come before its Search, which
	// other servers record and some do not record at all.
	Write(ctx context.Context, entries ...Entry) error
	// Find returns what is known about searches, in the order of ids; those it does not know are left out.
	Find(ctx context.Context, ids ...string) ([]Found, error)
	// Since calls each with every search from t on and what was done after it, oldest first, until each returns an
	// error, which Since returns. Searches that are written meanwhile may be missing.
	Since(ctx context.Context, t time.Time, each func(Found) error) error
	// DeleteBefore forgets everything that is older and returns how many entries that were. Called again it does the
	// rest of what an error or the context has interrupted.
	DeleteBefore(ctx context.Context, t time.Time) (int, error)
	// Close ends writing; what Write has accepted is safe. A second call does nothing.
	Close() error
}

// ErrOff is returned by a Log that keeps nothing because the operator wants it so.
var ErrOff = errors.New("searchlog: the search log is off")

// An Entry is one of Search, Event, Question and Contact.
type Entry interface{ entry() }

// A Search is one question and what was shown for it. The first one with an ID stays.
type Search struct {
	ID      string
	Time    time.Time
	Surface string // where it was asked: "search", "suggest", "page"
	Channel string // where the customer writes, by the gateway's own name: "wecom"; empty when unknown
	Query   string // as it was typed, cleaned
	// Rescued is what was searched instead of Query, with the reason, "pinyin" or "typo"; both empty when nothing was.
	Rescued, RescueReason string
	Decision              string  // "answer", "choose", "suggest", "none"
	Confidence            float64 // of the best hit, 0–1
	Generation            string  // of the index that answered
	Shown                 []Shown // best first; empty when nothing was
	KeyID                 string  // of the API key, empty without one
	Session               string  // random, of the Trail; empty without one
	Took                  time.Duration
}

// Shown is one passage before a customer's eyes.
type Shown struct {
	ArticleID string `json:"a"`
	PassageID string `json:"p"`
}

// An Event is what somebody did after a search. One of each Type counts per search and article, whatever number
// arrives; of Helpful and Unhelpful only the last, as people change their mind. A later one replaces Reason and
// Comment, unless it is of the same Type and has none.
type Event struct {
	SearchID  string
	Type      EventType
	ArticleID string // empty when it concerns the result as a whole
	Reason    string
	Comment   string
	Time      time.Time
}

// EventType says what was done.
type EventType string

const (
	Open      EventType = "open"    // the article was read
	Helpful   EventType = "helpful" // somebody said so
	Unhelpful EventType = "unhelpful"
	Asked     EventType = "contact" // for a human
	Copied    EventType = "copied"  // the answer, by an agent for the customer
)

// A Question is what a customer wants to know that was not found. The same Text for the same SearchID and Contact
// counts once.
type Question struct {
	Text     string
	Contact  string // how to reach the customer who wants to be told, empty when not
	SearchID string // that found nothing, empty when unknown
	Time     time.Time
}

// A Contact says that a human was needed after all. The last Outcome of a Session counts.
type Contact struct {
	Session  string
	SearchID string // the last one of the trail, empty when there was none
	Outcome  Outcome
	Time     time.Time
}

// Outcome says what became of a customer who needed a human.
type Outcome string

const (
	HandedOver Outcome = "handed_over"       // a human has taken over; the rest is not known yet
	Resolved   Outcome = "resolved_by_human" // the human had the answer
	Unresolved Outcome = "unresolved"        // the human had none either
	Abandoned  Outcome = "abandoned"         // the customer left before there was an answer
)

func (Search) entry()   {}
func (Event) entry()    {}
func (Question) entry() {}
func (Contact) entry()  {}

// Found is a search with what was done after it, oldest first.
type Found struct {
	Search
	Events []Event
}

// None is the Log of a site that wants none: writing fails with ErrOff, there is nothing to find or to delete.
type None struct{}

var _ Log = None{}

func (None) Write(context.Context, ...Entry) error                     { return ErrOff }
func (None) Find(context.Context, ...string) ([]Found, error)          { return nil, nil }
func (None) Since(context.Context, time.Time, func(Found) error) error { return nil }
func (None) DeleteBefore(context.Context, time.Time) (int, error)      { return 0, nil }
func (None) Close() error                                              { return nil }
