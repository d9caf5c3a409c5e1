package analysis

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

// TestOpenCC runs OpenCC's own cases.
func TestOpenCC(t *testing.T) {
	// Where we decide otherwise on purpose.
	ours := map[string]string{
		// 一坏 and 坏布 may just as well be simplified text about something broken.
		"破坏 身坏命终 一坏 製坏 坏布 麪坏兒": "破坏 身坏命终 一坏 制坯 坏布 面坯儿",
	}
	f, err := os.Open("testdata/opencc.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if strings.HasPrefix(line, "#") {
			continue
		}
		c := strings.Split(line, "\t")
		n++
		script := Simplified
		if c[0] == "tw2sp" {
			script = Traditional
		}
		got := Folded{Text: c[1]}
		w := &rewrite{}
		got.apply(w, compatible)
		got.convert(w, script)
		want := strings.ToLower(c[2])
		if own := ours[c[1]]; own != "" {
			want = own
		}
		if got.Text != want {
			t.Errorf("%s %s\n got %s\nwant %s", c[0], c[1], got.Text, want)
		}
	}
	if n < 90 {
		t.Errorf("only %d cases were run", n)
	}
}
