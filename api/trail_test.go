package api

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"jieda/searchlog"
)

// A conversation leaves a trail that says to the human who takes over what was asked, shown and opened.
func TestTrail(t *testing.T) {
	s := newLoggingServer(t)
	first := suggestOnce(t, s, "怎么申请退货？", "")
	second := suggestOnce(t, s, "量子纠缠是什么原理", first.Trail)
	third := suggestOnce(t, s, "tuihuo", second.Trail)
	send(t, s, "/api/v1/events", `{"search_id":"`+first.SearchID+`","type":"open","article_id":"faq/售后/退货"}`, 204)
	send(t, s, "/api/v1/events", `{"search_id":"`+first.SearchID+`","type":"unhelpful","article_id":"faq/售后/退货","comment":"看不懂"}`, 204)

	got := decoded[Trail](t, do(t, s, "GET", "/api/v1/admin/trail?token="+third.Trail, "", "Authorization: Bearer "+testKey), 200)
	if len(got.Steps) != 3 || got.Session == "" || recorded(t, s, third.SearchID).Session != got.Session {
		t.Fatalf("trail %+v", got)
	}
	for i, want := range []struct {
		suggested SuggestResult
		query     string
	}{{first, "怎么申请退货？"}, {second, "量子纠缠是什么原理"}, {third, "tuihuo"}} {
		step := got.Steps[i]
		if step.SearchID != want.suggested.SearchID || step.Decision != want.suggested.Decision || step.Search == nil ||
			step.Search.Query != want.query || len(step.Search.Shown) != len(want.suggested.Answers) {
			t.Errorf("step %d: %+v %+v", i, step, step.Search)
		}
	}
	opened := got.Steps[0].Search
	if opened.Shown[0].Title != "怎么申请退货？" || len(opened.Events) != 2 || opened.Events[0].Type != "open" || opened.Events[1].Comment != "看不懂" {
		t.Errorf("the first step: %+v", opened)
	}
	if got.Steps[2].Search.Rescued == nil {
		t.Error("the third step does not say that pinyin was read")
	}
	for _, body := range []string{"handed_over", "resolved_by_human", "resolved_by_human"} {
		send(t, s, "/api/v1/contacts", `{"trail":"`+third.Trail+`","outcome":"`+body+`"}`, 204)
	}
}

// Whatever a gateway did to the token, the customer is answered, and begins a new trail.
func TestTrailOfOthers(t *testing.T) {
	s := newLoggingServer(t)
	stranger, err := searchlog.NewSigner([]byte("the secret of somebody else"))
	if err != nil {
		t.Fatal(err)
	}
	step := searchlog.Trail{}.Next(searchlog.Step{SearchID: "5GQ3TBRMY5QJ4RJKCNLS6W7A2E", Decision: "answer"})
	for name, tt := range map[string]struct{ token, rule string }{
		"forged":  {stranger.Sign(step, time.Now()), "trail"},
		"garbled": {"退款", "trail"},
		"expired": {s.trails.Sign(step, time.Now().Add(-searchlog.TrailLife-time.Minute)), "expired"},
	} {
		got := suggestOnce(t, s, "怎么申请退货？", tt.token)
		trail, err := s.trails.Read(got.Trail, time.Now())
		if err != nil || len(trail.Steps) != 1 || trail.Session == step.Session {
			t.Errorf("%s: the new trail is %+v, %v", name, trail, err)
		}
		for _, answer := range []Problem{
			decoded[Problem](t, do(t, s, "POST", "/api/v1/contacts", `{"trail":"`+tt.token+`","outcome":"abandoned"}`), 400),
			decoded[Problem](t, do(t, s, "GET", "/api/v1/admin/trail?token="+tt.token, "", "Authorization: Bearer "+testKey), 400),
		} {
			if answer.Errors == nil || (*answer.Errors)[0].Code != tt.rule {
				t.Errorf("%s: %+v", name, answer)
			}
		}
	}
}

// Nothing of what the customer wrote, or of who it is, stands in the token.
func TestTrailHoldsNoText(t *testing.T) {
	s := newLoggingServer(t)
	got := decoded[SuggestResult](t, do(t, s, "POST", "/api/v1/suggest",
		`{"message":"my phone is 13800000000","session":"zhang-san","channel":"wecom"}`), 200)
	trail, err := s.trails.Read(got.Trail, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	plain, err := json.Marshal(trail)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"Session":"` + trail.Session + `","Steps":[{"SearchID":"` + got.SearchID + `","Decision":"` + string(got.Decision) + `"}]}`; string(plain) != want || strings.Contains(want, "zhang") {
		t.Errorf("the trail holds %s", plain)
	}
}
