package content

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A Library is all that a content folder holds.
type Library struct {
	// Articles are sorted by Path; their IDs are unique.
	Articles []Article
	// Problems are sorted by path, line and code. Of each code there are at most maxProblems in one file.
	Problems []Problem
	// Words are those of _search/dictionary.txt, in its order, none twice.
	Words []Word
	// Synonyms are those of _search/synonyms.yaml, in its order; nil when there are none.
	Synonyms []SynonymGroup
	// Hash is the same for the same files, on any machine; see [Hash].
	Hash string
}

const (
	// maxFile is how large a Markdown file may be.
	maxFile = 32 << 20
	// largeFile is the size from which files are parsed one at a time: parsing takes up to a hundred times the memory.
	largeFile = 1 << 20
	// maxProblems is how often the same is said about one file.
	maxProblems = 100
	// rulesVersion is part of the Hash and counts changes of the rules in this package that change what the same files
	// mean.
	rulesVersion = 5
)

// Read reads the whole folder: see the package comment and the types for the rules. It fails only if the folder itself
// cannot be read or when ctx is done. A file that cannot be used is left out and is among the Problems; an empty folder
// is an empty Library, and a Problem.
//
// Progress, if it is not nil, is called after each file with the number of files done; calls do not overlap.
func Read(ctx context.Context, folder fs.FS, progress func(done, total int)) (*Library, error) {
	files, err := list(ctx, folder)
	if err != nil {
		return nil, err
	}
	folder, done := hold(folder)
	defer done()
	r := &reading{folder: folder, files: files, now: time.Now(), progress: progress}
	if err := r.run(ctx); err != nil {
		return nil, err
	}
	lib := &Library{Problems: files.problems, Hash: r.hash(), Synonyms: r.synonyms}
	for i, name := range files.used {
		if p := r.pages[i]; p != nil {
			lib.Problems = append(lib.Problems, p.problems...)
		}
		if name == dictionaryPath {
			var problems []Problem
			lib.Words, problems = readWords(r.dictionary)
			lib.Problems = append(lib.Problems, problems...)
		}
	}
	lib.Problems = append(lib.Problems, r.compare()...)
	for _, p := range r.pages {
		if p != nil && p.article != nil {
			lib.Articles = append(lib.Articles, *p.article)
		}
	}
	if len(lib.Articles) == 0 && !slices.ContainsFunc(lib.Problems, isError) {
		lib.Problems = append(lib.Problems, Problem{Path: ".", Code: noArticles})
	}
	slices.SortStableFunc(lib.Problems, compareProblems)
	lib.Problems = limitProblems(lib.Problems)
	return lib, nil
}

// Hash returns what [Library.Hash] would be, without parsing: SHA-256, in hexadecimal, over the paths and bytes of all
// Markdown files, the dictionary and the synonyms. Times, permissions and other files do not count.
func Hash(ctx context.Context, folder fs.FS) (string, error) {
	files, err := list(ctx, folder)
	if err != nil {
		return "", err
	}
	folder, done := hold(folder)
	defer done()
	r := &reading{folder: folder, files: files, hashOnly: true}
	if err := r.run(ctx); err != nil {
		return "", err
	}
	return r.hash(), nil
}

// reading is the work of one call of Read or Hash.
type reading struct {
	folder   fs.FS
	files    *listing
	now      time.Time
	progress func(done, total int)
	hashOnly bool
	// By index in files.used:
	pages []*page
	sums  [][sha256.Size]byte

	dictionary []byte
	synonyms   []SynonymGroup
}

// run reads all files on as many goroutines as there are processors.
func (r *reading) run(ctx context.Context) error {
	total := len(r.files.used)
	r.pages = make([]*page, total)
	r.sums = make([][sha256.Size]byte, total)
	var next atomic.Int64
	var wait sync.WaitGroup
	var mu sync.Mutex // of done and progress
	var large sync.Mutex
	done := 0
	for range min(runtime.GOMAXPROCS(0), total) {
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= total || ctx.Err() != nil {
					return
				}
				r.file(i, func(name string, data []byte) *page {
					if len(data) >= largeFile {
						large.Lock()
						defer large.Unlock()
					}
					return safePage(func() *page { return readPage(name, data, r.now) }, name)
				})
				if r.progress != nil {
					mu.Lock()
					done++
					r.progress(done, total)
					mu.Unlock()
				}
			}
		})
	}
	wait.Wait()
	return ctx.Err()
}

// file reads and hashes file i, and parses it unless only the hash is wanted.
func (r *reading) file(i int, parse func(name string, data []byte) *page) {
	name := r.files.used[i]
	if r.hashOnly {
		r.sums[i] = sumFile(r.folder, name)
		return
	}
	data, size, err := readFile(r.folder, name, maxFile)
	problem := Problem{Path: name}
	switch {
	case err != nil:
		problem.Code, problem.Args = fileUnreadable, []string{reason(err)}
	case size > maxFile:
		problem.Code = fileTooLarge
		problem.Args = []string{strconv.FormatInt((size+1<<20-1)>>20, 10), strconv.Itoa(maxFile >> 20)}
		r.sums[i] = sumFile(r.folder, name)
	default:
		r.sums[i] = sha256.Sum256(data)
		switch name {
		case dictionaryPath:
			r.dictionary = data
		case synonymsPath:
			r.pages[i] = safePage(func() *page {
				groups, problems := readSynonyms(data)
				r.synonyms = groups
				return &page{problems: problems}
			}, name)
		default:
			r.pages[i] = parse(name, data)
		}
		return
	}
	r.pages[i] = &page{problems: []Problem{problem}}
}

// sumFile is the SHA-256 of a file's bytes, and of nothing when it cannot be read.
func sumFile(folder fs.FS, name string) (sum [sha256.Size]byte) {
	h := sha256.New()
	file, err := folder.Open(name)
	if err != nil {
		return sum
	}
	defer file.Close()
	// io.Copy alone would allocate 32 KB, many times what an article has.
	if _, err := io.CopyBuffer(h, struct{ io.Reader }{file}, make([]byte, 8<<10)); err != nil {
		return sum
	}
	h.Sum(sum[:0])
	return sum
}

// hash is the Hash of all files.
func (r *reading) hash() string {
	h := sha256.New()
	fmt.Fprintf(h, "content %d\n", rulesVersion)
	for i, name := range r.files.used {
		fmt.Fprintf(h, "%q %x\n", name, r.sums[i])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// safePage makes a problem of a panic in the Markdown or YAML parser, which must not stop the other files.
func safePage(read func() *page, name string) (p *page) {
	defer func() {
		if r := recover(); r != nil {
			p = &page{problems: []Problem{{Path: name, Code: fileBroken, Args: []string{fmt.Sprint(r)}}}}
		}
	}()
	return read()
}

// compare checks what needs to know all files: ids, questions and texts that occur twice, links and related articles.
func (r *reading) compare() []Problem {
	c := &comparison{files: r.files.files}
	for _, p := range r.pages {
		if p != nil && p.article != nil {
			c.pages = append(c.pages, p)
		}
	}
	c.ids()
	c.aliases()
	c.audiences()
	c.texts()
	c.questions()
	c.related()
	c.links()
	return c.problems
}

func isError(p Problem) bool { return p.Severity() == Error }

// limitProblems drops what goes beyond maxProblems. Problems are sorted.
func limitProblems(sorted []Problem) []Problem {
	path := ""
	count := make(map[Code]int)
	return slices.DeleteFunc(sorted, func(p Problem) bool {
		if p.Path != path {
			path = p.Path
			clear(count)
		}
		count[p.Code]++
		return count[p.Code] > maxProblems
	})
}

func compareProblems(a, b Problem) int {
	if c := strings.Compare(a.Path, b.Path); c != 0 {
		return c
	}
	if a.Line != b.Line {
		return a.Line - b.Line
	}
	if c := strings.Compare(string(a.Code), string(b.Code)); c != 0 {
		return c
	}
	return slices.Compare(a.Args, b.Args)
}
