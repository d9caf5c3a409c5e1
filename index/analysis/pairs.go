package analysis

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// pairsData has a line for each character of jieba's dictionary, "character TAB times", and behind it for every number of
// times "TAB times" and the characters that follow it so often inside of words. Times are bits.Len of the number, in some
// 60 million words of text.
//
//go:generate go run genpairs.go
//go:embed data/pairs.txt.gz
var pairsData []byte

// Followers are the characters that follow one inside of words: what is known of Chinese besides the texts of a site.
type Followers struct {
	chars  []rune // ascending
	shares []float32
}

// Share is how often, of 1, the character is followed by next in the same word; 0 when it is so rarely or never.
func (f Followers) Share(next rune) float64 {
	at, ok := slices.BinarySearch(f.chars, next)
	if !ok {
		return 0
	}
	return float64(f.shares[at])
}

// A UsualChar is a character that is usual in Chinese texts, with its share of all characters in them.
type UsualChar struct {
	Char  rune
	Share float64
}

// FollowersOf are the followers of a character; none of what is rare or no Han character.
func FollowersOf(r rune) Followers { return pairs().followers[r] }

// UsualChars are those that make up all but two in a hundred characters of Chinese texts, ascending. It must not be
// changed.
func UsualChars() []UsualChar { return pairs().usual }

// usualFrom are the Times from which a character is usual.
const usualFrom = 11

type pairTable struct {
	followers map[rune]Followers
	usual     []UsualChar
}

// pairs reads the data when it is first needed, as readings does.
var pairs = sync.OnceValue(func() *pairTable {
	t, err := newPairTable(pairsData)
	if err != nil {
		panic(err) // the data is part of the program
	}
	return t
})

func newPairTable(packed []byte) (*pairTable, error) {
	text, err := gunzip(packed)
	if err != nil {
		return nil, fmt.Errorf("pairs.txt: %w", err)
	}
	t := &pairTable{followers: make(map[rune]Followers, 10_000)}
	total := 0.0
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(fields) < 2 {
			return nil, fmt.Errorf("pairs.txt: %q has no number of times", line)
		}
		char, _ := utf8.DecodeRuneInString(fields[0])
		class, times, _, err := timesOf(fields[1])
		if err != nil {
			return nil, err
		}
		total += times
		if class >= usualFrom {
			t.usual = append(t.usual, UsualChar{char, times})
		}
		type follower struct {
			char  rune
			share float32
		}
		var list []follower
		for _, field := range fields[2:] {
			_, n, chars, err := timesOf(field)
			if err != nil {
				return nil, err
			}
			for _, c := range chars {
				list = append(list, follower{c, float32(n / times)})
			}
		}
		slices.SortFunc(list, func(a, b follower) int { return int(a.char - b.char) })
		f := Followers{make([]rune, len(list)), make([]float32, len(list))}
		for i, l := range list {
			f.chars[i], f.shares[i] = l.char, l.share
		}
		t.followers[char] = f
	}
	for i := range t.usual {
		t.usual[i].Share /= total
	}
	return t, nil
}

// timesOf reads a number of times, as a class and about, and the characters behind it.
func timesOf(field string) (class int, times float64, chars string, err error) {
	chars = strings.TrimLeft(field, "0123456789")
	class, err = strconv.Atoi(field[:len(field)-len(chars)])
	if err != nil || class < 1 || class > 40 {
		return 0, 0, "", fmt.Errorf("pairs.txt: %q has no number of times", field)
	}
	return class, 0.75 * float64(int(1)<<class), chars, nil // the middle of the numbers of that length
}
