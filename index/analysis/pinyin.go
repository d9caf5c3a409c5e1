package analysis

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
)

// pinyinData has a line for each syllable, "syllable TAB characters usually read so TAB characters that can be".
//
//go:generate go run genpinyin.go
//go:embed data/pinyin.txt.gz
var pinyinData []byte

// A Syllable is a syllable of Mandarin without its tone; 0 is none. As in typing, ü is v (lv for 绿), and in lue, nue
// as in lve, nve.
type Syllable uint16

// String is the syllable as it is typed, "zhuang".
func (s Syllable) String() string { return readings().names[s] }

// Syllables is one more than the greatest Syllable.
func Syllables() int { return len(readings().names) }

// Readings are the syllables that a character can be read as, the usual one first (行: xing, hang, heng); nil for what
// is no Han character. It must not be changed.
func Readings(r rune) []Syllable { return readings().of[r] }

// SoundAlikes are the syllables that many speakers and typists do not tell from s: z and zh, c and ch, s and sh, n
// and l, an and ang, en and eng, in and ing. It must not be changed.
func SoundAlikes(s Syllable) []Syllable { return readings().alike[s] }

// A Spelling is one syllable of a text in Latin letters.
type Spelling struct {
	Syllable   Syllable
	Start, End int // byte offsets in the text
}

// Spellings are all ways to cut a text of small letters into syllables: at every offset the syllables that begin there,
// shortest first, as far as they are on a way from the beginning to the end. Of xian they are xi and xian at 0, an at
// 2. It is nil for a text that is not pinyin from beginning to end.
func Spellings(letters string) [][]Spelling {
	t := readings()
	reaches := make([]bool, len(letters)+1) // the end can be reached from here
	reaches[len(letters)] = true
	ways := make([][]Spelling, len(letters))
	for i := len(letters) - 1; i >= 0; i-- {
		for end := i + 1; end <= min(i+maxSyllable, len(letters)); end++ {
			if !reaches[end] {
				continue
			}
			if s, ok := t.numbers[letters[i:end]]; ok {
				ways[i] = append(ways[i], Spelling{s, i, end})
				reaches[i] = true
			}
		}
	}
	if len(letters) == 0 || !reaches[0] {
		return nil
	}
	// What cannot be reached from the beginning goes.
	from := make([]bool, len(letters)+1)
	from[0] = true
	for i, list := range ways {
		if !from[i] {
			ways[i] = nil
			continue
		}
		for _, s := range list {
			from[s.End] = true
		}
	}
	return ways
}

// maxSyllable is the length of the longest, zhuang.
const maxSyllable = 6

type readingTable struct {
	names   []string
	numbers map[string]Syllable
	of      map[rune][]Syllable
	alike   [][]Syllable
}

// readings reads the data when it is first needed, which is when a question found nothing. What it returns is never
// changed.
var readings = sync.OnceValue(func() *readingTable {
	t, err := newReadingTable(pinyinData)
	if err != nil {
		panic(err) // the data is part of the program
	}
	return t
})

func newReadingTable(packed []byte) (*readingTable, error) {
	text, err := gunzip(packed)
	if err != nil {
		return nil, fmt.Errorf("pinyin.txt: %w", err)
	}
	t := &readingTable{names: []string{""}, numbers: map[string]Syllable{}, of: make(map[rune][]Syllable, 24_000)}
	rest := make([]string, 1) // characters for which a syllable is not the usual one
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 3 || len(f[0]) > maxSyllable {
			return nil, fmt.Errorf("pinyin.txt: %q is not a syllable with two lists of characters", line)
		}
		s := Syllable(len(t.names))
		t.names = append(t.names, f[0])
		t.numbers[f[0]] = s
		rest = append(rest, f[2])
		for _, r := range f[1] {
			t.of[r] = []Syllable{s}
		}
	}
	for s, characters := range rest {
		for _, r := range characters {
			t.of[r] = append(t.of[r], Syllable(s))
		}
	}
	for typed, meant := range map[string]string{"lue": "lve", "nue": "nve", "lyu": "lv", "nyu": "nv"} {
		t.numbers[typed] = t.numbers[meant]
	}
	t.alike = make([][]Syllable, len(t.names))
	for s, name := range t.names {
		for _, other := range soundAlikes(name) {
			if n, ok := t.numbers[other]; ok && n != Syllable(s) {
				t.alike[s] = append(t.alike[s], n)
			}
		}
	}
	return t, nil
}

// soundAlikes lists what a syllable is taken for, whether or not there is such a syllable.
func soundAlikes(s string) []string {
	var list []string
	for _, pair := range [][2]string{{"zh", "z"}, {"ch", "c"}, {"sh", "s"}} {
		if final, ok := strings.CutPrefix(s, pair[0]); ok {
			list = append(list, pair[1]+final)
		} else if final, ok := strings.CutPrefix(s, pair[1]); ok {
			list = append(list, pair[0]+final)
		}
	}
	for _, pair := range [][2]string{{"n", "l"}, {"l", "n"}} {
		if final, ok := strings.CutPrefix(s, pair[0]); ok {
			list = append(list, pair[1]+final)
		}
	}
	if initial, ok := strings.CutSuffix(s, "ng"); ok {
		list = append(list, initial+"n")
	} else if strings.HasSuffix(s, "n") {
		list = append(list, s+"g")
	}
	return list
}
