package analysis

import (
	_ "embed"
	"fmt"
	"slices"
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

// Spellings are the syllables that begin at every offset of a text of small letters, shortest first. Of xian they are xi, xia
// and xian at 0, an at 2. Not all of them are on a way from the beginning to the end.
func Spellings(letters string) [][]Spelling {
	t := readings()
	list := make([][]Spelling, len(letters))
	for i := range list {
		for end := i + 1; end <= min(i+maxSyllable, len(letters)); end++ {
			if s, ok := t.numbers[letters[i:end]]; ok {
				list[i] = append(list[i], Spelling{s, i, end})
			}
		}
	}
	return list
}

// MaxSlip is the length of the longest text of letters that one slip makes of a syllable.
const MaxSlip = maxSyllable + 1

// Slips are the syllables that letters become when one slip of the fingers is undone: a key left out (zhan for zhuan), hit
// twice or beside another (tuui), swapped with the next (kaun), or taken for its neighbour on the keyboard (bap for bao).
// Each is there once; letters itself is not.
func Slips(letters string) []Syllable {
	if len(letters) == 0 || len(letters) > MaxSlip {
		return nil
	}
	t := readings()
	var list []Syllable
	try := func(b []byte) {
		if s, ok := t.numbers[string(b)]; ok && string(b) != letters && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	var buffer [MaxSlip + 1]byte
	b := buffer[:copy(buffer[:], letters)]
	for i := range b { // taken for its neighbour, or swapped
		typed := b[i]
		for _, near := range []byte(neighbours(typed)) {
			b[i] = near
			try(b)
		}
		b[i] = typed
		if i+1 < len(b) {
			b[i], b[i+1] = b[i+1], b[i]
			try(b)
			b[i], b[i+1] = b[i+1], b[i]
		}
	}
	var other [MaxSlip + 1]byte
	for i := range b { // one too many
		n := copy(other[:], b[:i])
		n += copy(other[n:], b[i+1:])
		try(other[:n])
	}
	for i := range len(b) + 1 { // one too few
		copy(other[:], b[:i])
		n := i + 1
		n += copy(other[n:], b[i:])
		for c := byte('a'); c <= 'z'; c++ {
			other[i] = c
			try(other[:n])
		}
	}
	return list
}

// neighbours are the letters whose keys touch that of a small letter on the usual keyboard.
func neighbours(letter byte) string {
	rows := [...]string{"qwertyuiop", "asdfghjkl", "zxcvbnm"}
	for n, row := range rows {
		at := strings.IndexByte(row, letter)
		if at < 0 {
			continue
		}
		near := make([]byte, 0, 6)
		add := func(n, at int) {
			if n >= 0 && n < len(rows) && at >= 0 && at < len(rows[n]) {
				near = append(near, rows[n][at])
			}
		}
		add(n, at-1)
		add(n, at+1)
		add(n-1, at) // each row begins about half a key further right than the one above
		add(n-1, at+1)
		add(n+1, at-1)
		add(n+1, at)
		return string(near)
	}
	return ""
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
