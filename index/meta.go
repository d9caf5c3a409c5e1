package index

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"time"

	"jieda/content"
	"jieda/index/analysis"
)

// formatVersion is the version of everything that index writes into a generation: vectors, stored records, meta.
// A generation of another version is built again.
const formatVersion = 10

// header describes a generation; it is the JSON part of its meta.
type header struct {
	Format, Analysis int
	// Content is the Library's hash, Words its dictionary, Synonyms what its editors say means the same.
	Content  string
	Words    []content.Word
	Synonyms []content.SynonymGroup
	BuiltAt  time.Time
	// Traditional sites are those where most articles are in traditional characters: it decides how a question
	// that could be either is read.
	Traditional bool
	// Passages and Articles are numbers of documents: passages have the ordinals 0 … Passages−1, articles follow, and
	// one document with the problems of the content.
	Passages, Articles int
	// Found is the number of passages that can be found: the others belong to hidden articles.
	Found            int
	Groups           []group // that together hold all that can be found; the first is what everybody sees
	Errors, Warnings int     // problems found in the content
	// What articles share is written once: rows hold positions in these.
	Categories, Langs []string
	Audiences         [][]string
	// Channels are those of the articles that are meant for certain channels only, by position in rows.
	Channels map[uint32][]string
	// Names are the Latin words that misspelt ones may be corrected to, most frequent first; see frequentNames.
	Names []string
}

// An articleRow is what must be known of an article without reading it.
type articleRow struct {
	order                uint32 // rank in lists
	first, passages      uint32 // its passages' ordinals
	category             uint32
	audience             uint32
	lang                 uint16
	training, hidden     bool
	validFrom, validTill int64 // Unix seconds; 0 for none
	published            int64 // Unix seconds; 0 when unknown
}

const articleRowSize = 48

func (r *articleRow) kind() content.Kind {
	if r.training {
		return content.Training
	}
	return content.FAQ
}

func (r *articleRow) valid(at time.Time) bool {
	t := at.Unix()
	return (r.validFrom == 0 || t >= r.validFrom) && (r.validTill == 0 || t < r.validTill)
}

// elsewhere says whether an article is meant for other channels than the one the customer writes in. Nothing is when
// the channel is not known: a channel is where an answer fits, not who may see it.
func (m *meta) elsewhere(article uint32, channel string) bool {
	if channel == "" {
		return false
	}
	channels := m.Channels[article]
	return len(channels) > 0 && !slices.ContainsFunc(channels, func(c string) bool { return strings.EqualFold(c, channel) })
}

// meta is a generation's own knowledge: header, article rows, aliases, whose passage is whose, and the term table.
type meta struct {
	header
	rows      []articleRow
	articleOf []uint32 // article (position in rows) of each passage
	// names are hashes of everything an article may be called by (ID, path, alias), ascending, with its position.
	names []name
	// files are hashes of the paths of the files that articles use, in the same way.
	files       []name
	completions completions
	terms       termTable
	counts      [][]byte // rows of terms, for every group but the first
	views       views
}

type name struct {
	hash    uint64
	article uint32
}

// idHash is FNV-1a, 64 bit: stable across machines and releases.
func idHash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// append writes meta: length-prefixed JSON header, counts, fixed-size rows, completions, and the term table up to the
// end.
func (m *meta) append(b []byte, offered []completion, terms *termCounter) ([]byte, error) {
	h, err := json.Marshal(m.header)
	if err != nil {
		return nil, fmt.Errorf("writing meta: %w", err)
	}
	le := binary.LittleEndian
	b = le.AppendUint32(b, uint32(len(h)))
	b = append(b, h...)
	for i := range m.rows {
		r := &m.rows[i]
		b = le.AppendUint32(b, r.order)
		b = le.AppendUint32(b, r.first)
		b = le.AppendUint32(b, r.passages)
		b = le.AppendUint32(b, r.category)
		b = le.AppendUint32(b, r.audience)
		b = le.AppendUint16(b, r.lang)
		b = append(b, flag(r.training), flag(r.hidden))
		b = le.AppendUint64(b, uint64(r.validFrom))
		b = le.AppendUint64(b, uint64(r.validTill))
		b = le.AppendUint64(b, uint64(r.published))
	}
	b = appendNames(b, m.names)
	b = appendNames(b, m.files)
	return terms.append(appendCompletions(b, offered), len(m.Groups)), nil
}

// appendNames sorts names and writes their number and themselves.
func appendNames(b []byte, names []name) []byte {
	slices.SortFunc(names, func(x, y name) int {
		return cmp.Or(cmp.Compare(x.hash, y.hash), cmp.Compare(x.article, y.article))
	})
	le := binary.LittleEndian
	b = le.AppendUint32(b, uint32(len(names)))
	for _, n := range names {
		b = le.AppendUint64(b, n.hash)
		b = le.AppendUint32(b, n.article)
	}
	return b
}

// readNames reads what appendNames wrote about a number of articles, and returns what follows.
func readNames(b []byte, articles int) (names []name, rest []byte, ok bool) {
	const size = 12
	le := binary.LittleEndian
	if len(b) < 4 || uint64(len(b)-4) < uint64(le.Uint32(b))*size {
		return nil, nil, false
	}
	names = make([]name, le.Uint32(b))
	b = b[4:]
	for i := range names {
		names[i] = name{le.Uint64(b), le.Uint32(b[8:])}
		b = b[size:]
		if uint64(names[i].article) >= uint64(articles) {
			return nil, nil, false
		}
	}
	return names, b, true
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// readMeta reads what append wrote. It keeps using b. A meta of another version is ErrDamaged.
func readMeta(b []byte) (*meta, error) {
	le := binary.LittleEndian
	bad := func(what string) (*meta, error) { return nil, fmt.Errorf("%w: meta: %s", ErrDamaged, what) }
	if len(b) < 4 || uint64(len(b)) < 4+uint64(le.Uint32(b)) {
		return bad("cut off")
	}
	m := &meta{}
	if err := json.Unmarshal(b[4:4+le.Uint32(b)], &m.header); err != nil {
		return bad(err.Error())
	}
	if m.Format != formatVersion || m.Analysis != analysis.Version {
		return bad(fmt.Sprintf("format %d/%d, this program writes %d/%d", m.Format, m.Analysis, formatVersion, analysis.Version))
	}
	b = b[4+le.Uint32(b):]
	if len(b) < m.Articles*articleRowSize+4 {
		return bad("cut off")
	}
	m.rows = make([]articleRow, m.Articles)
	m.articleOf = make([]uint32, m.Passages)
	for i := range m.rows {
		r := b[i*articleRowSize:]
		row := articleRow{
			order: le.Uint32(r), first: le.Uint32(r[4:]), passages: le.Uint32(r[8:]),
			category: le.Uint32(r[12:]), audience: le.Uint32(r[16:]), lang: le.Uint16(r[20:]),
			training: r[22] == 1, hidden: r[23] == 1, validFrom: int64(le.Uint64(r[24:])), validTill: int64(le.Uint64(r[32:])),
			published: int64(le.Uint64(r[40:])),
		}
		if int(row.category) >= len(m.Categories) || int(row.audience) >= len(m.Audiences) || int(row.lang) >= len(m.Langs) ||
			uint64(row.first)+uint64(row.passages) > uint64(m.Passages) {
			return bad("article row out of range")
		}
		m.rows[i] = row
		for p := row.first; p < row.first+row.passages; p++ {
			m.articleOf[p] = uint32(i)
		}
	}
	b = b[m.Articles*articleRowSize:]
	var ok bool
	if m.names, b, ok = readNames(b, m.Articles); !ok {
		return bad("names of articles")
	}
	if m.files, b, ok = readNames(b, m.Articles); !ok {
		return bad("names of files")
	}
	var err error
	if m.completions, b, err = readCompletions(b, m.Passages); err != nil {
		return bad(err.Error())
	}
	if len(m.Groups) == 0 || len(m.Groups) > math.MaxUint16 {
		return bad("groups of articles")
	}
	if m.terms, m.counts, err = readTermTable(b, len(m.Groups)); err != nil {
		return bad("term table: " + err.Error())
	}
	m.views.public = m.newView(nil)
	return m, nil
}

// called returns the positions of the articles that may be called so.
func (m *meta) called(what string) []uint32 { return articlesOf(m.names, what) }

// using returns the positions of the articles that use a file.
func (m *meta) using(file string) []uint32 { return articlesOf(m.files, file) }

func articlesOf(names []name, what string) []uint32 {
	h := idHash(what)
	var found []uint32
	for i := sort.Search(len(names), func(i int) bool { return names[i].hash >= h }); i < len(names) && names[i].hash == h; i++ {
		found = append(found, names[i].article)
	}
	return found
}
