package analysis

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/yanyiwu/gojieba"
)

// maxPiece is the most that jieba gets at once, in bytes: its memory grows with the length of a text, to 1.4 GB for
// 10 MB.
const maxPiece = 64 << 10

// Jieba is a Segmenter that uses jieba: the most likely words by their frequency, without guessing unknown ones
// (HMM off), so that a word is cut alike wherever it stands. One takes about 120 MB and half a second to make.
//
// Words cannot be added while it runs, because jieba crashes then: make a new one, switch to it, close the old one.
type Jieba struct {
	// running holds one value for each cut that may run at a time. Whoever holds all of them may free jieba.
	running chan struct{}
	closing sync.Once
	jieba   *gojieba.Jieba // nil when closed
}

var _ Segmenter = (*Jieba)(nil)

// NewJieba writes jieba's dictionaries to the folder dir, which it makes, unless they are there, and loads them with
// the site's own words. Several may use the same folder at the same time, with the same or different words. Nothing
// is read from the folder later.
//
// The site's words are folded, each in the script that it shows by itself; on a traditional site fold them before, for
// words such as 文件 that show none. Those that then hold anything but Han characters are left out: jieba could never find
// them, and Latin names are terms anyway.
func NewJieba(dir string, site []SiteWord) (*Jieba, error) {
	paths, err := writeDictionaries(dir, site)
	if err != nil {
		return nil, fmt.Errorf("prepare jieba's dictionaries: %w", err)
	}
	return &Jieba{
		running: make(chan struct{}, runtime.GOMAXPROCS(0)),
		jieba:   gojieba.NewJieba(paths.main, paths.hmm, paths.site, paths.idf, paths.stop),
	}, nil
}

// Cut implements [Segmenter]. It panics after Close.
func (j *Jieba) Cut(text string) []string {
	if len(text) <= maxPiece {
		return j.cut(text)
	}
	var words []string
	for len(text) > 0 {
		n := pieceLen(text)
		words = append(words, j.cut(text[:n])...)
		text = text[n:]
	}
	return words
}

func (j *Jieba) cut(text string) []string {
	j.running <- struct{}{}
	defer func() { <-j.running }()
	if j.jieba == nil {
		panic("analysis: Cut on a closed Jieba")
	}
	words := j.jieba.Cut(text, false)
	runtime.KeepAlive(j) // its jieba must not be finalized before C++ has returned
	return words
}

// pieceLen is how much of text to cut next: up to a newline where there is one, otherwise up to a character.
func pieceLen(text string) int {
	if len(text) <= maxPiece {
		return len(text)
	}
	if n := strings.LastIndexByte(text[:maxPiece], '\n'); n >= 0 {
		return n + 1
	}
	n := maxPiece
	for n > maxPiece-utf8.UTFMax && !utf8.RuneStart(text[n]) {
		n--
	}
	return n
}

// Close implements [Segmenter].
func (j *Jieba) Close() error {
	j.closing.Do(func() {
		for range cap(j.running) {
			j.running <- struct{}{}
		}
		j.jieba.Free()
		j.jieba = nil
		for range cap(j.running) {
			<-j.running
		}
	})
	return nil
}
