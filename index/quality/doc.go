// Package quality measures answers against judged questions: how well an index ranks, what it dares to answer, how
// often it is wrong when it does, what changed since another run, and where a site should put the gates of the
// decision.
//
// Judged questions come from two places: what a site's editors wrote in _search/tests (see ReadTests) and sets of
// questions in folders (see OpenSet). Run asks them of an index, RunGaps of one without their articles; Summarize, Compare
// and FitGates look at the outcomes.
//
// It knows nothing of engines, of HTTP or of where an index lies: package cmd/jieda builds one and hands it over. The
// formulas stand in ranking.go, probability.go and interval.go, each with its source, and are checked by hand-computed
// examples.
//
// Begin with Question and Outcome.
package quality
