// Package api serves jieda over HTTP: JSON for programs, pages for people, metrics and health for machines.
//
// The contract is written first, in openapi.yaml: types, limits and routes are generated from it, requests are checked
// against it, and the tests check every response against it. A handler parses, calls one thing of package index, and
// answers; pages and JSON share the call, so they cannot disagree. Whatever goes wrong ends in one function, which
// turns the error into a status and an RFC 9457 problem: a failure is never a 200.
//
// The package knows nothing of terms, scores, bleve or the disk, and reads no configuration: package main hands it an
// index and owns the listener. echo is used here and nowhere else.
//
// Begin with Options and New in server.go; all routes stand in routes.go.
package api

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 --config oapi-codegen.yaml openapi.yaml
