package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"jieda/keys"
)

// difySite is a knowledge base with an expired article and two audiences.
func difySite() fstest.MapFS {
	site := fstest.MapFS{
		"faq/售后/退货.md":  {Data: []byte("---\ntags: [售后, 鞋]\nlastmod: 2026-10-01\n---\n# 怎么申请退货\n\n相似问:怎么退货 | 想退货\n\n签收后**七天内**可以退货。\n\n| 会员 | 天数 |\n|---|---|\n| 金牌 | 15 |\n")},
		"faq/售后/换货.md":  {Data: []byte("# 怎么申请换货\n\n十五天内可以换货一次,步骤同[退货](退货.md)。\n")},
		"faq/支付/发票.md":  {Data: []byte("# 怎么开发票\n\n下单时勾选需要发票。\n")},
		"faq/活动/双十一.md": {Data: []byte("---\nvalid_until: 2025-11-12\n---\n# 双十一满减怎么算\n\n双十一满减每三百减五十。\n")},
		"faq/内部/赔付.md":  {Data: []byte("---\naudience: staff\n---\n# 客服可以赔付多少钱\n\n每单不超过五十元红包。\n")},
	}
	for i := range 300 {
		site[fmt.Sprintf("faq/门店/%03d.md", i)] = &fstest.MapFile{
			Data: fmt.Appendf(nil, "# 门店%03d的营业时间\n\n门店的营业时间是早上九点到晚上九点。\n", i),
		}
	}
	return site
}

// difyServer serves difySite with one key of each kind.
func difyServer(t *testing.T) (*Server, map[string]string) {
	t.Helper()
	x, keeper := newIndex(t, difySite())
	if err := keeper.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	search := []keys.Scope{keys.Search}
	ring, secrets := newKeys(t, map[string]keys.Key{
		"shop":    {Scopes: search},
		"staff":   {Scopes: search, Audiences: []string{"staff"}},
		"suggest": {Scopes: []keys.Scope{keys.Suggest}},
	})
	return serve(t, x, keeper, func(o *Options) {
		o.Keys = ring
		o.Knowledge = []string{"shop=category:售后", "internal=audience:staff", "outside=audience:public"}
	}), secrets
}

// retrieve sends what Dify sends.
func retrieve(t *testing.T, s *Server, secret, body string) DifyResult {
	t.Helper()
	return decoded[DifyResult](t, do(t, s, "POST", difyPath, body, "Authorization: Bearer "+secret), http.StatusOK)
}

func documentIDs(r DifyResult) (ids []string) {
	for _, record := range r.Records {
		ids = append(ids, record.Metadata.DocumentID)
	}
	return ids
}

func TestDify(t *testing.T) {
	s, secrets := difyServer(t)
	found := retrieve(t, s, secrets["shop"], `{"knowledge_id":"all","query":"怎么退货","retrieval_setting":{"top_k":3,"score_threshold":0.0},"something_new":1}`)
	if len(found.Records) == 0 || len(found.Records) > 3 {
		t.Fatalf("%d records", len(found.Records))
	}
	first := found.Records[0]
	want := "怎么申请退货\n\n签收后**七天内**可以退货。\n\n| 会员 | 天数 |\n|---|---|\n| 金牌 | 15 |"
	if first.Content != want || first.Title != "怎么申请退货" || first.Score != 1 {
		t.Errorf("first record %+v", first)
	}
	m := first.Metadata
	if m.DocumentID != "faq/售后/退货" || m.Path != "faq/售后/退货.md" || m.Decision != DecisionAnswer || m.Category != "售后" ||
		m.Kind != KindFaq || m.SearchID == "" || m.IndexID != s.index.Generation() || m.Updated == nil || m.ValidUntil != nil ||
		m.URL != "/articles/faq/%E5%94%AE%E5%90%8E/%E9%80%80%E8%B4%A7" {
		t.Errorf("metadata %+v", m)
	}

	// A whole message finds what its question finds, and links lead somewhere.
	message := retrieve(t, s, secrets["shop"], `{"knowledge_id":"all","query":"你好,我的订单 20261105123456,请问怎么申请换货?谢谢🙏","retrieval_setting":{"top_k":1}}`)
	if len(message.Records) != 1 || message.Records[0].Metadata.Decision != DecisionAnswer ||
		!strings.HasSuffix(message.Records[0].Content, "步骤同[退货](/articles/faq/%E5%94%AE%E5%90%8E/%E9%80%80%E8%B4%A7)。") {
		t.Errorf("a whole message: %+v", message)
	}

	// Whatever is asked, scores never rise, and a threshold leaves out what is below it and nothing else.
	for _, question := range []string{"怎么退货", "申请换货", "营业时间", "怎么申请"} {
		all := retrieve(t, s, secrets["shop"], `{"knowledge_id":"all","query":"`+question+`","retrieval_setting":{"top_k":50,"score_threshold":0}}`)
		if len(all.Records) < 2 {
			t.Errorf("%s: %d records", question, len(all.Records))
			continue
		}
		for i := 1; i < len(all.Records); i++ {
			if all.Records[i].Score > all.Records[i-1].Score {
				t.Errorf("%s: score rises at record %d", question, i)
			}
		}
		edge := all.Records[1].Score
		some := retrieve(t, s, secrets["shop"], fmt.Sprintf(`{"knowledge_id":"all","query":"%s","retrieval_setting":{"top_k":50,"score_threshold":%v}}`, question, edge))
		atLeast := slices.DeleteFunc(slices.Clone(all.Records), func(r DifyRecord) bool { return r.Score < edge })
		if len(some.Records) != len(atLeast) {
			t.Errorf("%s: %d records from %v, want %d", question, len(some.Records), edge, len(atLeast))
		}
	}
}

// TestDifyFinds: which records come back for what a Dify application, or a program, may send.
func TestDifyFinds(t *testing.T) {
	s, secrets := difyServer(t)
	for _, tt := range []struct {
		name, key, body string
		want            []string // document ids; nil for none
	}{
		{"registration", "shop", ``, nil},
		{"registration since 1.17", "shop", `{"knowledge_id":"","query":"","retrieval_setting":{"top_k":1,"score_threshold":0.0}}`, nil},
		{"blank query", "shop", `{"knowledge_id":"all","query":"  "}`, nil},
		{"null query", "shop", `{"knowledge_id":"all","query":null}`, nil},
		{"null settings", "shop", `{"knowledge_id":"all","query":"怎么开发票","retrieval_setting":null,"metadata_condition":null}`, []string{"faq/支付/发票"}},
		{"null top_k", "shop", `{"knowledge_id":"all","query":"门店的营业时间","retrieval_setting":{"top_k":null,"score_threshold":null}}`, []string{"faq/门店/000", "faq/门店/001", "faq/门店/002", "faq/门店/003"}},
		{"null conditions", "shop", `{"knowledge_id":"all","query":"怎么开发票","metadata_condition":{"logical_operator":null,"conditions":null}}`, []string{"faq/支付/发票"}},
		{"nothing to say", "shop", `{"knowledge_id":"all","query":"量子纠缠是什么"}`, nil},
		{"expired", "shop", `{"knowledge_id":"all","query":"双十一满减怎么算"}`, nil},
		{"category", "shop", `{"knowledge_id":"shop","query":"怎么开发票"}`, nil},
		{"category", "shop", `{"knowledge_id":"shop","query":"怎么申请换货","retrieval_setting":{"top_k":1}}`, []string{"faq/售后/换货"}},
		{"staff text, public key", "shop", `{"knowledge_id":"all","query":"客服可以赔付多少钱"}`, nil},
		{"staff text, staff key", "staff", `{"knowledge_id":"all","query":"客服可以赔付多少钱"}`, []string{"faq/内部/赔付"}},
		{"staff text, staff key", "staff", `{"knowledge_id":"internal","query":"客服可以赔付多少钱"}`, []string{"faq/内部/赔付"}},
		{"staff text, public view", "staff", `{"knowledge_id":"outside","query":"客服可以赔付多少钱"}`, nil},
		{"staff text by condition", "shop", `{"knowledge_id":"all","query":"客服可以赔付多少钱","metadata_condition":{"conditions":[{"name":"path","comparison_operator":"contains","value":"内部"}]}}`, nil},
		// The one that is wanted is far beyond the candidates of the question alone.
		{"condition before top_k", "shop", `{"knowledge_id":"all","query":"门店的营业时间","retrieval_setting":{"top_k":1},"metadata_condition":{"conditions":[{"name":"id","comparison_operator":"is","value":"faq/门店/299"}]}}`, []string{"faq/门店/299"}},
		{"or", "shop", `{"knowledge_id":"all","query":"门店的营业时间","metadata_condition":{"logical_operator":"or","conditions":[{"name":"id","comparison_operator":"is","value":"faq/门店/298"},{"name":"id","comparison_operator":"end with","value":"299"}]}}`, []string{"faq/门店/298", "faq/门店/299"}},
		{"or, as RAGFlow writes it", "shop", `{"knowledge_id":"all","query":"门店的营业时间","metadata_condition":{"logic":"or","conditions":[{"name":"id","comparison_operator":"is","value":"faq/门店/298"},{"name":"id","comparison_operator":"end with","value":"299"}]}}`, []string{"faq/门店/298", "faq/门店/299"}},
		{"and", "shop", `{"knowledge_id":"all","query":"门店的营业时间","metadata_condition":{"logical_operator":"and","logic":"or","conditions":[{"name":"id","comparison_operator":"is","value":"faq/门店/298"},{"name":"id","comparison_operator":"end with","value":"299"}]}}`, nil},
		{"empty, as Dify writes it", "shop", `{"knowledge_id":"all","query":"怎么开发票","metadata_condition":{"conditions":[{"name":"valid_until","comparison_operator":"empty","value":null}]}}`, []string{"faq/支付/发票"}},
		{"not empty, as Dify writes it", "shop", `{"knowledge_id":"all","query":"怎么退货","metadata_condition":{"conditions":[{"name":"tags","comparison_operator":"not empty","value":null}]}}`, []string{"faq/售后/退货"}},
		{"tag and date", "shop", `{"knowledge_id":"all","query":"怎么退货","metadata_condition":{"conditions":[{"name":"tags","comparison_operator":"in","value":["鞋"]},{"name":"updated","comparison_operator":"after","value":"2026-09-30"}]}}`, []string{"faq/售后/退货"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := documentIDs(retrieve(t, s, secrets[tt.key], tt.body)); !slices.Equal(got, tt.want) {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
	if got := retrieve(t, s, secrets["shop"], `{"knowledge_id":"all","query":"门店的营业时间","retrieval_setting":{"top_k":1000}}`); len(got.Records) != maxRecords {
		t.Errorf("%d records for a top_k of 1000", len(got.Records))
	}
}

// TestDifyRefuses: errors have Dify's form. Registration succeeds unless the status is 403, 404 or 502.
func TestDifyRefuses(t *testing.T) {
	s, secrets := difyServer(t)
	valid := `{"knowledge_id":"all","query":"怎么退货"}`
	shop := "Bearer " + secrets["shop"]
	for _, tt := range []struct {
		method, header, body string
		status, code         int
		message              string
	}{
		{"POST", "", "", 403, 1001, "Bearer"},
		{"POST", "", valid, 403, 1001, "Bearer"},
		{"POST", secrets["shop"], valid, 403, 1001, "Bearer"},
		{"POST", "Basic dTpw", valid, 403, 1001, "Bearer"},
		{"POST", "Bearer ", valid, 403, 1001, "Bearer"},
		{"POST", "Bearer wrong", "", 403, 1002, "密钥"},
		{"POST", "Bearer wrong", valid, 403, 1002, "密钥"},
		{"POST", "Bearer " + secrets["suggest"], valid, 403, 1002, "scope"},
		{"POST", shop, `{"knowledge_id":"no","query":"怎么退货"}`, 404, 2001, "knowledge_id"},
		{"POST", shop, `{"query":"怎么退货"}`, 404, 2001, "knowledge_id"},
		{"POST", shop, `{"knowledge_id":"internal","query":"怎么退货"}`, 404, 2001, "knowledge_id"},
		{"POST", shop, `{"knowledge_id":"all","query":"怎么退货","retrieval_setting":{"top_k":0}}`, 400, 400, "retrieval_setting.top_k 不能小于 1"},
		{"POST", shop, `{"knowledge_id":"all","query":"怎么退货","retrieval_setting":{"score_threshold":60}}`, 400, 400, "score_threshold 不能大于 1"},
		{"POST", shop, `{"knowledge_id":"all","query":"怎么退货","metadata_condition":{"logical_operator":"xor"}}`, 400, 400, "metadata_condition.logical_operator 只能是：and、or"},
		{"POST", shop, `{"knowledge_id":"all","query":"怎么退货","metadata_condition":{"conditions":[{"name":"color","comparison_operator":"is","value":"red"}]}}`, 400, 400, "conditions.0.name 只能是：id、"},
		{"POST", shop, `{"knowledge_id":"all","query":"怎么退货","metadata_condition":{"conditions":[{"name":"updated","comparison_operator":"before","value":"soon"}]}}`, 400, 400, "conditions.0.value 应为日期"},
		{"POST", shop, `{"knowledge_id":"all","query":"怎么退货","metadata_condition":{"conditions":[{"name":"category","comparison_operator":"is","value":null}]}}`, 400, 400, "conditions.0.value 类型应为 string"},
		{"POST", shop, `{"knowledge_id":"all","query":"怎么退货","metadata_condition":{"conditions":[{"name":"weight","comparison_operator":">","value":null}]}}`, 400, 400, "conditions.0.value 类型应为 number"},
		{"POST", shop, `{"knowledge_id":"all","query":"` + strings.Repeat("退", 501) + `"}`, 400, 400, "query 字数不能超过 500"},
		{"POST", shop, `{"knowledge_id":`, 400, 400, "JSON"},
		{"POST", shop, `{"knowledge_id":"all","query":"` + strings.Repeat("x", 70000) + `"}`, 413, 413, "64 KB"},
		{"GET", shop, "", 405, 405, "Allow"},
	} {
		t.Run(fmt.Sprint(tt.code, " ", tt.message), func(t *testing.T) {
			var headers []string
			if tt.header != "" {
				headers = append(headers, "Authorization: "+tt.header)
			}
			got := decoded[DifyError](t, do(t, s, tt.method, difyPath, tt.body, headers...), tt.status)
			if got.ErrorCode != tt.code || !strings.Contains(got.ErrorMsg, tt.message) {
				t.Errorf("%+v, want %d and %q", got, tt.code, tt.message)
			}
		})
	}
}

func TestParseKnowledge(t *testing.T) {
	for in, want := range map[string]Knowledge{
		"shop=category:售后/退货":     {ID: "shop", Category: "售后/退货"},
		" 内部 = audience : staff ": {ID: "内部", Audience: "staff"},
		"a=category:b=c:d":        {ID: "a", Category: "b=c:d"},
		"":                        {},
		"shop":                    {},
		"shop=":                   {},
		"shop=售后":                 {},
		"shop=category:":          {},
		"=category:售后":            {},
		"all=audience:staff":      {},
		"shop=tag:x":              {},
		"shop=category:/":         {},
	} {
		got, err := ParseKnowledge(in)
		if got != want || (err == nil) != (want != Knowledge{}) {
			t.Errorf("%q: %+v, %v", in, got, err)
		}
	}
}

// FuzzDify: whatever is sent, the answer is records or an error in Dify's form, and never a failure of ours.
func FuzzDify(f *testing.F) {
	for _, body := range []string{
		``, `null`, `[]`, `{}`, `{"knowledge_id":"all","query":"怎么退货","retrieval_setting":{"top_k":null}}`,
		`{"knowledge_id":"all","query":"退货","metadata_condition":{"logical_operator":"or","conditions":[{"name":"tags","comparison_operator":"in","value":["a",1]}]}}`,
		`{"knowledge_id":"all","query":"退货","metadata_condition":{"conditions":[{"name":"updated","comparison_operator":"before","value":1e300}]}}`,
		`{"knowledge_id":"all","query":"退货","metadata_condition":{"conditions":[{"name":"weight","comparison_operator":"=","value":"NaN"}]}}`,
	} {
		f.Add(body)
	}
	s := newServer(f, nil)
	f.Fuzz(func(t *testing.T, body string) {
		got := do(t, s, "POST", difyPath, body, "Authorization: Bearer "+testKey)
		switch got.StatusCode {
		case http.StatusOK:
			decoded[DifyResult](t, got, http.StatusOK)
		case http.StatusBadRequest, http.StatusNotFound, http.StatusRequestEntityTooLarge:
			decoded[DifyError](t, got, got.StatusCode)
		default:
			t.Errorf("status %d for %s", got.StatusCode, body)
		}
	})
}
