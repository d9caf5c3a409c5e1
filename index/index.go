package index

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"jieda/content"
	"jieda/index/analysis"
	"jieda/index/semantic"
)

// Options configure an Index.
type Options struct {
	Engine  Engine
	DictDir string       // where the segmenter's dictionaries are written; must be writable
	Logger  *slog.Logger // slog.Default() when nil
	Gates   Gates        // DefaultGates() when zero
	// Semantic also finds what means the same in other words; nil when that is off. It must be closed after the index.
	Semantic    *semantic.Embedder
	HybridGates HybridGates // DefaultHybridGates() when zero
}

// An Index finds passages in the current generation. It is safe for concurrent use; a search sees one generation
// from beginning to end, also while another is switched in.
type Index struct {
	engine  Engine
	dictDir string
	log     *slog.Logger
	gates   Gates
	shipped synonyms

	semantic *semanticLayer // nil when it is off

	building sync.Mutex // one build at a time

	mu      sync.RWMutex
	current *generation // nil until one is open
}

// New returns an index without an open generation: see [Index.Open], [Index.Build] and [Keeper].
func New(opts Options) (*Index, error) {
	if opts.Engine == nil {
		return nil, errors.New("index: no engine given")
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	if opts.Gates == (Gates{}) {
		opts.Gates = DefaultGates()
	}
	return &Index{engine: opts.Engine, dictDir: opts.DictDir, log: opts.Logger, gates: opts.Gates, shipped: readShipped(),
		semantic: newSemanticLayer(opts.Semantic, opts.HybridGates)}, nil
}

// A generation is one open build. It is closed when the index and every search have released it.
type generation struct {
	name   string
	reader Reader
	meta   *meta
	words  *lexicon
	gates  Gates
	facts  factTable
	// synonyms are those of the program and of the site.
	synonyms synonyms
	// Semantic is nil when it is off, meanings while too few passages have vectors.
	semantic *semanticLayer
	meanings atomic.Pointer[meanings]

	rankings sync.Pool // of *ranking, used by one search after another
	refs     atomic.Int32
}

// A lexicon is a segmenter with a site's dictionary. Generations of the same dictionary share one: it takes 0.7 s and
// 120 MB to make.
type lexicon struct {
	site      []content.Word
	segmenter analysis.Segmenter
	analyzer  *analysis.Analyzer
	refs      atomic.Int32
}

func (l *lexicon) release() {
	if l.refs.Add(-1) == 0 {
		l.segmenter.Close()
	}
}

func (g *generation) release(log *slog.Logger) {
	if g.refs.Add(-1) > 0 {
		return
	}
	if err := g.reader.Close(); err != nil {
		log.Error("closing a generation", "generation", g.name, "err", err)
	}
	g.words.release()
}

// acquire returns the current generation, which the caller must release.
func (x *Index) acquire() (*generation, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.current == nil {
		return nil, ErrNotReady
	}
	x.current.refs.Add(1)
	return x.current, nil
}

// use makes g the generation that searches see. g must hold one reference, which now belongs to the index.
func (x *Index) use(g *generation) {
	x.fill(g)
	x.mu.Lock()
	old := x.current
	x.current = g
	x.mu.Unlock()
	if old != nil {
		old.release(x.log)
	}
}

// lexicon returns one for the site's words with a reference for the caller: the current generation's, if it fits.
func (x *Index) lexicon(site []content.Word) (*lexicon, error) {
	x.mu.RLock()
	if g := x.current; g != nil && (len(site) == 0 && len(g.words.site) == 0 || reflect.DeepEqual(site, g.words.site)) {
		g.words.refs.Add(1)
		x.mu.RUnlock()
		return g.words, nil
	}
	x.mu.RUnlock()
	words := make([]analysis.SiteWord, len(site))
	for i, w := range site {
		words[i] = analysis.SiteWord(w)
	}
	segmenter, err := analysis.NewJieba(x.dictDir, words)
	if err != nil {
		return nil, fmt.Errorf("loading the dictionaries: %w", err)
	}
	l := &lexicon{site: site, segmenter: segmenter, analyzer: analysis.New(segmenter)}
	l.refs.Store(1)
	return l, nil
}

// Open opens the engine's current generation. Errors: ErrNoGeneration when there is none, ErrDamaged when it cannot be
// used; in both cases, build.
func (x *Index) Open(ctx context.Context) error {
	name, err := x.engine.Current(ctx)
	if err != nil {
		return fmt.Errorf("looking for the current generation: %w", err)
	}
	if name == "" {
		return ErrNoGeneration
	}
	g, err := x.open(ctx, name, nil)
	if err != nil {
		return err
	}
	x.use(g)
	return nil
}

// open opens a generation. words is its lexicon, with a reference that open takes over; nil to load it.
func (x *Index) open(ctx context.Context, name string, words *lexicon) (*generation, error) {
	fail := func(reader Reader, err error) (*generation, error) {
		if reader != nil {
			reader.Close()
		}
		if words != nil {
			words.release()
		}
		return nil, fmt.Errorf("opening generation %s: %w", name, err)
	}
	reader, err := x.engine.Open(ctx, name)
	if err != nil {
		return fail(nil, err)
	}
	m, err := readMeta(reader.Meta())
	if err != nil {
		return fail(reader, err)
	}
	if words == nil {
		if words, err = x.lexicon(m.Words); err != nil {
			return fail(reader, err)
		}
	}
	g := &generation{name: name, reader: reader, meta: m, words: words, gates: x.gates, synonyms: x.shipped.with(m.Synonyms), semantic: x.semantic}
	g.rankings.New = func() any { return &ranking{} }
	g.refs.Store(1)
	return g, nil
}

// Generation names the one that searches see; "" while there is none.
func (x *Index) Generation() string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.current == nil {
		return ""
	}
	return x.current.name
}

// header describes the current generation; nil while there is none.
func (x *Index) header() *header {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.current == nil {
		return nil
	}
	return &x.current.meta.header
}

// Build builds a generation from the library beside the current one, verifies it, and switches searches over to it.
// When it fails, nothing has changed. Passages whose text did not change are not segmented again. progress may be nil;
// phase is "cut", "write" or "verify".
func (x *Index) Build(ctx context.Context, lib *content.Library, progress func(phase string, done, total int)) error {
	x.building.Lock()
	defer x.building.Unlock()
	if progress == nil {
		progress = func(string, int, int) {}
	}
	start := time.Now()
	words, err := x.lexicon(lib.Words)
	if err != nil {
		return err
	}
	name := nextName(x.Generation(), Fingerprint(lib.Hash))
	cutter := &cutter{analyzer: words.analyzer, known: x.knownCuts(ctx, words)}
	b := newBuilder(lib, cutter, func(done, total int) { progress("cut", done, total) })
	err = x.engine.Write(ctx, name, b.documents(ctx), func() ([]byte, error) {
		progress("write", 0, 0)
		return b.finish()
	})
	if err != nil {
		words.release()
		return fmt.Errorf("building generation %s: %w", name, err)
	}
	progress("verify", 0, 0)
	g, err := x.open(ctx, name, words)
	if err != nil {
		return err
	}
	if err := x.engine.Switch(ctx, name); err != nil {
		g.release(x.log)
		return fmt.Errorf("switching to generation %s: %w", name, err)
	}
	x.use(g)
	x.log.Info("generation built", "generation", name, "articles", g.meta.Articles, "passages", g.meta.Passages,
		"took", time.Since(start).Round(time.Millisecond))
	return nil
}

// nextName is the fingerprint, or, when the current generation has the same because a build is forced, the fingerprint
// and a number: "596eaa1cbe72bf03-2".
func nextName(current, fingerprint string) string {
	same, number, _ := strings.Cut(current, "-")
	if same != fingerprint {
		return fingerprint
	}
	n, _ := strconv.Atoi(number)
	return fmt.Sprintf("%s-%d", fingerprint, max(n, 1)+1)
}

// builtFrom says whether the open generation was built from content of this hash by this program.
func (x *Index) builtFrom(contentHash string) bool {
	fingerprint, _, _ := strings.Cut(x.Generation(), "-")
	return fingerprint == Fingerprint(contentHash)
}

// knownCuts reads the cuts of the current generation, which are good as long as the dictionary is the same.
func (x *Index) knownCuts(ctx context.Context, words *lexicon) map[[16]byte]analysis.Cuts {
	g, err := x.acquire()
	if err != nil {
		return nil
	}
	defer g.release(x.log)
	if g.words != words {
		return nil
	}
	ids := make([]uint32, g.meta.Passages)
	for i := range ids {
		ids[i] = uint32(i)
	}
	known := make(map[[16]byte]analysis.Cuts, len(ids))
	err = g.reader.Stored(ctx, ids, func(_ int, b []byte) error {
		hash, cuts, err := readCuts(b)
		known[hash] = cuts
		return err
	})
	if err != nil {
		x.log.Warn("cannot reuse the generation before; cutting everything again", "err", err)
		return nil
	}
	return known
}

// Close closes the current generation once the searches that use it have returned. It does not close the engine.
func (x *Index) Close() error {
	x.use(nil)
	return nil
}
