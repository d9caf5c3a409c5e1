// Command peer is the search that one gets from bleve and gojieba by their manuals: bleve analyses, scores and
// highlights, titles count twice. It exists for BenchmarkPeer of cmd/jieda. Figures of one machine say little about
// another; how much more or less jieda needs than this, asked the same in the same minute, does.
//
//	peer index DICTIONARIES FOLDER < sections.jsonl    (a line: {"id", "title", "body"})
//	peer serve DICTIONARIES FOLDER ADDRESS             (GET /api/v1/search?limit=10&q=…)
//
// DICTIONARIES is where jieda unpacked jieba's: the folder dict of its data.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis"
	_ "github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/token/lowercase"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/registry"
	"github.com/yanyiwu/gojieba"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "peer:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 3 || len(args[0]) == 0 {
		return errors.New("usage: see the comment of tools/peer")
	}
	mapping, err := newMapping(args[1])
	switch {
	case err != nil:
		return err
	case args[0] == "index":
		return build(args[2], mapping, os.Stdin)
	case args[0] == "serve" && len(args) == 4:
		return serve(args[2], args[3])
	}
	return fmt.Errorf("%q is neither index nor serve with its arguments", args)
}

// words cuts text with jieba in search mode, as bleve's tokenizers for Chinese do.
type words struct{ jieba *gojieba.Jieba }

func (w words) Tokenize(text []byte) (tokens analysis.TokenStream) {
	for _, word := range w.jieba.Tokenize(string(text), gojieba.SearchMode, true) {
		if !strings.ContainsFunc(word.Str, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			continue // a blank or a mark of punctuation, which would match nearly everything
		}
		tokens = append(tokens, &analysis.Token{
			Term: []byte(word.Str), Start: word.Start, End: word.End, Position: len(tokens) + 1, Type: analysis.Ideographic,
		})
	}
	return tokens
}

// newMapping makes title and body fields that can be searched, shown and highlighted.
func newMapping(dictionaries string) (mapping.IndexMapping, error) {
	paths := []string{os.DevNull} // no words of the site's own
	for _, name := range []string{"jieba.dict.utf8", "hmm_model.utf8", "idf.utf8", "stop_words.utf8"} {
		paths = append(paths, filepath.Join(dictionaries, name))
		if _, err := os.Stat(paths[len(paths)-1]); err != nil { // jieba would abort the process
			return nil, err
		}
	}
	jieba := gojieba.NewJieba(paths[1], paths[2], paths[0], paths[3], paths[4])
	err := registry.RegisterTokenizer("jieba", func(map[string]any, *registry.Cache) (analysis.Tokenizer, error) {
		return words{jieba}, nil
	})
	if err != nil {
		return nil, err
	}
	m := bleve.NewIndexMapping()
	if err := m.AddCustomTokenizer("jieba", map[string]any{"type": "jieba"}); err != nil {
		return nil, err
	}
	err = m.AddCustomAnalyzer("jieba", map[string]any{"type": "custom", "tokenizer": "jieba", "token_filters": []string{lowercase.Name}})
	if err != nil {
		return nil, err
	}
	field := bleve.NewTextFieldMapping()
	field.Analyzer = "jieba"
	field.DocValues, field.IncludeInAll = false, false
	section := bleve.NewDocumentStaticMapping()
	section.AddFieldMappingsAt("title", field)
	section.AddFieldMappingsAt("body", field)
	m.DefaultMapping = section
	return m, nil
}

func build(folder string, m mapping.IndexMapping, sections io.Reader) error {
	ix, err := bleve.New(folder, m)
	if err != nil {
		return err
	}
	batch := ix.NewBatch()
	for d := json.NewDecoder(bufio.NewReaderSize(sections, 1<<20)); d.More(); {
		var s struct{ ID, Title, Body string }
		if err := d.Decode(&s); err != nil {
			return err
		}
		if err := batch.Index(s.ID, map[string]any{"title": s.Title, "body": s.Body}); err != nil {
			return err
		}
		if batch.Size() < 500 {
			continue
		}
		if err := ix.Batch(batch); err != nil {
			return err
		}
		batch.Reset()
	}
	return errors.Join(ix.Batch(batch), ix.Close())
}

func serve(folder, addr string) error {
	ix, err := bleve.Open(folder)
	if err != nil {
		return err
	}
	http.HandleFunc("GET /api/v1/search", func(w http.ResponseWriter, r *http.Request) {
		limit, _ := strconv.Atoi(r.FormValue("limit"))
		title, body := bleve.NewMatchQuery(r.FormValue("q")), bleve.NewMatchQuery(r.FormValue("q"))
		title.SetField("title")
		title.SetBoost(2)
		body.SetField("body")
		search := bleve.NewSearchRequestOptions(bleve.NewDisjunctionQuery(title, body), limit, 0, false)
		search.Fields = []string{"title"}
		search.Highlight = bleve.NewHighlightWithStyle("html")
		result, err := ix.SearchInContext(r.Context(), search)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		type hit struct {
			ID, Title string
			Snippets  map[string][]string
			Score     float64
		}
		hits := []hit{}
		for _, h := range result.Hits {
			title, _ := h.Fields["title"].(string)
			hits = append(hits, hit{h.ID, title, h.Fragments, h.Score})
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]any{"total": result.Total, "hits": hits})
	})
	return http.ListenAndServe(addr, nil)
}
