package api

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jieda/content"
	"jieda/index"
)

// TestConditions tries every operator and every name on one article.
func TestConditions(t *testing.T) {
	day := time.Date(2026, 10, 1, 15, 30, 0, 0, time.Local)
	article := &index.Facts{
		ID: "faq/退货", Path: "faq/退货.md", Title: "怎么申请退货（SL-W3）", Category: "售后/退货", Lang: "zh-CN", Kind: content.FAQ,
		Keywords: []string{"退款"}, Tags: []string{"售后", "Return"}, Channel: []string{"wecom"}, Weight: 3,
		Date: day.AddDate(-1, 0, 0), Updated: day, ReviewBy: day.AddDate(1, 0, 0),
	}
	list := func(items ...any) any { return items }
	tests := []struct {
		name, op string
		value    any
		met      bool
	}{
		{"title", "contains", "退货", true},
		{"title", "contains", "sl-w3", true}, // without regard to case
		{"Title", "CONTAINS", "换货", false},
		{"document_name", "not contains", "换货", true},
		{"title", "not contains", "退货", false},
		{"path", "start with", "faq/", true},
		{"path", "start with", "training/", false},
		{"path", "end with", ".md", true},
		{"path", "end_with", ".txt", false}, // as RAGFlow writes it
		{"kind", "is", "faq", true},
		{"kind", "=", "faq", true},
		{"kind", "≠", "faq", false},
		{"kind", "is not", "faq", false},
		{"kind", "is not", "training", true},
		{"tags", "is", "return", true}, // one item of the list
		{"tags", "is not", "return", false},
		{"tags", "contains", "turn", true},
		{"tags", "not contains", "换", true},
		{"tags", "in", list("退货", "售后"), true},
		{"tags", "in", list("退货"), false},
		{"tags", "not in", list("退货"), true},
		{"tags", "in", "退货,售后", true}, // as Dify reads a text
		{"tags", "in", "退货，售后", true},
		{"id", "in", list("faq/退货"), true},
		{"document_id", "in", list(), false},
		{"category", "start with", "售后", true},
		{"lang", "is", "zh-cn", true},
		{"keywords", "is", "退款", true},
		{"channel", "is", "wecom", true},
		{"channel", "empty", nil, false},
		{"keywords", "not empty", nil, true},
		{"valid_until", "empty", nil, true},
		{"valid_until", "not empty", "ignored", false},
		{"weight", "=", 3.0, true},
		{"weight", "=", "3", true},
		{"weight", "≠", 3.0, false},
		{"weight", "≠", 4.0, true},
		{"weight", ">", 2.5, true},
		{"weight", ">", 3.0, false},
		{"weight", "<", 3.5, true},
		{"weight", "<", 3.0, false},
		{"weight", "≥", 3.0, true},
		{"weight", ">=", 3.1, false},
		{"weight", "≤", 3.0, true},
		{"weight", "<=", 2.9, false},
		{"weight", "is", 3.0, true},
		{"updated", "is", "2026-10-01", true},
		{"updated", "start with", "2026-10", true},
		{"updated", "=", "2026-10-01", true}, // the whole day
		{"updated", "≠", "2026-10-01", false},
		{"updated", "≠", "2026-10-02", true},
		{"updated", "before", "2026-10-01", false},
		{"updated", "before", "2026-10-02", true},
		{"updated", "after", "2026-10-01", false},
		{"updated", "after", "2026-09-30", true},
		{"updated", "≥", "2026-10-01", true},
		{"updated", "≤", "2026-10-01", true},
		{"updated", "≤", "2026-09-30", false},
		{"updated", "<", day.Add(time.Hour).Format(time.RFC3339), true},
		{"updated", ">", day.Add(time.Hour).Format(time.RFC3339), false},
		{"updated", "after", float64(day.Unix() - 1), true}, // Dify sends Unix seconds
		{"updated", "after", float64(day.Unix()), false},
		{"date", "before", "2026-01-01", true},
		{"review_by", "after", "2027-01-01", true},
		{"valid_from", "before", "2030-01-01", false}, // unknown
		{"valid_until", "after", "2020-01-01", false},
		{"valid_until", "≠", "2020-01-01", true},
	}
	tried := map[fact]bool{}
	usedOps := map[operator]bool{}
	for _, tt := range tests {
		c, fault := newCondition(tt.name, tt.op, tt.value)
		if fault != nil {
			t.Errorf("%s %s %v: refused: %+v", tt.name, tt.op, tt.value, *fault)
			continue
		}
		tried[c.field], usedOps[operator(tt.op)] = true, true
		if c.met(article) != tt.met {
			t.Errorf("%s %s %v: met is %v", tt.name, tt.op, tt.value, !tt.met)
		}
	}
	for _, f := range facts {
		if !tried[f] {
			t.Errorf("no case with %s", f)
		}
	}
	for _, op := range operators {
		if !usedOps[op] {
			t.Errorf("no case with %s", op)
		}
	}
}

func TestConditionsRefused(t *testing.T) {
	tests := []struct {
		name, op string
		value    any
		field    string
		rule     rule
	}{
		{"", "is", "x", "name", ruleEnum},
		{"audience", "is", "staff", "name", ruleEnum},
		{"title", "like", "x", "comparison_operator", ruleEnum},
		{"title", "", "x", "comparison_operator", ruleEnum},
		{"title", ">", "x", "comparison_operator", ruleEnum},
		{"weight", "before", 3.0, "comparison_operator", ruleEnum},
		{"title", "is", nil, "value", ruleType},
		{"title", "is", true, "value", ruleType},
		{"title", "contains", []any{"x"}, "value", ruleType},
		{"title", "in", nil, "value", ruleType},
		{"title", "in", []any{map[string]any{}}, "value", ruleType},
		{"title", "in", slices.Repeat([]any{"x"}, maxListed+1), "value", ruleMaxItems},
		{"weight", ">", "many", "value", ruleType},
		{"updated", "before", "soon", "value", ruleDate},
		{"updated", "before", nil, "value", ruleDate},
		{"updated", "before", "2026-13-01", "value", ruleDate},
	}
	for _, tt := range tests {
		_, fault := newCondition(tt.name, tt.op, tt.value)
		if fault == nil || fault.field != tt.field || fault.rule != tt.rule {
			t.Errorf("%s %s %v: %+v, want %s %s", tt.name, tt.op, tt.value, fault, tt.field, tt.rule)
		}
	}
}

// TestOppositeConditions: of an operator and its opposite, an article meets exactly one, whatever is known of it.
func TestOppositeConditions(t *testing.T) {
	opposite := map[operator]operator{opContains: opNotContains, opIs: opIsNot, opIn: opNotIn, opEmpty: opNotEmpty, opEqual: opNotEqual}
	word := rapid.SampledFrom([]string{"", "a", "A", "ab", "退货", "3", "2026-10-01"})
	rapid.Check(t, func(t *rapid.T) {
		a := &index.Facts{Title: word.Draw(t, "title"), Category: word.Draw(t, "category"), Tags: rapid.SliceOfN(word, 0, 3).Draw(t, "tags")}
		if rapid.Bool().Draw(t, "dated") {
			a.Updated = time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "updated"), 0)
		}
		field := rapid.SampledFrom([]fact{"title", "category", "tags", "updated", "weight"}).Draw(t, "field")
		for op, not := range opposite {
			value := any(word.Draw(t, "value"))
			yes, fault := newCondition(string(field), string(op), value)
			no, faultNot := newCondition(string(field), string(not), value)
			if (fault == nil) != (faultNot == nil) {
				t.Fatalf("%s %v: one of %s and %s is refused", field, value, op, not)
			}
			if fault == nil && yes.met(a) == no.met(a) {
				t.Fatalf("%s %s %v and its opposite agree on %+v", field, op, value, a)
			}
		}
	})
}

func TestWhere(t *testing.T) {
	is := func(title string) condition { return condition{field: "title", op: opIs, text: title} }
	a := &index.Facts{Title: "退货"}
	for _, tt := range []struct {
		conditions []condition
		or, met    bool
	}{
		{[]condition{is("退货")}, false, true},
		{[]condition{is("退货"), is("换货")}, false, false},
		{[]condition{is("退货"), is("换货")}, true, true},
		{[]condition{is("换货"), is("发票")}, true, false},
	} {
		if got := where(tt.conditions, tt.or)(a); got != tt.met {
			t.Errorf("%+v, or %v: %v", tt.conditions, tt.or, got)
		}
	}
	if where(nil, true) != nil {
		t.Error("no conditions are a condition")
	}
	if !strings.Contains(string(openapiYAML), "`"+string(facts[len(facts)-1])+"`") {
		t.Error("the contract does not name the last fact")
	}
}
