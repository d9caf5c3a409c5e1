package index

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"jieda/content"
	"jieda/index/analysis"
)

// A passageRecord is what is stored of a passage: what a hit shows, and what the next build can use again.
//
// On disk every field is length-prefixed, in the order of the struct; hash and cuts come first because a build reads
// only these.
type passageRecord struct {
	hash        [16]byte      // of the folded text, see textHash
	cuts        analysis.Cuts // where jieba cut that text
	articleID   string
	id          string // of the passage
	anchor      string
	title       string
	wordings    []string // of the questions, as the editor wrote them, in the order of vector.units
	headings    []string
	updated     int64 // Unix seconds, 0 when unknown
	traditional bool  // written in traditional characters
	text        string
}

func (r *passageRecord) append(b []byte) []byte {
	b = append(b, r.hash[:]...)
	b = appendString(b, string(r.cuts))
	b = appendString(b, r.articleID)
	b = appendString(b, r.id)
	b = appendString(b, r.anchor)
	b = appendString(b, r.title)
	b = appendStrings(b, r.wordings)
	b = appendStrings(b, r.headings)
	b = binary.AppendVarint(b, r.updated)
	b = append(b, flag(r.traditional))
	return appendString(b, r.text)
}

func appendStrings(b []byte, list []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, s := range list {
		b = appendString(b, s)
	}
	return b
}

func (d *decoder) strings() []string {
	n := d.uint()
	if n > uint64(len(d.b)) {
		d.fail()
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = d.string()
	}
	return list
}

// readPassage reads all but hash and cuts.
func readPassage(b []byte) (*passageRecord, error) {
	r := &passageRecord{}
	if len(b) < len(r.hash) {
		return nil, errRecord
	}
	d := &decoder{b: b[len(r.hash):]}
	d.bytes() // the cuts: see readCuts
	r.articleID = d.string()
	r.id = d.string()
	r.anchor = d.string()
	r.title = d.string()
	r.wordings = d.strings()
	r.headings = d.strings()
	updated, n := binary.Varint(d.b)
	if n <= 0 {
		return nil, errRecord
	}
	r.updated, d.b = updated, d.b[n:]
	r.traditional = d.byte() == 1
	r.text = d.string()
	return r, d.err
}

// readCuts reads only hash and cuts.
func readCuts(b []byte) (hash [16]byte, cuts analysis.Cuts, err error) {
	if len(b) < len(hash) {
		return hash, nil, errRecord
	}
	copy(hash[:], b)
	d := &decoder{b: b[len(hash):]}
	cuts = analysis.Cuts(slices.Clone(d.bytes()))
	return hash, cuts, d.err
}

func (r *passageRecord) question() string { return r.wordings[0] }

func (r *passageRecord) updatedTime() time.Time {
	if r.updated == 0 {
		return time.Time{}
	}
	return time.Unix(r.updated, 0)
}

// An articleRecord is an article as it is stored: the texts of its passages are left out, because the passages' own
// records have them, and so is their Markdown, which is a piece of the body.
type articleRecord struct {
	content.Article
	Pieces [][2]int // of Body, one a passage; {−1, 0} when the Markdown is not one piece of it
}

func appendArticle(b []byte, a *content.Article) ([]byte, error) {
	r := articleRecord{Article: *a, Pieces: make([][2]int, len(a.Passages))}
	r.Passages = make([]content.Passage, len(a.Passages))
	from := 0
	for i, p := range a.Passages {
		at := -1
		if from >= 0 {
			at = strings.Index(a.Body[from:], p.Markdown)
		}
		if at >= 0 {
			r.Pieces[i] = [2]int{from + at, len(p.Markdown)}
			from += at + len(p.Markdown)
			p.Markdown = ""
		} else {
			r.Pieces[i] = [2]int{-1, 0}
			from = -1 // not in order: searching on could take the square of the file's size
		}
		p.Text = ""
		r.Passages[i] = p
	}
	j, err := json.Marshal(&r)
	if err != nil {
		return nil, fmt.Errorf("article %s: %w", a.Path, err)
	}
	return append(b, j...), nil
}

func readArticle(b []byte) (*content.Article, error) {
	var r articleRecord
	if err := json.Unmarshal(b, &r); err != nil {
		return nil, fmt.Errorf("article record: %w", err)
	}
	if len(r.Pieces) != len(r.Passages) {
		return nil, errRecord
	}
	for i, piece := range r.Pieces {
		if piece[0] < 0 {
			continue
		}
		if piece[1] < 0 || piece[0]+piece[1] > len(r.Body) {
			return nil, errRecord
		}
		r.Passages[i].Markdown = r.Body[piece[0] : piece[0]+piece[1]]
	}
	return &r.Article, nil
}
