package analysis

import (
	"strings"
	"unicode/utf8"
)

// What a term counts, relative to the others of its text.
const (
	StopWeight  = 0.3 // a word, pair or character that says little
	LatinWeight = 3   // names and codes say most
)

// stopWords are the function words of Chinese questions; list and weight were measured on ten question sets.
const stopWords = `的 了 吗 呢 啊 呀 吧 么 嘛 哦 和 与 及 或 在 是 我 你 您 我们 你们 他 她 它 请 请问 这 那 这个 那个 有 要 会 能 可以 都 就 也
还 被 把 给 对 从 到 为 以 之 其 个 一 一下 中 上 下 里 进行 以及 是否 什么 怎么 如何 怎样 怎么办 为什么 多少 哪些 哪里 能否 时 后 想 得 着 用 于`

// Weight is what a term counts: LatinWeight, StopWeight or 1.
func Weight(k Key) float32 {
	switch {
	case k.Kind() == Latin:
		return LatinWeight
	case stopKeys.has(k):
		return StopWeight
	}
	return 1
}

// stopKeys are the keys of stopWords: as words, and the short ones as pairs or characters too.
var stopKeys = newKeySet(stopWords)

// A keySet is a hash table with open addressing; 0, which is no key, marks what is free.
type keySet [512]Key

func newKeySet(words string) *keySet {
	var s keySet
	for _, word := range strings.Fields(words) {
		runes := []rune(word)
		switch utf8.RuneCountInString(word) {
		case 1:
			s.add(runeKey(Word, 0, runes[0]))
			s.add(runeKey(Char, 0, runes[0]))
		case 2:
			s.add(runeKey(Word, runes[0], runes[1]))
			s.add(runeKey(Bigram, runes[0], runes[1]))
		default:
			s.add(textKey(Word, word))
		}
	}
	return &s
}

func (s *keySet) slot(k Key) int {
	at := int(uint64(k) * 0x9E3779B97F4A7C15 >> 55)
	for s[at] != 0 && s[at] != k {
		at = (at + 1) % len(s)
	}
	return at
}

func (s *keySet) add(k Key)      { s[s.slot(k)] = k }
func (s *keySet) has(k Key) bool { return s[s.slot(k)] == k }
