package api

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"jieda/keys"
)

func TestSuggest(t *testing.T) {
	s := newServer(t, nil)
	got := decoded[SuggestResult](t, do(t, s, "POST", "/api/v1/suggest", `{"message":"怎么申请退货？"}`), 200)
	if got.Decision != DecisionAnswer || len(got.Answers) == 0 || !got.Reasons.Exact {
		t.Fatalf("result %+v, want an exact answer", got)
	}
	first := got.Answers[0]
	if !strings.Contains(first.Answer.Text, "七天内") || strings.Contains(first.Answer.Text, "**") || !strings.Contains(first.Answer.Markdown, "**七天内**") {
		t.Errorf("answer %+v", first.Answer)
	}
	var related []string
	for _, l := range first.Related {
		related = append(related, l.Title)
	}
	if diff := cmp.Diff([]string{"怎么申请换货？"}, related); diff != "" {
		t.Errorf("related (-want +got)\n%s", diff)
	}

	none := decoded[SuggestResult](t, do(t, s, "POST", "/api/v1/suggest", `{"message":"量子纠缠是什么原理"}`), 200)
	if none.Decision != DecisionNone || len(none.Answers) != 0 {
		t.Errorf("a question about something else: %+v", none)
	}

	invoice := decoded[SuggestResult](t, do(t, s, "POST", "/api/v1/suggest", `{"message":"怎么开发票","limit":1}`), 200)
	if len(invoice.Answers) != 1 || invoice.Answers[0].ValidUntil == nil {
		t.Errorf("limit 1, with a date: %+v", invoice)
	}
}

// suggested asks for suggestions with a body of JSON.
func suggested(t *testing.T, s *Server, body string, headers ...string) SuggestResult {
	t.Helper()
	return decoded[SuggestResult](t, do(t, s, "POST", "/api/v1/suggest", body, headers...), 200)
}

// TestSuggestMessage: a whole chat message gets what its question gets, and the reasons say what became of the rest.
func TestSuggestMessage(t *testing.T) {
	s := newServer(t, nil)
	got := suggested(t, s, `{"message":"你好😀 我的订单号是202611180034567，怎么申请退货？谢谢"}`)
	if got.Decision != DecisionAnswer || !got.Reasons.Exact || got.Answers[0].ArticleID != "faq/售后/退货" {
		t.Fatalf("result %+v", got)
	}
	if diff := cmp.Diff([]string{"怎么申请退货"}, got.Reasons.Questions); diff != "" {
		t.Errorf("questions (-want +got)\n%s", diff)
	}
	kinds := map[AsideKind]string{}
	for _, a := range got.Reasons.SetAside {
		kinds[a.Kind] += a.Text
	}
	if diff := cmp.Diff(map[AsideKind]string{AsideKindSmallTalk: "你好谢谢", AsideKindEmoji: "😀", AsideKindNumber: "我的订单号是202611180034567"}, kinds); diff != "" {
		t.Errorf("set aside (-want +got)\n%s", diff)
	}

	follow := suggested(t, s, `{"message":"那换货呢","history":[{"role":"customer","text":"怎么申请退货"},{"role":"agent","text":"怎么开发票"}]}`)
	if follow.Reasons.Completed == nil || !strings.Contains(*follow.Reasons.Completed, "退货") || strings.Contains(*follow.Reasons.Completed, "发票") {
		t.Errorf("completed %v, want it to be about what the customer asked before", follow.Reasons.Completed)
	}
}

// TestSuggestChat: answers can be read in a chat, where there is no page around them.
func TestSuggestChat(t *testing.T) {
	for _, tt := range []struct{ public, base string }{{"", ""}, {"https://help.example.com", "https://help.example.com"}} {
		s := newServer(t, func(o *Options) { o.PublicURL = tt.public })
		answer := suggested(t, s, `{"message":"怎么申请退货"}`).Answers[0]
		picture := tt.base + "/files/faq/%E5%94%AE%E5%90%8E/%E6%AD%A5%E9%AA%A4.png"
		if !strings.Contains(answer.Answer.Markdown, "![退货步骤]("+picture+")") {
			t.Errorf("Markdown %s, want the address %s", answer.Answer.Markdown, picture)
		}
		for _, want := range []string{"[图片: 退货步骤] " + picture, "会员等级：金牌会员；可以退货的天数：15"} {
			if !strings.Contains(answer.Answer.Text, want) {
				t.Errorf("text %q, want %q in it", answer.Answer.Text, want)
			}
		}
		if tt.public == "" {
			if page := do(t, s, "GET", picture, ""); page.StatusCode != 200 {
				t.Errorf("%s: status %d", picture, page.StatusCode)
			}
		}
		short := suggested(t, s, `{"message":"怎么申请退货","max_chars":100}`).Answers[0].Answer.Text
		if n := utf8.RuneCountInString(short); n > 150 || !strings.HasSuffix(short, "查看全文："+answer.URL) {
			t.Errorf("%d characters: %q", n, short)
		}
		article := decoded[Article](t, do(t, s, "GET", "/api/v1/articles/faq/售后/退货", ""), 200)
		if !strings.Contains(article.Markdown, picture) || !strings.Contains(article.Passages[0].Answer.Markdown, picture) {
			t.Errorf("article %s", article.Markdown)
		}
	}
}

// TestSuggestChoice: what is to be chosen from has labels for buttons.
func TestSuggestChoice(t *testing.T) {
	s := newServer(t, nil)
	got := suggested(t, s, `{"message":"怎么申请退货？另外怎么开发票？","limit":1}`)
	if got.Decision != DecisionChoose || got.Reasons.Why != "several" || len(got.Answers) != 2 || got.Handover != nil {
		t.Fatalf("result %+v", got)
	}
	if diff := cmp.Diff([]string{"怎么申请退货", "怎么开发票"}, []string{got.Answers[0].Label, got.Answers[1].Label}); diff != "" {
		t.Errorf("labels (-want +got)\n%s", diff)
	}
}

// TestHandover: where there is nothing to say, a gateway learns where to send the customer, or that nothing was asked.
func TestHandover(t *testing.T) {
	with := newServer(t, func(o *Options) {
		o.PublicURL = "https://help.example.com"
		o.Contact = Contact{URL: "/contact", TextZH: "联系客服（9:00–21:00）", TextEN: "Chat with us"}
	})
	zh, en := &Handover{Text: "联系客服（9:00–21:00）", URL: "https://help.example.com/contact"}, &Handover{Text: "Chat with us", URL: "https://help.example.com/contact"}
	for _, tt := range []struct {
		server             *Server
		message, lang, why string
		want               *Handover
	}{
		{with, "量子纠缠是什么原理", "", "weak", zh},
		{with, "量子纠缠是什么原理", "en-GB,en", "weak", en},
		{with, "what is quantum entanglement", "", "nothing", en},
		{with, "what is quantum entanglement", "zh", "nothing", zh},
		{with, "what is quantum entanglement", "*", "nothing", en},
		{with, "转人工", "*", "human", zh},
		{with, "转人工", "", "human", zh},
		{with, "气死我了！", "", "complaint", zh},
		{with, "你好", "", "no_question", nil},
		{with, "谢谢😀", "", "no_question", nil},
		{with, "怎么申请退货", "", "exact", nil},
		{newServer(t, func(o *Options) { o.Contact = Contact{} }), "量子纠缠是什么原理", "", "weak", nil},
		{newServer(t, func(o *Options) { o.Contact = Contact{TextZH: "电话 400-820-8820"} }), "转人工", "en", "human", &Handover{Text: "电话 400-820-8820"}},
	} {
		body, err := json.Marshal(map[string]string{"message": tt.message})
		if err != nil {
			t.Fatal(err)
		}
		got := suggested(t, tt.server, string(body), "Accept-Language: "+tt.lang)
		if diff := cmp.Diff(tt.want, got.Handover); diff != "" || got.Reasons.Why != tt.why || (tt.why == "exact") == (got.Decision == DecisionNone) {
			t.Errorf("%s (%s): %s %s (-want +got)\n%s", tt.message, tt.lang, got.Decision, got.Reasons.Why, diff)
		}
	}
}

// TestSuggestAudience: a caller may ask for less than its key shows, and for nothing else.
func TestSuggestAudience(t *testing.T) {
	ring, secrets := newKeys(t, map[string]keys.Key{
		"desk": {Scopes: []keys.Scope{keys.Suggest}, Audiences: []string{"staff"}},
	})
	s := newServer(t, func(o *Options) { o.Keys = ring })
	desk := []string{"Authorization: Bearer " + secrets["desk"]}
	for _, tt := range []struct {
		audience string
		headers  []string
		status   int
		sees     bool
	}{
		{"", nil, 200, false},
		{"", desk, 200, true},
		{`["staff"]`, desk, 200, true},
		{`["staff","public"]`, desk, 200, true},
		{`["public"]`, desk, 200, false},
		{`[]`, desk, 200, false},
		{`["dealer"]`, desk, 403, false},
		{`["staff"]`, nil, 403, false},
		{`["public"]`, nil, 200, false},
	} {
		body := `{"message":"客服可以赔付多少钱"}`
		if tt.audience != "" {
			body = `{"message":"客服可以赔付多少钱","filters":{"audience":` + tt.audience + `}}`
		}
		r := do(t, s, "POST", "/api/v1/suggest", body, tt.headers...)
		answer := text(t, r)
		if r.StatusCode != tt.status || strings.Contains(answer, "红包") != tt.sees {
			t.Errorf("audience %s, key %v: %d %s", tt.audience, tt.headers != nil, r.StatusCode, answer)
		}
		if tt.status == 403 && !strings.Contains(answer, `"audience_missing"`) {
			t.Errorf("audience %s: %s", tt.audience, answer)
		}
	}
}

// TestSuggestSameBytes: the same request gets the same bytes, but for what names one asking.
func TestSuggestSameBytes(t *testing.T) {
	s := newServer(t, nil)
	asking := regexp.MustCompile(`"(search_id|trail)":"[^"]*"`)
	for _, message := range []string{"怎么申请退货", "你好，退货，订单 202611180034567", "那怎么开发票呢", "怎么申请退货？怎么开发票？", "量子", "tuihuo"} {
		body, err := json.Marshal(map[string]any{"message": message, "history": []any{map[string]string{"role": "customer", "text": "怎么换货"}}})
		if err != nil {
			t.Fatal(err)
		}
		first := asking.ReplaceAllString(text(t, do(t, s, "POST", "/api/v1/suggest", string(body))), "")
		for range 3 {
			again := asking.ReplaceAllString(text(t, do(t, s, "POST", "/api/v1/suggest", string(body))), "")
			if first != again {
				t.Errorf("%s:\n%s\n%s", message, first, again)
			}
		}
	}
}

// TestSuggestRecorded: the log holds what was asked, and none of the customer's own numbers.
func TestSuggestRecorded(t *testing.T) {
	s := newLoggingServer(t)
	for message, want := range map[string]string{
		"你好，怎么申请退货，订单号：202611180034567，电话13812345678": "怎么申请退货",
		"你好 13812345678": "你好",
		"怎么申请退货？":        "怎么申请退货？",
	} {
		got := suggested(t, s, `{"message":"`+message+`"}`)
		if kept := recorded(t, s, got.SearchID); kept.Query != want {
			t.Errorf("%s: %q is kept, want %q", message, kept.Query, want)
		}
	}
}
