package analysis

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// The expected values are those of OpenCC's own s2tw and tw2s.
func TestRewrite(t *testing.T) {
	for _, tt := range []struct {
		simplified, traditional string
	}{
		{"", ""},
		{"Plain text 123", "Plain text 123"},
		{"退款多久到账？", "退款多久到賬？"},
		{"怎么开发票", "怎麼開發票"},
		{"头发干净了以后再理发", "頭髮乾淨了以後再理髮"},
		{"这里面有一千多台计算机", "這裡面有一千多臺計算機"},
		{"只有一只猫", "只有一隻貓"},
		{"软件更新失败", "軟件更新失敗"},
		{"皇后在后面", "皇后在後面"},
		{"看着办", "看著辦"},
		{"特征", "特徵"},
		{"长征", "長征"},
	} {
		if got := Rewrite(tt.simplified, Traditional); got != tt.traditional {
			t.Errorf("%q in traditional characters: %q, want %q", tt.simplified, got, tt.traditional)
		}
		if got := Rewrite(tt.traditional, Simplified); got != tt.simplified {
			t.Errorf("%q in simplified characters: %q, want %q", tt.traditional, got, tt.simplified)
		}
	}
}

func FuzzRewrite(f *testing.F) {
	f.Add("头发 <b>后</b> &amp; 軟體")
	f.Add("\xff发\x00")
	f.Fuzz(func(t *testing.T, text string) {
		for _, to := range []Script{Simplified, Traditional} {
			got := Rewrite(text, to)
			if utf8.ValidString(text) && !utf8.ValidString(got) {
				t.Errorf("%q became %q", text, got)
			}
			ascii := func(s string) string {
				return strings.Map(func(r rune) rune {
					if r < utf8.RuneSelf {
						return r
					}
					return -1
				}, s)
			}
			if utf8.ValidString(text) && ascii(got) != ascii(text) {
				t.Errorf("%q became %q: markup has changed", text, got)
			}
		}
	})
}
