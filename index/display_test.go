package index_test

import (
	"testing"

	"jieda/index"
)

func TestDisplay(t *testing.T) {
	for _, tt := range []struct {
		display               index.Display
		text, lang, want, tag string
	}{
		{index.AsWritten, "头发", "zh-CN", "头发", "zh-CN"},
		{index.Hant, "头发", "zh-CN", "頭髮", "zh-TW"},
		{index.Hant, "头发", "zh", "頭髮", "zh-TW"},
		{index.Hant, "皇后", "zh-TW", "皇后", "zh-TW"}, // not 皇後
		{index.Hant, "頭髮在後面", "", "頭髮在後面", ""},
		{index.Hant, "头发", "", "頭髮", ""},
		{index.Hans, "頭髮", "zh-HK", "头发", "zh-CN"},
		{index.Hans, "乾隆", "zh-CN", "乾隆", "zh-CN"},
		{index.Hans, "頭髮", "", "头发", ""},
		{index.Hant, "Refund 发", "en", "Refund 发", "en"},
		{"klingon", "头发", "zh-CN", "头发", "zh-CN"},
	} {
		if got := tt.display.Text(tt.text, tt.lang); got != tt.want {
			t.Errorf("%q of %q as %q: %q, want %q", tt.text, tt.lang, tt.display, got, tt.want)
		}
		if got := tt.display.Lang(tt.lang); got != tt.tag {
			t.Errorf("language %q as %q: %q, want %q", tt.lang, tt.display, got, tt.tag)
		}
	}
}
