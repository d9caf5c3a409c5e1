// Package semantic finds texts that mean the same in other words: 捡到 for 拾获. It asks an endpoint that speaks the
// protocol of OpenAI's POST /v1/embeddings for the vector of a text, keeps the vectors of passages on disk, and finds
// the nearest ones to a question by looking at all of them.
//
// It knows nothing of articles, of ranking or of decisions: package index says what is embedded and what a distance
// means. Everything here may fail, as the endpoint is another machine: nothing waits for it longer than it was told to.
//
// Begin with Embedder; then client.go (the protocol), breaker.go (what happens when the endpoint is down), store.go
// (vectors on disk) and vector.go (vectors in memory and the search).
package semantic
