package index

import (
	"math"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"jieda/index/analysis"
)

// A speller knows how a site spells: which Han characters it uses, how often, and which follow which. It reads that from
// the generation's terms and adds a few hundred kilobytes. For what the site does not say it knows the usual characters of
// Chinese and the words that they make. It is never changed once made.
type speller struct {
	words  *view
	chars  []rune    // ascending: those of the site and the usual ones
	counts []float64 // of each: how many texts and questions hold it; 0 when the site has it not
	shares []float64 // of each: its likelihood by itself
	total  float64   // the sum of counts
	pairs  []int     // of each: where in terms the pairs are that begin with it; one more at the end
	follow []analysis.Followers
	spelt  [][]reading
	// Latin words that misspelt ones may be corrected to, the most frequent first, the letterMask of each, and their positions
	// by their first letter.
	names       []string
	nameLetters []uint32
	namesBy     [26][]int32
	lattices    sync.Pool // of *lattice
}

// A reading is one character that a syllable can stand for.
type reading struct {
	char  int32 // position in chars
	usual bool  // it is how the character is usually read
}

func newSpeller(words *view, names []string) *speller {
	terms := words.terms
	s := &speller{
		words: words, spelt: make([][]reading, analysis.Syllables()), names: names, nameLetters: letterMasks(names), namesBy: byFirst(names),
		lattices: sync.Pool{New: func() any { return new(lattice) }},
	}
	total := 0.0
	row, usual := terms.from(analysis.CharKey(0)), analysis.UsualChars()
	for {
		r, n, share := rune(-1), 0.0, 0.0
		if row < terms.n && terms.key(row).Kind() == analysis.Char {
			r = terms.key(row).Last()
		}
		switch {
		case r < 0 && len(usual) == 0:
			s.pairs = append(s.pairs, terms.from(analysis.CharKey(0)))
			s.total = max(total, 1)
			for i, n := range s.counts {
				s.shares[i] = (1-usualShare)*n/s.total + usualShare*s.shares[i] + strangerShare
			}
			return s
		case len(usual) > 0 && (r < 0 || usual[0].Char <= r):
			if usual[0].Char == r {
				n = s.count(row)
				row++
			}
			r, share = usual[0].Char, usual[0].Share
			usual = usual[1:]
		default:
			n = s.count(row)
			row++
			if n == 0 {
				continue
			}
		}
		for i, syllable := range analysis.Readings(r) {
			s.spelt[syllable] = append(s.spelt[syllable], reading{int32(len(s.chars)), i == 0})
		}
		if analysis.Weight(analysis.CharKey(r)) == analysis.StopWeight {
			n *= functionWord
		}
		s.chars = append(s.chars, r)
		s.counts = append(s.counts, n)
		s.shares = append(s.shares, share)
		s.pairs = append(s.pairs, terms.from(analysis.PairKey(r, 0)))
		s.follow = append(s.follow, analysis.FollowersOf(r))
		total += n
	}
}

// count is how many texts and questions hold the term.
func (s *speller) count(row int) float64 {
	_, inText, inUnits, _ := s.words.row(row)
	return float64(inText) + float64(inUnits)
}

// find returns the position of a character; stranger if the site has none.
func (s *speller) find(r rune) int32 {
	if at, ok := slices.BinarySearch(s.chars, r); ok {
		return int32(at)
	}
	return stranger
}

// together is how many texts and questions hold the two side by side.
func (s *speller) together(first, second int32) float64 {
	if first < 0 || second < 0 {
		return 0
	}
	key := analysis.PairKey(s.chars[first], s.chars[second])
	low, high := s.pairs[first], s.pairs[first+1]
	for low < high {
		if middle := (low + high) / 2; s.words.terms.key(middle) < key {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low == s.words.terms.n || s.words.terms.key(low) != key {
		return 0
	}
	return s.count(low)
}

const (
	// boundary stands where a character would for what is none: the beginning, the end, a name, a comma.
	boundary = -1
	// stranger stands for a character that the site does not have.
	stranger = -2
)

// The costs of spelling are negative logarithms of likelihoods. They were tried on typed pinyin and on real typing
// errors (index/DESIGN.md, "Rescue"); all of them may be halved or doubled without much harm.
const (
	// smoothing is how many imagined neighbours, as in the words of Chinese, each character has besides those it was seen with
	// on the site.
	smoothing = 8.0
	// wordsShare is what the words of Chinese count against what the site writes, usualShare the usual characters of
	// Chinese against those of the site, strangerShare a character that is in neither.
	wordsShare, usualShare, strangerShare = 0.2, 0.1, 1e-7
	// functionWord is how much more often customers use function words (吗, 呢) than articles do.
	functionWord = 3
	// unusualCost is for reading a character in another way than the usual one (行 as hang).
	unusualCost = 3.0
	// replaceCost is for a character of the same reading instead of the one that was typed, soundAlikeCost for one that only
	// sounds alike (zi for zhi).
	replaceCost, soundAlikeCost = 4.0, 2.0
	// slipCost is for a slip of the fingers in a syllable.
	slipCost = 6.0
	// beam is how many spellings are followed at every place: 8 lose .002 to .008 MRR on pinyin, 48 gain nothing. None is
	// that is hopelessly dearer than the cheapest.
	beam, hopeless = 16, 10.0
)

// cost is that of second following first. Its likelihood is interpolated from that on the site, with Dirichlet's smoothing
// (Zhai and Lafferty, 2004), and that in Chinese words.
func (s *speller) cost(first, second int32) float64 {
	if second == boundary {
		return 0
	}
	alone := strangerShare
	if second >= 0 {
		alone = s.shares[second]
	}
	if first < 0 {
		return -math.Log(alone)
	}
	words := alone
	if second >= 0 {
		words = (alone + s.follow[first].Share(s.chars[second])) / 2
	}
	site := (s.together(first, second) + smoothing*words) / (s.counts[first] + smoothing)
	return -math.Log((1-wordsShare)*site + wordsShare*words)
}

// A piece is a part of a question for which there may be several spellings.
type piece struct {
	ways    [][]way // through letters that are pinyin
	letters int     // their number; 0 when it is something else
	han     rune    // one Han character; 0 when it is something else
	replace bool    // that may be replaced by one that sounds like it
	text    string  // the letters, or, without ways, what stays as it is
	blank   bool    // a blank is before it
}

// A place is one character, or one text that stays, in a spelling.
type place struct {
	char   int32
	r      rune
	piece  int32
	before int32  // position of the place before, −1 for none
	name   string // instead of r, what stays of a piece's letters
	slip   bool
	cost   float64
}

// A lattice is the working memory of spell, used by one question after another.
type lattice struct {
	places []place
	ends   [][]int32 // by offset, in letters or characters: the places that end there
	// seen holds, by character, the round in which replacements met it.
	seen  []uint32
	round uint32
	path  []int32
}

// reset makes the lattice empty, with room for places to end at offsets up to last.
func (l *lattice) reset(last int) {
	l.places = l.places[:0]
	l.ends = slices.Grow(l.ends[:0], last+1)[:last+1]
	for i := range l.ends {
		l.ends[i] = l.ends[i][:0]
	}
	l.ends[0] = append(l.ends[0], -1)
}

// best keeps the cheapest places that end at an offset, those found first of equal ones, so that the same question is
// always spelt alike.
func (l *lattice) best(offset int) {
	if offset == 0 {
		return
	}
	slices.SortFunc(l.ends[offset], func(a, b int32) int {
		switch {
		case l.places[a].cost < l.places[b].cost:
			return -1
		case l.places[a].cost > l.places[b].cost:
			return 1
		}
		return int(a - b)
	})
	ends := l.ends[offset][:min(len(l.ends[offset]), beam)]
	for len(ends) > 0 && l.places[ends[len(ends)-1]].cost > l.places[ends[0]].cost+hopeless {
		ends = ends[:len(ends)-1]
	}
	l.ends[offset] = ends
}

// step adds a place between two offsets, after the one that makes it cheapest.
func (s *speller) step(l *lattice, from, to int, p place, cost float64) {
	p.before, p.cost = -1, math.Inf(1)
	for _, b := range l.ends[from] {
		c, char := 0.0, int32(boundary)
		if b >= 0 {
			c, char = l.places[b].cost, l.places[b].char
		}
		if c += cost; c >= p.cost {
			break // costs are positive and ends are in their order
		}
		if c += s.cost(char, p.char); c < p.cost {
			p.before, p.cost = b, c
		}
	}
	l.ends[to] = append(l.ends[to], int32(len(l.places)))
	l.places = append(l.places, p)
}

// A spelling is what pieces may mean.
type spelling struct {
	text  string  // "" where there is no character for some syllable
	cost  float64 // of each character or name that was spelt in letters, without slips
	slips int
	left  int // letters that slips make no Chinese of, which stay
}

// spell returns the likeliest spelling of the pieces in the characters of the site, by the algorithm of Viterbi (1967)
// with a beam.
func (s *speller) spell(pieces []piece) spelling {
	last := 0
	for i := range pieces {
		last += max(1, pieces[i].letters)
	}
	if last == 0 {
		return spelling{}
	}
	l := s.lattices.Get().(*lattice)
	defer s.lattices.Put(l)
	l.reset(last)
	at := 0
	for i := range pieces {
		p := &pieces[i]
		switch {
		case p.letters > 0:
			for offset, list := range p.ways {
				l.best(at + offset)
				if len(l.ends[at+offset]) == 0 {
					continue
				}
				for _, w := range list {
					s.read(l, at, offset, w, p.text, int32(i))
				}
			}
		case p.han != 0:
			l.best(at)
			typed := s.find(p.han)
			s.step(l, at, at+1, place{char: typed, r: p.han, piece: int32(i)}, 0)
			if p.replace {
				s.replace(l, at, typed, pieces, i)
			}
		default:
			l.best(at)
			s.step(l, at, at+1, place{char: boundary, piece: int32(i)}, 0)
		}
		at += max(1, p.letters)
		if len(l.ends[at]) == 0 {
			return spelling{}
		}
	}
	l.best(at)
	return s.spelling(l, pieces, l.ends[at][0])
}

// read adds what a way through letters can stand for: every character of a syllable, or a name. The letters begin at the
// lattice's offset at, and the way offset letters further on.
func (s *speller) read(l *lattice, at, offset int, w way, letters string, piece int32) {
	from, to := at+offset, at+w.end
	if w.syllable == 0 {
		s.step(l, from, to, place{char: boundary, piece: piece, name: letters[offset:w.end]}, w.cost)
		return
	}
	for _, c := range s.spelt[w.syllable] {
		more := 0.0
		if !c.usual {
			more = unusualCost
		}
		s.step(l, from, to, place{char: c.char, r: s.chars[c.char], piece: piece, slip: w.slip}, w.cost+more)
	}
}

// nameCost is that of a name, typed in one with pinyin, that so many texts and questions hold.
func (s *speller) nameCost(count float64) float64 { return -math.Log(count / (s.total + count)) }

// spelling is the one that ends with a place.
func (s *speller) spelling(l *lattice, pieces []piece, end int32) (sp spelling) {
	path := l.path[:0]
	for p := end; p >= 0; p = l.places[p].before {
		path = append(path, p)
	}
	slices.Reverse(path)
	l.path = path
	var b strings.Builder
	spelt, last := 0, 0.0
	for len(path) > 0 {
		n := 1 // places of the same piece
		for n < len(path) && l.places[path[n]].piece == l.places[path[0]].piece {
			n++
		}
		first := &l.places[path[0]]
		part := &pieces[first.piece]
		cost, slips := l.places[path[n-1]].cost-last, 0
		last += cost
		text := part.text
		if part.letters > 0 || part.han != 0 {
			text, slips = s.write(l, path[:n])
		}
		stays := part.letters == 0 && part.han == 0
		after := ""
		if n < len(path) && l.places[path[n]].char >= 0 {
			after = string(l.places[path[n]].r)
		}
		if slips > 0 && !s.says(lastHan(b.String())+text+after) {
			text, stays = part.text, true
			sp.left += part.letters
		} else if part.letters > 0 {
			spelt += n
			sp.cost += cost - slipCost*float64(slips)
			sp.slips += slips
		}
		if part.blank && b.Len() > 0 && (stays || first.name != "" || lastHan(b.String()) == "") {
			b.WriteByte(' ')
		}
		b.WriteString(text)
		path = path[n:]
	}
	sp.text = b.String()
	sp.cost /= float64(max(1, spelt))
	return sp
}

// write returns the text of places of one piece, names apart from each other, and the number of slips in it.
func (s *speller) write(l *lattice, path []int32) (text string, slips int) {
	var b strings.Builder
	for i, at := range path {
		p := &l.places[at]
		if p.slip {
			slips++
		}
		if p.name == "" {
			b.WriteRune(p.r)
			continue
		}
		if i > 0 && l.places[path[i-1]].name != "" {
			b.WriteByte(' ')
		}
		b.WriteString(p.name)
	}
	return b.String(), slips
}

// says reports whether the site has at least half of the pairs of characters in a text, and any. Where it has not, letters and
// what is beside them are no mistyped pinyin but a word of another language: Defender is no 的分的.
func (s *speller) says(text string) bool {
	unseen, pairs := s.words.unseen(text)
	return pairs > 0 && unseen*2 <= pairs
}

// lastHan is the last character of a text if it is a Han character, else "".
func lastHan(text string) string {
	r, size := utf8.DecodeLastRuneInString(text)
	if !isHan(r) {
		return ""
	}
	return text[len(text)-size:]
}

// replace adds, in the place of the i-th piece, every character of the site that is read like it, and those that sound like
// it and stand beside one of its neighbours somewhere.
func (s *speller) replace(l *lattice, at int, typed int32, pieces []piece, i int) {
	if len(l.seen) < len(s.chars) {
		l.seen = make([]uint32, len(s.chars))
	}
	l.round++
	if typed >= 0 {
		l.seen[typed] = l.round
	}
	before, after := int32(boundary), int32(boundary)
	if i > 0 && pieces[i-1].han != 0 {
		before = s.find(pieces[i-1].han)
	}
	if i+1 < len(pieces) && pieces[i+1].han != 0 {
		after = s.find(pieces[i+1].han)
	}
	each := func(syllable analysis.Syllable, cost float64, alike bool) {
		for _, c := range s.spelt[syllable] {
			if l.seen[c.char] == l.round || s.counts[c.char] == 0 {
				continue
			}
			l.seen[c.char] = l.round
			if alike && s.together(before, c.char) == 0 && s.together(c.char, after) == 0 {
				continue
			}
			more := 0.0
			if !c.usual {
				more = unusualCost
			}
			s.step(l, at, at+1, place{char: c.char, r: s.chars[c.char], piece: int32(i)}, cost+more)
		}
	}
	readings := analysis.Readings(pieces[i].han)
	for _, syllable := range readings {
		each(syllable, replaceCost, false)
	}
	for _, syllable := range readings {
		for _, alike := range analysis.SoundAlikes(syllable) {
			each(alike, replaceCost+soundAlikeCost, true)
		}
	}
}
