// Package searchlog keeps what customers asked, what they were shown, and whether it helped.
//
// A Log is where it is kept: package store has the one on SQL, None keeps nothing. Searches are written behind the
// customer's back by a Recorder, which never makes a search slower or fail; what a person tells us (an Event, a
// Question, a Contact) is written before we say thank you, so that the thanks are true. A Trail carries the way of one
// visitor, as ids without any text, through the hands of a chat gateway to the human who takes over.
//
// Nothing here says who somebody is: no address, no user agent, no account. What customers type is kept as they typed
// it, until it is older than the operator wants to keep it.
//
// The package knows nothing of articles, indexes, HTTP or SQL. Begin with log.go, then recorder.go and trail.go.
package searchlog
