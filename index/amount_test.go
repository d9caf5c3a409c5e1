package index

import (
	"slices"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestAmountAt(t *testing.T) {
	for _, c := range []struct {
		text  string
		end   string // what is left behind the amount
		value int    // 0: no amount
	}{
		{"1000块能用吗", "能用吗", 1000}, {"一千元", "", 1000}, {"1,000元", "", 1000}, {"3千块钱", "", 3000}, {"两万元", "", 20000},
		{"24小时", "", 1440}, {"一天", "", 1440}, {"7天无理由", "无理由", 7 * 1440}, {"一周", "", 7 * 1440}, {"十二个月", "", 12}, {"一年", "", 12},
		{"一百零五元", "", 105}, {"十万零三百元", "", 100300}, {"半年", "", 0}, {"3年级", "", 0}, {"1日元", "", 0}, {"0元购", "", 0},
		{"1000", "", 0}, {"一千", "", 0}, {"元", "", 0}, {"一个", "", 0}, {"9999999999元", "", 0}, {"", "", 0},
	} {
		a := amountAt(c.text, 0)
		if a.value != c.value || c.value > 0 && c.text[a.end:] != c.end {
			t.Errorf("%s: %d, then %q", c.text, a.value, c.text[a.end:])
		}
	}
	if a := amountAt("x1000元", 1); a.end != 0 {
		t.Errorf("a part of a code is read as %d", a.value)
	}
}

func TestSpellings(t *testing.T) {
	for text, want := range map[string][]string{
		"1000块": {"一千块", "1000块", "一千元", "1000元"}, "24小时": {"一天", "两天"}, "一周": {"七天"}, "12个月": {"一年"}, "6个月": {"半年"}, "两百元": {"200元"},
	} {
		got := amountAt(text, 0).spellings()
		for _, w := range want {
			if (w == "两天") == slices.Contains(got, w) {
				t.Errorf("%s: %q in %q is %v", text, w, got, w == "两天")
			}
		}
	}
}

// What is written in words is read as the same number.
func TestNumbersInWords(t *testing.T) {
	for n, want := range map[int]string{1: "一", 10: "十", 12: "十二", 20: "二十", 105: "一百零五", 110: "一百一十", 1000: "一千", 1010: "一千零一十", 10000: "一万", 10005: "一万零五", 10012: "一万零一十二", 12000: "一万二千"} {
		if got := inWords(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
	if got, _, _ := numberAt("一万零十", 0); got != 10010 {
		t.Errorf("一万零十 is %d", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, maxAmount-1).Draw(t, "n")
		words := inWords(n)
		if got, end, ok := numberAt(words, 0); !ok || got != n || end != len(words) {
			t.Fatalf("%d is %s, read as %d up to %d", n, words, got, end)
		}
	})
}

func FuzzAmountAt(f *testing.F) {
	for _, s := range []string{"1000块", "一千元", "24小时", "十万零三百元", "万万万", "1,,2元", "零"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for at := range s {
			a := amountAt(s, at)
			if a.end == 0 {
				continue
			}
			if a.end <= at || a.end > len(s) || a.value <= 0 || utf8.ValidString(s) && !utf8.ValidString(s[at:a.end]) {
				t.Fatalf("%q at %d: %+v", s, at, a)
			}
			for _, other := range a.spellings() {
				if b := amountAt(other, 0); b.value != a.value && other != "半年" && other != "半小时" && other != "半个小时" {
					t.Fatalf("%q is also %q, which is read as %d, not %d", s[at:a.end], other, b.value, a.value)
				}
			}
		}
	})
}
