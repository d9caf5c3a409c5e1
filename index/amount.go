package index

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// An amount is a number with a unit in a folded text: 1000块, 一千元, 24小时. Zero when there is none.
type amount struct {
	end   int // where it ends in the text
	value int // in the smallest unit of its kind: yuan, minutes, months
	unit  measure
}

// A measure is a unit of money or time.
type measure struct {
	name  string
	kind  kindOfMeasure
	worth int // in the smallest measure of its kind
}

type kindOfMeasure int

const (
	money kindOfMeasure = iota
	span                // of time, up to weeks
	months
)

// measures by name. A month is no fixed number of days, so months and years are kept apart from shorter spans.
var measures = [...]measure{
	{"元", money, 1}, {"块", money, 1}, {"块钱", money, 1}, {"元钱", money, 1}, {"圆", money, 1},
	{"分钟", span, 1}, {"小时", span, 60}, {"个小时", span, 60}, {"钟头", span, 60}, {"个钟头", span, 60}, {"个钟", span, 60},
	{"天", span, 24 * 60}, {"日", span, 24 * 60}, {"周", span, 7 * 24 * 60}, {"星期", span, 7 * 24 * 60},
	{"个星期", span, 7 * 24 * 60}, {"个礼拜", span, 7 * 24 * 60}, {"礼拜", span, 7 * 24 * 60},
	{"个月", months, 1}, {"年", months, 12},
}

// maxAmount keeps amounts within what is written in words.
const maxAmount = 100_000_000

// amountAt reads the amount that begins at text[at]; none inside of a longer number.
func amountAt(text string, at int) amount {
	value, end, ok := numberAt(text, at)
	if !ok {
		return amount{}
	}
	var unit measure
	for _, m := range measures {
		if len(m.name) > len(unit.name) && strings.HasPrefix(text[end:], m.name) {
			unit = m
		}
	}
	if unit.name == "" || value == 0 || value > maxAmount {
		return amount{}
	}
	end += len(unit.name)
	for _, no := range notAmounts {
		if strings.HasPrefix(text[end-len(unit.name):], no) {
			return amount{}
		}
	}
	return amount{end, value * unit.worth, unit}
}

// notAmounts begin with a measure and are none: 3年级, 1日元, 2天猫.
var notAmounts = []string{"年级", "日元", "天猫", "元旦", "年报", "日报", "周年"}

// numberAt reads a whole number in digits (1000, 1,000, 3万) or in words (一千, 两, 十二) at text[at].
func numberAt(text string, at int) (value, end int, ok bool) {
	isDigit := func(i int) bool { return i < len(text) && text[i] >= '0' && text[i] <= '9' }
	if at > 0 && (isDigit(at-1) || text[at-1] == '.' || text[at-1] >= 'a' && text[at-1] <= 'z') {
		return 0, 0, false
	}
	if isDigit(at) {
		digits := 0
		for end = at; isDigit(end) || end < len(text) && text[end] == ',' && isDigit(end+1); end++ {
			if text[end] != ',' {
				value = value*10 + int(text[end]-'0')
				if digits++; digits > 9 {
					return 0, 0, false
				}
			}
		}
		for name, times := range map[string]int{"千": 1000, "万": 10000} {
			if strings.HasPrefix(text[end:], name) {
				return value * times, end + len(name), true
			}
		}
		return value, end, true
	}
	return wordsAt(text, at)
}

const numerals = "零一二三四五六七八九"

// wordsAt reads a number in Chinese characters below 100,000,000.
func wordsAt(text string, at int) (value, end int, ok bool) {
	section, digit := 0, -1
	for end = at; end < len(text); {
		r, size := utf8.DecodeRuneInString(text[end:])
		if r == '两' {
			r = '二'
		}
		if i := strings.IndexRune(numerals, r); i >= 0 {
			digit = i / len("零")
		} else if times, is := map[rune]int{'十': 10, '百': 100, '千': 1000}[r]; is {
			if digit <= 0 {
				digit = 1 // 十二, 一万零十
			}
			section += digit * times
			digit = -1
		} else if r == '万' && value == 0 {
			value = (section + max(digit, 0)) * 10000
			section, digit = 0, -1
		} else {
			break
		}
		end += size
	}
	value += section + max(digit, 0)
	return value, end, end > at && value > 0
}

// inWords writes a number below 100,000,000 in Chinese characters: 1000 is 一千, 12 is 十二, 105 is 一百零五.
func inWords(n int) string {
	if n >= 10000 {
		rest := ""
		if n%10000 > 0 {
			rest = inWords(n % 10000)
			if strings.HasPrefix(rest, "十") {
				rest = "一" + rest // 一万零一十
			}
			if n%10000 < 1000 {
				rest = "零" + rest
			}
		}
		return inWords(n/10000) + "万" + rest
	}
	var b strings.Builder
	zero := false
	for _, place := range []struct {
		worth int
		name  string
	}{{1000, "千"}, {100, "百"}, {10, "十"}, {1, ""}} {
		d := n / place.worth % 10
		switch {
		case d == 0:
			zero = b.Len() > 0
		case place.worth == 10 && d == 1 && b.Len() == 0:
			b.WriteString("十")
		default:
			if zero {
				b.WriteString("零")
				zero = false
			}
			b.WriteString(numerals[d*len("零"):(d+1)*len("零")] + place.name)
		}
	}
	return b.String()
}

// maxCount bounds the number in another spelling: nobody writes a week as 10080 minutes.
const maxCount = 400

// tellingNumber is the least number that is tried in digits: smaller ones occur everywhere, and 20 of a question about 二十天
// would count for 20个月.
const tellingNumber = 100

// spellings are other ways to write an amount: in the same unit in words and in digits, then in the others in which it
// is a whole number.
func (a amount) spellings() []string {
	var list []string
	add := func(m measure) {
		n := a.value / m.worth
		if m.kind != a.unit.kind || a.value%m.worth != 0 || n > maxCount && m.worth != a.unit.worth {
			return
		}
		words := inWords(n)
		if n == 2 {
			words = "两"
		}
		list = append(list, words+m.name)
		if n >= tellingNumber {
			list = append(list, strconv.Itoa(n)+m.name)
		}
	}
	add(a.unit)
	for _, m := range measures {
		if m != a.unit {
			add(m)
		}
	}
	switch {
	case a.unit.kind == months && a.value == 6:
		list = append(list, "半年")
	case a.unit.kind == span && a.value == 30:
		list = append(list, "半小时", "半个小时")
	}
	return list
}
