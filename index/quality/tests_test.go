package quality

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func folder(pairs ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return m
}

func TestReadTests(t *testing.T) {
	questions, mistakes, err := ReadTests(folder(
		"_search/tests/a.yaml", `
- q: 签收几天了还能退吗
  expect: faq/退货.md#期限
- 问: 会员费能退吗
  期望: [yunxiang-refund, "refund-faq"]
  必过: 否
- {q: "  10086  ", expect: none, must: true}
- {q: 今天天气怎么样, expect: 无}
`,
		"_search/tests/b.YML", "- {q: 包邮吗, expect: shipping-fee}\n",
		"_search/tests/empty.yaml", "# nothing yet\n",
		"_search/tests/readme.md", "not a test",
		"_search/tests/below/c.yaml", "- nor this",
	))
	if err != nil || len(mistakes) > 0 {
		t.Fatal(mistakes, err)
	}
	want := []Question{
		{Text: "签收几天了还能退吗", Place: "_search/tests/a.yaml:2", Expected: []Target{{"faq/退货.md", "期限", 1}}},
		{Text: "会员费能退吗", Place: "_search/tests/a.yaml:4", Expected: []Target{{"yunxiang-refund", "", 1}, {"refund-faq", "", 1}}, Optional: true},
		{Text: "10086", Place: "_search/tests/a.yaml:7", Kind: "none"},
		{Text: "今天天气怎么样", Place: "_search/tests/a.yaml:8", Kind: "none"},
		{Text: "包邮吗", Place: "_search/tests/b.YML:1", Expected: []Target{{"shipping-fee", "", 1}}},
	}
	if len(questions) != len(want) {
		t.Fatalf("%d questions, want %d: %+v", len(questions), len(want), questions)
	}
	for i, w := range want {
		w.ID = w.Text
		got := questions[i]
		if !slices.Equal(got.Expected, w.Expected) {
			t.Errorf("%s: expected %v, want %v", w.Text, got.Expected, w.Expected)
		}
		got.Expected, w.Expected = nil, nil
		if got.ID != w.ID || got.Text != w.Text || got.Kind != w.Kind || got.Optional != w.Optional || got.Place != w.Place {
			t.Errorf("got %+v, want %+v", got, w)
		}
	}
	if questions, mistakes, err := ReadTests(folder("faq/a.md", "# a")); len(questions)+len(mistakes) > 0 || err != nil {
		t.Errorf("without a folder of tests: %v, %v, %v", questions, mistakes, err)
	}
}

// Every mistake names file and line and says in both languages what to do; the other tests of the file are read.
func TestMistakes(t *testing.T) {
	const good = "- {q: 怎么退货, expect: a}\n"
	for _, c := range []struct {
		yaml, place string
		code        mistakeCode
	}{
		{"- {q: 问, expect: a, expct: b}", "t.yaml:2", unknownKey},
		{"- q: 问\n  expect: a\n  tags: [x]", "t.yaml:4", unknownKey},
		{"- {q: 一, 问: 二, expect: a}", "t.yaml:2", keyTwice},
		{"- expect: a", "t.yaml:2", keyMissing},
		{"- q: 问", "t.yaml:2", keyMissing},
		{"- 怎么退货", "t.yaml:2", notATest},
		{"- {q: '', expect: a}", "t.yaml:2", notAQuestion},
		{"- {q: [一, 二], expect: a}", "t.yaml:2", notAQuestion},
		{"- {q: " + strings.Repeat("长", 501) + ", expect: a}", "t.yaml:2", questionLong},
		{"- q: 问\n  expect:", "t.yaml:3", notExpected},
		{"- {q: 问, expect: []}", "t.yaml:2", notExpected},
		{"- {q: 问, expect: [a, none]}", "t.yaml:2", notExpected},
		{"- {q: 问, expect: {a: b}}", "t.yaml:2", notExpected},
		{"- {q: 问, expect: '#anchor'}", "t.yaml:2", notExpected},
		{"- {q: 问, expect: a, must: maybe}", "t.yaml:2", notMust},
	} {
		questions, mistakes := ParseTests("t.yaml", []byte(good+c.yaml+"\n"))
		if len(questions) != 1 || questions[0].Text != "怎么退货" {
			t.Errorf("%q: the good test beside it is lost: %v", c.yaml, questions)
		}
		if len(mistakes) != 1 || mistakes[0].Place != c.place || mistakes[0].Code != c.code {
			t.Errorf("%q: %+v, want %d at %s", c.yaml, mistakes, c.code, c.place)
		}
	}
	for yaml, code := range map[string]mistakeCode{
		"q: 问\nexpect: a\n":           notAList,
		good + "- {q: 问, expect: a\n": yamlSyntax,
		good + "\t- x\n":              yamlSyntax,
	} {
		questions, mistakes := ParseTests("t.yaml", []byte(yaml))
		if len(questions) > 0 || len(mistakes) != 1 || mistakes[0].Code != code || !strings.HasPrefix(mistakes[0].Place, "t.yaml:") {
			t.Errorf("%q: %v, %+v", yaml, questions, mistakes)
		}
	}
	_, mistakes, err := ReadTests(folder(
		"_search/tests/a.yaml", good, "_search/tests/b.yaml", "- {q: 怎么退货, expect: none}\n"))
	if err != nil || len(mistakes) != 1 || !strings.Contains(mistakes[0].Message("en"), "_search/tests/a.yaml:1") {
		t.Errorf("a question that is asked twice: %v, %v", mistakes, err)
	}
}

func TestMessages(t *testing.T) {
	for code := yamlSyntax; code <= anchorMissing; code++ {
		m := Mistake{Place: "a.yaml:3", Code: code, Args: []string{"ARG0", "ARG1", "ARG2"}}
		zh, en := m.Message("zh"), m.Message("en")
		for _, s := range []string{zh, en} {
			if !strings.HasPrefix(s, "a.yaml:3: ") || strings.Contains(s, "{0}") || strings.Contains(s, "unknown mistake") {
				t.Errorf("code %d: %q", code, s)
			}
		}
		if zh == en {
			t.Errorf("code %d has one message for both languages: %q", code, zh)
		}
	}
}

// Whatever stands in a file of tests: no panic, and every question that comes out can be asked and judged.
func FuzzParseTests(f *testing.F) {
	f.Add([]byte("- {q: 怎么退货, expect: [a, b#c]}\n- {问: x, 期望: 无, 必过: 是}\n"))
	f.Add([]byte("- q: &a [*a]\n  expect: !!null x\n"))
	f.Add([]byte("- <<: {q: a}\n  ? [x]\n  : y\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		questions, mistakes := ParseTests("t.yaml", data)
		for _, q := range questions {
			if q.Text == "" || q.Answerable() == (q.Kind != "") || q.Place == "" {
				t.Errorf("%q: %+v", data, q)
			}
			for _, target := range q.Expected {
				if target.Article == "" || target.Grade != 1 {
					t.Errorf("%q: %+v", data, q)
				}
			}
		}
		for _, m := range mistakes {
			if m.Message("zh") == "" {
				t.Errorf("%q: %+v", data, m)
			}
		}
	})
}
