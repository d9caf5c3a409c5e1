package api

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"jieda/index"
)

// A condition chooses articles by what is known of them. Dify sends it as metadata_condition:
//
//	{"name": "updated", "comparison_operator": "after", "value": "2026-10-01"}
//
// Text is compared without regard to case. Of lists (tags, keywords, channel) one item must fit, and none for an
// operator with "not". An article of which a date is unknown meets only "empty", "is not", "not in", "not contains"
// and "≠".
type condition struct {
	field fact
	op    operator
	// What the operator compares with; only that of its operand is set.
	text  string
	texts []string
	from  float64 // a number or a date in Unix seconds; a day goes from its beginning up to, but not including, till
	till  float64
}

// fact is the name of something known of an article, as conditions write it.
type fact string

// facts are all names that a condition may have.
var facts = []fact{"id", "document_id", "path", "title", "document_name", "category", "kind", "lang", "tags", "keywords",
	"channel", "weight", "date", "updated", "review_by", "valid_from", "valid_until"}

// texts are the values of a fact as text. Dates are "2026-10-01" in local time, and missing when unknown.
func (f fact) texts(a *index.Facts) []string {
	switch f {
	case "id", "document_id":
		return []string{a.ID}
	case "path":
		return []string{a.Path}
	case "title", "document_name":
		return []string{a.Title}
	case "category":
		return present(a.Category)
	case "kind":
		return []string{string(a.Kind)}
	case "lang":
		return []string{a.Lang}
	case "tags":
		return a.Tags
	case "keywords":
		return a.Keywords
	case "channel":
		return a.Channel
	case "weight":
		if a.Weight == 0 {
			return nil
		}
		return []string{strconv.Itoa(a.Weight)}
	}
	if t := f.date(a); !t.IsZero() {
		return []string{t.Local().Format(time.DateOnly)}
	}
	return nil
}

func present(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// number is the value of a fact as a number, dates in Unix seconds; ok is false when it is unknown.
func (f fact) number(a *index.Facts) (n float64, ok bool) {
	if f == "weight" {
		return float64(a.Weight), a.Weight != 0
	}
	t := f.date(a)
	return float64(t.Unix()), !t.IsZero()
}

func (f fact) date(a *index.Facts) time.Time {
	switch f {
	case "date":
		return a.Date
	case "updated":
		return a.Updated
	case "review_by":
		return a.ReviewBy
	case "valid_from":
		return a.ValidFrom
	case "valid_until":
		return a.ValidUntil
	}
	return time.Time{}
}

func (f fact) isDate() bool {
	switch f {
	case "date", "updated", "review_by", "valid_from", "valid_until":
		return true
	}
	return false
}

// operator is one that Dify documents.
type operator string

const (
	opContains     operator = "contains"
	opNotContains  operator = "not contains"
	opStartWith    operator = "start with"
	opEndWith      operator = "end with"
	opIs           operator = "is"
	opIsNot        operator = "is not"
	opIn           operator = "in"
	opNotIn        operator = "not in"
	opEmpty        operator = "empty"
	opNotEmpty     operator = "not empty"
	opEqual        operator = "="
	opNotEqual     operator = "≠"
	opGreater      operator = ">"
	opLess         operator = "<"
	opGreaterEqual operator = "≥"
	opLessEqual    operator = "≤"
	opBefore       operator = "before"
	opAfter        operator = "after"
)

var operators = []operator{opContains, opNotContains, opStartWith, opEndWith, opIs, opIsNot, opIn, opNotIn, opEmpty,
	opNotEmpty, opEqual, opNotEqual, opGreater, opLess, opGreaterEqual, opLessEqual, opBefore, opAfter}

// spelled are other ways in which clients write operators.
var spelled = strings.NewReplacer("!=", "≠", ">=", "≥", "<=", "≤", "==", "=", "_", " ")

// maxListed is how many values "in" and "not in" may have: every article is compared with all of them.
const maxListed = 100

// newCondition checks what a client sent. The fault names the field that is wrong, below the one it was given for.
func newCondition(name, op string, value any) (condition, *fieldFault) {
	c := condition{field: fact(strings.ToLower(name)), op: operator(spelled.Replace(strings.ToLower(op)))}
	bad := func(field string, r rule, limit string) (condition, *fieldFault) {
		return c, &fieldFault{in: FieldErrorInBody, field: field, rule: r, limit: limit}
	}
	if !slices.Contains(facts, c.field) {
		return bad("name", ruleEnum, lines(facts))
	}
	if !slices.Contains(operators, c.op) {
		return bad("comparison_operator", ruleEnum, lines(operators))
	}
	if isText := !c.field.isDate() && c.field != "weight"; isText && c.op == opEqual {
		c.op = opIs
	} else if isText && c.op == opNotEqual {
		c.op = opIsNot
	}
	switch c.op {
	case opEmpty, opNotEmpty:
		return c, nil
	case opIn, opNotIn:
		var ok bool
		if c.texts, ok = wordsOf(value); !ok {
			return bad("value", ruleType, "array")
		}
		if len(c.texts) > maxListed {
			return bad("value", ruleMaxItems, strconv.Itoa(maxListed))
		}
	case opEqual, opNotEqual, opGreater, opLess, opGreaterEqual, opLessEqual, opBefore, opAfter:
		switch {
		case c.field.isDate():
			from, till, ok := dateOf(value)
			if !ok {
				return bad("value", ruleDate, "")
			}
			c.from, c.till = float64(from.Unix()), float64(till.Unix())
		case c.field == "weight" && c.op != opBefore && c.op != opAfter:
			n, err := strconv.ParseFloat(strings.TrimSpace(fmt.Sprint(value)), 64)
			if err != nil {
				return bad("value", ruleType, "number")
			}
			c.from, c.till = n, math.Nextafter(n, math.Inf(1))
		default: // text has no order
			return bad("comparison_operator", ruleEnum, lines(operators[:slices.Index(operators, opEqual)]))
		}
	default:
		text, ok := wordOf(value)
		if !ok {
			return bad("value", ruleType, "string")
		}
		c.text = strings.ToLower(text)
	}
	return c, nil
}

func lines[S ~string](list []S) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return strings.Join(out, "\n")
}

// wordOf takes a number for the text that it is written as.
func wordOf(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return "", false
}

// wordsOf takes one text for a list separated by commas, as Dify itself does.
func wordsOf(value any) (list []string, ok bool) {
	items, isList := value.([]any)
	if !isList {
		text, ok := wordOf(value)
		if !ok {
			return nil, false
		}
		for item := range strings.SplitSeq(strings.ReplaceAll(text, "，", ","), ",") {
			if item = strings.TrimSpace(item); item != "" {
				list = append(list, strings.ToLower(item))
			}
		}
		return list, true
	}
	for _, item := range items {
		text, ok := wordOf(item)
		if !ok {
			return nil, false
		}
		list = append(list, strings.ToLower(text))
	}
	return list, true
}

// dateOf reads "2026-10-01" (a day, local time), "2026-10-01T08:00:00+08:00", or Unix seconds as Dify sends them. What
// it means goes from the first moment up to, but not including, the second.
func dateOf(value any) (from, till time.Time, ok bool) {
	text, isText := value.(string)
	if n, isNumber := value.(float64); isNumber {
		text, isText = strconv.FormatFloat(n, 'f', 0, 64), true
	}
	text = strings.TrimSpace(text)
	if !isText {
		return from, till, false
	}
	if t, err := time.ParseInLocation(time.DateOnly, text, time.Local); err == nil {
		return t, t.AddDate(0, 0, 1), true
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, t.Add(time.Second), true
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Unix(n, 0), time.Unix(n+1, 0), true
	}
	return from, till, false
}

// met says whether an article meets the condition.
func (c *condition) met(a *index.Facts) bool {
	some := func(fits func(value string) bool) bool {
		return slices.ContainsFunc(c.field.texts(a), func(v string) bool { return fits(strings.ToLower(v)) })
	}
	n, known := c.field.number(a)
	switch c.op {
	case opContains:
		return some(func(v string) bool { return strings.Contains(v, c.text) })
	case opNotContains:
		return !some(func(v string) bool { return strings.Contains(v, c.text) })
	case opStartWith:
		return some(func(v string) bool { return strings.HasPrefix(v, c.text) })
	case opEndWith:
		return some(func(v string) bool { return strings.HasSuffix(v, c.text) })
	case opIs:
		return some(func(v string) bool { return v == c.text })
	case opIsNot:
		return !some(func(v string) bool { return v == c.text })
	case opIn:
		return some(func(v string) bool { return slices.Contains(c.texts, v) })
	case opNotIn:
		return !some(func(v string) bool { return slices.Contains(c.texts, v) })
	case opEmpty:
		return len(c.field.texts(a)) == 0
	case opNotEmpty:
		return len(c.field.texts(a)) > 0
	case opEqual:
		return known && n >= c.from && n < c.till
	case opNotEqual:
		return !known || n < c.from || n >= c.till
	case opLess, opBefore:
		return known && n < c.from
	case opGreaterEqual:
		return known && n >= c.from
	case opLessEqual:
		return known && n < c.till
	case opGreater, opAfter:
		return known && n >= c.till
	}
	return false
}

// where combines conditions; nil when there are none.
func where(conditions []condition, or bool) func(*index.Facts) bool {
	if len(conditions) == 0 {
		return nil
	}
	return func(a *index.Facts) bool {
		for i := range conditions {
			if conditions[i].met(a) == or {
				return or
			}
		}
		return !or
	}
}
