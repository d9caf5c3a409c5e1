package index_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jieda/content"
	"jieda/content/sample"
	"jieda/index"
)

// TestOnlyWhatIsSeen: for everybody the sample, of which much is for others or not valid yet, answers, decides, weighs
// and corrects as if only what may be seen were in it.
func TestOnlyWhatIsSeen(t *testing.T) {
	whole, err := content.Read(context.Background(), sample.FS(), nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	launch := now.Add(24 * time.Hour)
	var questions []string
	for i := range whole.Articles {
		a := &whole.Articles[i]
		switch {
		case i%5 == 0:
			a.Audience = []string{"staff"}
		case i%7 == 0:
			a.Audience = []string{"partner"}
		case i%11 == 0:
			a.Audience = []string{"partner", "staff"}
		case i%3 == 0:
			a.ValidFrom = launch
		}
		questions = append(questions, a.Title, a.Title+"zephyrtron")
	}
	questions = append(questions, "tuikuan duojiu dao", "发漂怎么开", "blutooth", "BT200", "PPR-9087", "E0421", "会员积分怎么算，另外能开发票吗",
		"怎么办理护照", "订单号 20261118 的退款到了吗")
	all := build(t, whole)
	for _, who := range []struct {
		audiences []string
		at        time.Time
	}{
		{nil, now}, {[]string{"nobody"}, now}, {[]string{"staff"}, now}, {[]string{"partner"}, now}, {[]string{"staff", "partner"}, now},
		{nil, launch}, {[]string{"staff"}, launch},
	} {
		seen := &content.Library{Hash: fmt.Sprint(who), Words: whole.Words}
		for _, a := range whole.Articles {
			if a.ValidFrom.After(who.at) || !slices.ContainsFunc(a.Audience, func(of string) bool {
				return of == content.Public || slices.Contains(who.audiences, of)
			}) {
				continue
			}
			seen.Articles = append(seen.Articles, a)
		}
		if len(seen.Articles) == len(whole.Articles) {
			t.Fatalf("%v sees everything", who)
		}
		twin := build(t, seen)
		for _, q := range questions {
			m := index.Message{Request: index.Request{Query: q, Audiences: who.audiences, Now: who.at, Limit: 5}}
			got, err := all.Ask(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			want, err := twin.Ask(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			got.Generation, want.Generation = "", ""
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, asked at %v by %q: -alone +among others\n%s", q, who.at, who.audiences, diff)
			}
		}
	}
}
