// Package index decides what a customer sees: which passages match a question, in what order, what is highlighted, and
// whether the result may be said aloud.
//
// It knows articles (package content) and how text becomes terms (package analysis); it knows nothing of HTTP, and of
// the storage below only what an Engine promises. DESIGN.md beside this file says why it is built as it is.
//
// Begin with Request, Response and Index.Search; then find.go, rank.go and decide.go, in the order in which a question
// flows. Keeper keeps an index in step with a content folder.
package index
