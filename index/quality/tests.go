package quality

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"jieda/index"
)

// TestsFolder is where a site's editors keep their judged questions, below the content folder.
const TestsFolder = "_search/tests"

// ReadTests reads the files *.yaml and *.yml of TestsFolder, in the order of their names. Each is a list:
//
//	# The article's path or id, with #anchor for one place in it:
//	- q: 签收几天了还能退吗
//	  expect: faq/退货.md
//	# Any of several:
//	- 问: 会员费能退吗
//	  期望: [yunxiang-refund, "refund-faq#会员"]
//	# We have no answer (none, 无). must: false (必过: 否) says that the command does not fail because of it:
//	- q: 今天天气怎么样
//	  expect: none
//	  must: false
//
// A question that cannot be read is among the mistakes and left out. A folder that does not exist holds no questions.
func ReadTests(folder fs.FS) ([]Question, []Mistake, error) {
	entries, err := fs.ReadDir(folder, TestsFolder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("reading the tests: %w", err)
	}
	var questions []Question
	var mistakes []Mistake
	first := map[string]string{} // where a text was asked
	for _, e := range entries {
		ext := strings.ToLower(path.Ext(e.Name()))
		if e.IsDir() || ext != ".yaml" && ext != ".yml" {
			continue
		}
		name := path.Join(TestsFolder, e.Name())
		data, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, nil, fmt.Errorf("reading the tests: %w", err)
		}
		read, wrong := ParseTests(name, data)
		mistakes = append(mistakes, wrong...)
		for _, q := range read {
			if place, again := first[q.Text]; again {
				mistakes = append(mistakes, Mistake{Place: q.Place, Code: questionTwice, Args: []string{q.Text, place}})
				continue
			}
			first[q.Text] = q.Place
			questions = append(questions, q)
		}
	}
	return questions, mistakes, nil
}

// ParseTests reads one file of tests; name is for the places of questions and mistakes.
func ParseTests(name string, data []byte) ([]Question, []Mistake) {
	p := &testParser{name: name}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		line, reason := yamlLine(err)
		p.mistake(line, yamlSyntax, reason)
		return nil, p.mistakes
	}
	if len(root.Content) == 0 { // an empty file
		return nil, nil
	}
	list := root.Content[0]
	if list.Kind != yaml.SequenceNode {
		p.mistake(list.Line, notAList)
		return nil, p.mistakes
	}
	var questions []Question
	for _, item := range list.Content {
		if q, ok := p.question(item); ok {
			questions = append(questions, q)
		}
	}
	return questions, p.mistakes
}

var yamlLinePattern = regexp.MustCompile(`^yaml: line (\d+): `)

// yamlLine takes the line out of an error of the parser, 0 when it names none.
func yamlLine(err error) (line int, reason string) {
	m := yamlLinePattern.FindStringSubmatch(err.Error())
	if m == nil {
		return 0, strings.TrimPrefix(err.Error(), "yaml: ")
	}
	line, _ = strconv.Atoi(m[1]) // digits, or the pattern would not match
	return line, err.Error()[len(m[0]):]
}

// A testParser reads one file.
type testParser struct {
	name     string
	mistakes []Mistake
}

func (p *testParser) place(line int) string {
	if line == 0 {
		return p.name
	}
	return fmt.Sprintf("%s:%d", p.name, line)
}

func (p *testParser) mistake(line int, code mistakeCode, args ...string) {
	p.mistakes = append(p.mistakes, Mistake{Place: p.place(line), Code: code, Args: args})
}

// testKeys are the keys of a test in both languages.
var testKeys = []string{"q", "expect", "must", "问", "期望", "必过"}

func (p *testParser) question(item *yaml.Node) (Question, bool) {
	q := Question{Place: p.place(item.Line)}
	if item.Kind != yaml.MappingNode {
		p.mistake(item.Line, notATest)
		return q, false
	}
	before := len(p.mistakes)
	seen := map[string]bool{}
	for i := 0; i+1 < len(item.Content); i += 2 {
		key, value := item.Content[i], item.Content[i+1]
		at := slices.Index(testKeys, key.Value)
		if at < 0 {
			p.mistake(key.Line, unknownKey, key.Value)
			continue
		}
		name := testKeys[at%3]
		if seen[name] {
			p.mistake(key.Line, keyTwice, key.Value)
			continue
		}
		seen[name] = true
		switch name {
		case "q":
			q.Text = strings.TrimSpace(value.Value)
			q.ID = q.Text
			switch {
			case value.Kind != yaml.ScalarNode || q.Text == "":
				p.mistake(value.Line, notAQuestion)
			case len([]rune(q.Text)) > index.MaxQuery:
				p.mistake(value.Line, questionLong, strconv.Itoa(index.MaxQuery))
			}
		case "expect":
			q.Expected = p.expected(value)
			if !q.Answerable() {
				q.Kind = "none"
			}
		case "must":
			must, ok := map[string]bool{"true": true, "是": true, "false": false, "否": false}[value.Value]
			if !ok {
				p.mistake(value.Line, notMust, value.Value)
			}
			q.Optional = !must
		}
	}
	if !seen["q"] {
		p.mistake(item.Line, keyMissing, "q", "问")
	}
	if !seen["expect"] {
		p.mistake(item.Line, keyMissing, "expect", "期望")
	}
	return q, len(p.mistakes) == before
}

// expected reads an article, none, or a list of articles.
func (p *testParser) expected(value *yaml.Node) []Target {
	items := []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode {
		items = value.Content
		if len(items) == 0 {
			p.mistake(value.Line, notExpected)
		}
	}
	var targets []Target
	for _, item := range items {
		written := strings.TrimSpace(item.Value)
		none := written == "none" || written == "无"
		article, anchor, _ := strings.Cut(written, "#")
		switch {
		case none && value.Kind == yaml.ScalarNode:
			return nil
		case item.Kind != yaml.ScalarNode || item.Tag == "!!null" || article == "" || none:
			p.mistake(item.Line, notExpected)
		default:
			targets = append(targets, Target{Article: article, Anchor: anchor, Grade: 1})
		}
	}
	return targets
}
