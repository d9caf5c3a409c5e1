package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The architecture of the house, as two tables. The first says which of our packages a package may import, in tests
// too unless the second list says more.
var arrows = map[string]struct{ code, tests []string }{
	"cmd/jieda":                    {code: []string{"api", "keys", "index", "index/local", "index/analysis", "index/learn", "index/quality", "index/semantic", "content", "content/sample", "searchlog", "searchlog/store"}, tests: []string{"index/semantic/semantictest"}},
	"api":                          {code: []string{"index", "content", "keys", "searchlog"}, tests: []string{"index/local", "content/sample", "searchlog/store"}},
	"api/web":                      {},
	"index":                        {code: []string{"index/analysis", "index/semantic", "content"}, tests: []string{"index/local", "index/indextest", "index/quality", "index/semantic/semantictest", "content/sample"}},
	"index/analysis":               {code: []string{"index/analysis"} /* genkeep.go */, tests: []string{"index/analysis/segmentertest"}},
	"index/analysis/segmentertest": {code: []string{"index/analysis"}},
	"index/local":                  {code: []string{"index", "index/analysis", "content"}, tests: []string{"index/indextest", "content/sample"}},
	"index/quality":                {code: []string{"index", "content"}, tests: []string{"index/local", "content/sample"}},
	"index/learn":                  {code: []string{"index", "index/analysis", "content"}, tests: []string{"content/sample"}},
	"index/indextest":              {code: []string{"index", "index/analysis", "content"}},
	"content":                      {tests: []string{"content/sample"}},
	"content/sample":               {tests: []string{"content"}},
	"index/semantic":               {tests: []string{"index/semantic/semantictest"}},
	"index/semantic/semantictest":  {},
	"keys":                         {},
	"searchlog":                    {},
	"searchlog/store":              {code: []string{"searchlog"}, tests: []string{"searchlog/searchlogtest"}},
	"searchlog/searchlogtest":      {code: []string{"searchlog"}},
	"tools/testsummary":            {},
	"tools/load":                   {},
	"tools/peer":                   {},
	"docs/examples/suggest":        {},
	"docs/examples/wecom":          {},
}

// Each outside library has one home: whoever wants to replace it has one folder to read. Tests may also use a library
// in the homes of testOnly.
var homes = map[string][]string{
	"github.com/labstack/echo/v4":                  {"api"},
	"github.com/oapi-codegen/runtime":              {"api"},
	"github.com/oapi-codegen/nethttp-middleware":   {"api"},
	"github.com/getkin/kin-openapi":                {"api"},
	"github.com/prometheus/client_golang":          {"api"},
	"golang.org/x/time":                            {"api"},
	"golang.org/x/text/language":                   {"api"}, // Accept-Language
	"github.com/modelcontextprotocol/go-sdk":       {"api"},
	"github.com/andybalholm/brotli":                {"api"},
	"github.com/uptrace/bun":                       {"searchlog/store"},
	"github.com/mattn/go-sqlite3":                  {"searchlog/store"},
	"github.com/pressly/goose/v3":                  {"searchlog/store"},
	"github.com/sashabaranov/go-openai":            {"index/semantic"},
	"github.com/tsenart/vegeta/v12":                {"tools/load"},
	"github.com/blevesearch/bleve/v2":              {"index/local", "tools/peer"},
	"github.com/blevesearch/bleve_index_api":       {"index/local"}, // parts of bleve
	"github.com/blevesearch/scorch_segment_api/v2": {"index/local"},
	"github.com/RoaringBitmap/roaring/v2":          {"index/local"},
	"github.com/yanyiwu/gojieba":                   {"index/analysis", "tools/peer"},
	"github.com/mozillazg/go-pinyin":               {"index/analysis"},
	"golang.org/x/text/unicode":                    {"index/analysis"},
	"golang.org/x/text/encoding":                   {"content"}, // GB 18030 and other files from Windows
	"golang.org/x/net/html":                        {"content"}, // HTML inside Markdown
	"github.com/yuin/goldmark":                     {"content"},
	"go.abhg.dev/goldmark/frontmatter":             {"content"},
	"github.com/microcosm-cc/bluemonday":           {"content"},
	"go.yaml.in/yaml/v3":                           {"content", "index/quality"}, // what editors write; their tests
	"github.com/fsnotify/fsnotify":                 {"content"},
	"github.com/spf13/cobra":                       {"cmd/jieda"},
	"github.com/spf13/pflag":                       {"cmd/jieda"},
	"github.com/knadh/koanf":                       {"cmd/jieda"},
	"golang.org/x/sync":                            {"index", "index/local", "content"},
}

var testOnly = map[string][]string{
	"golang.org/x/sync":               {"cmd/jieda"},            // BenchmarkServe
	"github.com/rogpeppe/go-internal": {"cmd/jieda", "content"}, // testscript, txtar
	"github.com/google/go-cmp":        {"api", "content", "index", "index/analysis", "index/local", "index/indextest", "cmd/jieda"},
	"pgregory.net/rapid":              {"api", "content", "index", "index/analysis", "index/local", "index/indextest"},
	"go.uber.org/goleak":              {"api", "content", "index", "index/local", "cmd/jieda"},
	"golang.org/x/net":                {"api", "content"}, // html, to look into pages
}

// forbidden are names of folders that say nothing about what is in them.
var forbidden = []string{"internal", "pkg", "util", "utils", "common", "base", "helper", "helpers", "model", "models", "service", "services"}

func TestArchitecture(t *testing.T) {
	root := os.DirFS("../..")
	seen := map[string]bool{}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules" || name == "bin"):
			return fs.SkipDir
		case d.IsDir() && slices.Contains(forbidden, d.Name()):
			t.Errorf("%s: name the folder by its subject", name)
		case strings.HasSuffix(name, ".go"):
			dir := path.Dir(name)
			seen[dir] = true
			for _, imported := range importsOf(t, root, name) {
				if wrong := judge(dir, imported, strings.HasSuffix(name, "_test.go")); wrong != "" {
					t.Errorf("%s imports %s: %s", name, imported, wrong)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !seen["content"] || !seen["index"] || !seen["api"] {
		t.Errorf("walked past the house: saw only %v", seen)
	}
}

func importsOf(t *testing.T, root fs.FS, name string) []string {
	t.Helper()
	source, err := fs.ReadFile(root, name)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var imports []string
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		imports = append(imports, imported)
	}
	return imports
}

// judge says what is wrong with an import, nothing when it is allowed.
func judge(dir, imported string, inTest bool) string {
	allowed, known := arrows[dir]
	if !known {
		return dir + " is not in the table arrows: add it with what it may import"
	}
	if ours, ok := strings.CutPrefix(imported, "jieda/"); ok {
		// package foo_test imports foo
		if slices.Contains(allowed.code, ours) || inTest && (ours == dir || slices.Contains(allowed.tests, ours)) {
			return ""
		}
		return "the table arrows does not allow it"
	}
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		return "" // standard library, and "C"
	}
	if slices.Contains(homeOf(imported, homes), dir) {
		return ""
	}
	if inTest && slices.Contains(homeOf(imported, testOnly), dir) {
		return ""
	}
	return "this library is at home elsewhere, or nowhere yet: see the table homes"
}

// homeOf finds the entry for a library by the longest path above the imported package.
func homeOf(imported string, table map[string][]string) []string {
	for at := imported; at != "."; at = path.Dir(at) {
		if dirs, ok := table[at]; ok {
			return dirs
		}
	}
	return nil
}

func TestJudge(t *testing.T) {
	tests := []struct {
		dir, imported string
		inTest, ok    bool
	}{
		{"api", "jieda/index", false, true},
		{"index", "jieda/api", false, false},
		{"content", "jieda/index", false, false},
		{"content", "jieda/index", true, false},
		{"api", "jieda/content/sample", false, false},
		{"api", "jieda/content/sample", true, true},
		{"index", "jieda/index", true, true},
		{"index", "github.com/blevesearch/bleve/v2/search", false, false},
		{"index/local", "github.com/blevesearch/bleve/v2/search", false, true},
		{"content", "golang.org/x/text/encoding/simplifiedchinese", false, true},
		{"content", "golang.org/x/text/unicode/norm", false, false},
		{"content", "pgregory.net/rapid", false, false},
		{"content", "pgregory.net/rapid", true, true},
		{"content", "io/fs", false, true},
		{"content", "example.com/new", false, false},
		{"index/nowhere", "io/fs", false, false},
	}
	for _, test := range tests {
		if wrong := judge(test.dir, test.imported, test.inTest); (wrong == "") != test.ok {
			t.Errorf("judge(%s, %s, test %v) = %q, want ok %v", test.dir, test.imported, test.inTest, wrong, test.ok)
		}
	}
}
