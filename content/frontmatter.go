package content

import (
	"errors"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// maxFrontMatter is more than any editor writes; YAML beyond it is not parsed.
const maxFrontMatter = 256 << 10

// frontMatter is the block of properties at the beginning of a file.
type frontMatter struct {
	article Article
	// set says which keys were given, by line.
	set       map[string]int
	questions []string
	negatives []string
	// onlyFor is the audience as the editor spelt it; empty when everybody may see the article.
	onlyFor  []string
	draft    bool
	problems []Problem
	// broken files are left out; problems say why.
	broken bool
}

// splitFrontMatter cuts the YAML between two lines of "---" off a file. bodyLine is the line of the file, from 1, in
// which the body begins. A file may begin with a horizontal rule instead, which is "---" too: what follows must look
// like a property or a comment to be taken for front matter.
func splitFrontMatter(name, file string) (block, body string, bodyLine int, problem *Problem) {
	first, rest, found := strings.Cut(file, "\n")
	mark := strings.TrimRight(first, " \t")
	if mark == "+++" {
		return splitTOML(name, file, rest)
	}
	if mark != "---" {
		return "", file, 1, missingDashes(name, first, rest)
	}
	if !found {
		return "", file, 1, nil
	}
	lines, start := 1, 0
	for start <= len(rest) {
		line, _, more := strings.Cut(rest[start:], "\n")
		lines++
		if trimmed := strings.TrimRight(line, " \t"); trimmed == "---" || trimmed == "..." {
			block = rest[:start]
			if strings.TrimSpace(block) != "" && !looksLikeYAML(block) {
				return "", file, 1, nil
			}
			body = ""
			if more {
				body = rest[start+len(line)+1:]
			}
			return block, body, lines + 1, nil
		}
		if !more {
			break
		}
		start += len(line) + 1
	}
	if looksLikeYAML(rest) {
		return "", "", 1, &Problem{Path: name, Line: 1, Code: frontMatterUnclosed}
	}
	return "", file, 1, nil
}

// missingDashes finds front matter without the line of "---" before it: the file begins with "title: 退款", and a blank
// line or another property of ours follows. Notes such as 相似问：may stand at the beginning of a text.
func missingDashes(name, first, rest string) *Problem {
	key, ok := propertyLine(first)
	if _, isNote := parseNote(strings.TrimSpace(first)); !ok || isNote {
		return nil
	}
	second, _, _ := strings.Cut(rest, "\n")
	if _, ok := propertyLine(second); !ok && strings.TrimSpace(second) != "" {
		return nil
	}
	return &Problem{Path: name, Line: 1, Code: frontMatterDashes, Args: []string{key}}
}

// propertyLine returns the key of a line "key: value" when it is a property of ours.
func propertyLine(line string) (key string, ok bool) {
	key, _, found := strings.Cut(strings.Replace(line, "：", ":", 1), ":")
	if !found {
		return "", false
	}
	_, ok = propertyName(key)
	return strings.TrimSpace(key), ok
}

func splitTOML(name, file, rest string) (block, body string, bodyLine int, problem *Problem) {
	lines := 2
	for start := 0; start < len(rest); lines++ {
		line, _, _ := strings.Cut(rest[start:], "\n")
		start = min(start+len(line)+1, len(rest))
		if strings.TrimRight(line, " \t") == "+++" {
			return "", rest[start:], lines + 1, &Problem{Path: name, Line: 1, Code: frontMatterTOML}
		}
	}
	return "", file, 1, nil
}

// looksLikeYAML says whether the first line with something on it is "key: …", a comment, or was meant to be a key,
// as in "标题：退款".
func looksLikeYAML(block string) bool {
	for line := range strings.Lines(block) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if strings.HasPrefix(line, "#") {
			return !isATXHeading(line) || strings.Contains(block, ": ")
		}
		key, _, found := strings.Cut(strings.ReplaceAll(line, "：", ":"), ":")
		key = strings.Trim(key, `"'`)
		return found && key != "" && !strings.ContainsFunc(key, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_. /", r)
		}) && len(key) < 60
	}
	return false
}

// parseFrontMatter reads the block, whose first line is line 2 of the file.
func parseFrontMatter(name, block string) *frontMatter {
	f := &frontMatter{set: make(map[string]int)}
	f.article.Path = name
	if strings.TrimSpace(block) == "" {
		return f
	}
	if len(block) > maxFrontMatter {
		f.fail(1, frontMatterSyntax, "属性太长", "it is too long")
		return f
	}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(block), &doc); err != nil {
		f.syntaxError(block, err)
		return f
	}
	if len(doc.Content) == 0 { // comments only
		return f
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		f.syntaxError(block, errors.New("it is not a list of properties"))
		return f
	}
	seen := make(map[string]int)
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		if line, twice := seen[key.Value]; twice {
			f.fail(key.Line+1, frontMatterTwice, key.Value, strconv.Itoa(line))
			return f
		}
		seen[key.Value] = key.Line + 1
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		f.property(key.Value, value, key.Line+1)
	}
	return f
}

func (f *frontMatter) warn(line int, code Code, args ...string) {
	f.problems = append(f.problems, Problem{Path: f.article.Path, Line: line, Code: code, Args: args})
}

func (f *frontMatter) fail(line int, code Code, args ...string) {
	f.warn(line, code, args...)
	f.broken = true
}

var (
	yamlLine  = regexp.MustCompile(`line (\d+)`)
	wideColon = regexp.MustCompile(`^([\p{L}_][\p{L}\p{N}_-]*)[ \t]*(：|:[^\s/:])`)
)

// syntaxError finds the line and a reason that an editor understands. The two mistakes that Chinese editors make most
// are looked for first: a full-width colon, and none of the blank after a colon.
func (f *frontMatter) syntaxError(block string, err error) {
	n := 1
	for line := range strings.Lines(block) {
		n++
		if m := wideColon.FindStringSubmatch(line); m != nil {
			f.fail(n, frontMatterColon, m[1])
			return
		}
	}
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	n = 2
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		at, _ := strconv.Atoi(m[1])
		n = at + 1
		if strings.Contains(text, "did not find expected") {
			n++ // the parser, unlike the scanner, counts lines from 0
		}
		text = strings.TrimPrefix(text, m[0]+": ")
	}
	f.fail(n, frontMatterSyntax, yamlReason(text), text)
}

// yamlReason says in Chinese what the YAML parser says in English.
func yamlReason(text string) string {
	for _, known := range []struct{ en, zh string }{
		{"mapping values are not allowed", "值里有冒号"},
		{"cannot start any token", "值以特殊符号（如 @、`、%、制表符）开头"},
		{"unexpected end of stream", "引号或括号没有结束"},
		{"did not find expected key", "缩进不一致，或引号后面还有内容"},
		{"could not find expected ':'", "缺少冒号"},
		{"did not find expected ',' or ']'", "方括号没有结束"},
		{"did not find expected ',' or '}'", "花括号没有结束"},
		{"did not find expected node content", "方括号里多了一个逗号，或少了一项"},
		{"unknown anchor", "值以 * 开头"},
		{"did not find expected alphabetic", "值以 & 或 * 开头"},
		{"not a list of properties", "不是“名称: 值”的形式"},
		{"found a tab character", "缩进用了制表符，请改用空格"},
		{"found unknown escape character", "双引号里的反斜杠要写两个，或改用单引号"},
	} {
		if strings.Contains(text, known.en) {
			return known.zh
		}
	}
	return text
}

// keyNames maps what editors write to the property's own name.
var keyNames = map[string]string{
	"id": "id", "编号": "id",
	"title": "title", "标题": "title", "標題": "title",
	"description": "description", "summary": "description", "摘要": "description", "描述": "description", "简介": "description",
	"keywords": "keywords", "keyword": "keywords", "关键词": "keywords", "关键字": "keywords", "關鍵詞": "keywords", "關鍵字": "keywords",
	"tags": "tags", "tag": "tags", "标签": "tags", "標籤": "tags",
	"category": "category", "categories": "category", "分类": "category", "类别": "category", "分類": "category",
	"weight": "weight", "权重": "weight", "排序": "weight", "sidebar_position": "weight",
	"draft": "draft", "草稿": "draft",
	"aliases": "aliases", "alias": "aliases", "别名": "aliases", "旧地址": "aliases",
	"search": "search", "可搜索": "search",
	"lang": "lang", "language": "lang", "语言": "lang",
	"date": "date", "日期": "date", "发布日期": "date",
	"lastmod": "lastmod", "updated": "lastmod", "last_update": "lastmod", "更新日期": "lastmod", "更新时间": "lastmod",
	"questions": "questions", "question": "questions", "相似问": "questions", "相似问题": "questions", "相似問": "questions",
	"negatives": "negatives", "negative": "negatives", "反例问": "negatives", "反例": "negatives", "反例問": "negatives",
	"related": "related", "相关": "related", "相关文章": "related",
	"audience": "audience", "audiences": "audience", "受众": "audience", "可见范围": "audience", "受眾": "audience",
	"channel": "channel", "channels": "channel", "渠道": "channel",
	"owner": "owner", "负责人": "owner",
	"review_by": "review_by", "复审日期": "review_by", "复审": "review_by",
	"valid_from": "valid_from", "生效日期": "valid_from",
	"valid_until": "valid_until", "失效日期": "valid_until", "有效期至": "valid_until",
	"kind": "kind", "类型": "kind", "類型": "kind",
}

// propertyName is the own name of what an editor wrote, in any case and with "-" for "_".
func propertyName(key string) (name string, known bool) {
	key = strings.TrimSpace(key)
	if name, known = keyNames[key]; !known {
		name, known = keyNames[strings.ToLower(strings.ReplaceAll(key, "-", "_"))]
	}
	return name, known
}

// property takes one property. Unknown ones are other programs' business, unless they look like a typing error.
func (f *frontMatter) property(key string, value *yaml.Node, line int) {
	name, known := propertyName(key)
	if !known {
		if meant := nearMiss(key); meant == "audience" {
			f.fail(line, audienceUnclear, key)
		} else if meant != "" {
			f.warn(line, frontMatterTypo, key, meant)
		}
		return
	}
	if value.Tag == "!!null" {
		return
	}
	if _, twice := f.set[name]; !twice {
		f.set[name] = line
	}
	a := &f.article
	switch name {
	case "id":
		f.text(&a.ID, key, value, line)
	case "title":
		f.text(&a.Title, key, value, line)
	case "description":
		f.text(&a.Description, key, value, line)
	case "lang":
		f.text(&a.Lang, key, value, line)
	case "owner":
		f.text(&a.Owner, key, value, line)
	case "kind":
		f.kind(key, value, line)
	case "category":
		var parts []string
		f.list(&parts, key, value, line, "")
		a.Category = cleanCategory(strings.Join(parts, "/"))
	case "keywords":
		f.list(&a.Keywords, key, value, line, ",，、;；|｜")
	case "tags":
		f.list(&a.Tags, key, value, line, ",，、;；|｜")
	case "aliases":
		f.list(&a.Aliases, key, value, line, ",，;；|｜")
	case "related":
		f.list(&a.Related, key, value, line, ",，;；|｜")
	case "channel":
		f.list(&a.Channel, key, value, line, ",，、;；|｜")
	case "questions":
		f.questionList(&f.questions, key, value, line)
	case "negatives":
		f.questionList(&f.negatives, key, value, line)
	case "audience":
		f.audience(value, line)
	case "weight":
		n, err := strconv.ParseFloat(value.Value, 64)
		if value.Kind != yaml.ScalarNode || err != nil || math.Abs(n) > 1e9 {
			f.warn(line, frontMatterType, key, "数字", "a number")
			return
		}
		a.Weight = int(n)
	case "draft":
		is, ok := parseBool(value)
		if !ok {
			f.warn(line, frontMatterType, key, "true 或 false", "true or false")
		}
		f.draft = is || !ok
	case "search":
		is, ok := parseBool(value)
		if !ok && value.Kind == yaml.ScalarNode {
			f.warn(line, frontMatterType, key, "true 或 false", "true or false")
			return
		}
		a.Hidden = ok && !is
	case "date":
		f.date(&a.Date, key, value, line, false)
	case "lastmod":
		f.date(&a.Updated, key, value, line, false)
	case "review_by":
		f.date(&a.ReviewBy, key, value, line, false)
	case "valid_from":
		f.date(&a.ValidFrom, key, value, line, false)
	case "valid_until":
		f.date(&a.ValidUntil, key, value, line, true)
	}
}

// text takes a single value; the first one stays when two names of the same property are given.
func (f *frontMatter) text(to *string, key string, value *yaml.Node, line int) {
	if value.Kind != yaml.ScalarNode {
		f.warn(line, frontMatterType, key, "一段文字", "one text")
		return
	}
	if *to == "" {
		*to = oneLineText(value.Value)
	}
}

// list takes a list, or one text that is cut at any of the separators. Two names of a property add up.
func (f *frontMatter) list(to *[]string, key string, value *yaml.Node, line int, separators string) {
	var values []string
	switch value.Kind {
	case yaml.ScalarNode:
		values = strings.FieldsFunc(value.Value, func(r rune) bool { return strings.ContainsRune(separators, r) })
	case yaml.SequenceNode:
		values = f.items(key, value)
	default:
		f.warn(line, frontMatterType, key, "一个列表", "a list")
	}
	for _, v := range values {
		if v = oneLineText(v); v != "" && !slices.Contains(*to, v) {
			*to = append(*to, v)
		}
	}
}

// items are the texts of a list. An item that is not a text is most often "- 怎么退: 运费谁付", which lacks quotes.
func (f *frontMatter) items(key string, list *yaml.Node) (values []string) {
	warned := 0 // the last line of which that was said
	for _, item := range list.Content {
		line := item.Line + 1
		if item.Kind == yaml.AliasNode {
			item = item.Alias
		}
		switch {
		case item.Kind != yaml.ScalarNode && line == warned:
		case item.Kind != yaml.ScalarNode:
			warned = line
			f.warn(line, frontMatterType, key, "文字的列表，有冒号的请加引号", "a list of texts, those with a colon in quotes")
		case item.Tag != "!!null":
			values = append(values, item.Value)
		}
	}
	return values
}

// questionList takes questions: a list, or one text in which they are separated as in a note below a heading.
func (f *frontMatter) questionList(to *[]string, key string, value *yaml.Node, line int) {
	if value.Kind == yaml.ScalarNode {
		for part := range strings.Lines(value.Value) {
			*to = append(*to, splitNote(alternates, trimListMarker(strings.TrimSpace(part)))...)
		}
		return
	}
	f.list(to, key, value, line, "")
}

func (f *frontMatter) kind(key string, value *yaml.Node, line int) {
	switch strings.ToLower(value.Value) {
	case "faq", "问答", "常见问题":
		f.article.Kind = FAQ
	case "training", "培训", "培訓", "教程":
		f.article.Kind = Training
	default:
		f.warn(line, frontMatterType, key, "faq 或 training", "faq or training")
	}
}

// audience leaves the file out when in doubt: what is not meant for everybody must not be shown to everybody.
func (f *frontMatter) audience(value *yaml.Node, line int) {
	before := len(f.problems)
	var names []string
	f.list(&names, "audience", value, line, ",，、;；|｜")
	if len(f.problems) > before || len(names) == 0 {
		f.problems = f.problems[:before]
		f.fail(line, audienceUnclear, value.Value)
		return
	}
	for _, name := range names {
		name = strings.ToLower(name)
		switch name {
		case "public", "公开", "所有人", "全部", "外部", "客户", "公開":
			name = Public
		case "staff", "内部", "员工", "內部", "員工":
			name = "staff"
		}
		if !slices.Contains(f.article.Audience, name) {
			f.article.Audience = append(f.article.Audience, name)
		}
	}
	f.onlyFor = append(f.onlyFor, names...)
	if slices.Contains(f.article.Audience, Public) {
		f.onlyFor = nil
	}
}

// dateLayouts are the ways in which dates are written. Day and month alone ("3/4/2026") are ambiguous and not among them.
var dateLayouts = []string{
	"2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "2006年1月2号", "20060102",
	time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-1-2 15:04:05 -0700", "2006-1-2 15:04:05", "2006-1-2 15:04",
	"2006-1-2 15:04:05Z07:00", "2006/1/2 15:04:05", "2006/1/2 15:04",
}

// date takes a date or a moment, local time unless it says otherwise. A last day includes that whole day.
func (f *frontMatter) date(to *time.Time, key string, value *yaml.Node, line int, last bool) {
	text := strings.TrimSpace(value.Value)
	if value.Kind == yaml.ScalarNode && to.IsZero() {
		for _, layout := range dateLayouts {
			t, err := time.ParseInLocation(layout, text, time.Local)
			if err != nil || t.Year() < 1000 {
				continue
			}
			if last && !strings.Contains(layout, "15") {
				t = t.AddDate(0, 0, 1)
			}
			*to = t
			return
		}
	}
	if to.IsZero() {
		f.warn(line, frontMatterDate, key, text)
	}
}

func parseBool(value *yaml.Node) (is, ok bool) {
	switch strings.ToLower(strings.TrimSpace(value.Value)) {
	case "true", "yes", "on", "y", "1", "是", "真":
		return true, value.Kind == yaml.ScalarNode
	case "false", "no", "off", "n", "0", "否", "假":
		return false, value.Kind == yaml.ScalarNode
	}
	return false, false
}

// oneLineText makes one line of a text of several.
func oneLineText(s string) string { return strings.Join(strings.Fields(s), " ") }

// nearMiss returns the property that a key of five letters or more differs from by one mistake: a letter too many, too
// few or wrong, or two exchanged ("qusetions").
func nearMiss(key string) string {
	key = strings.ToLower(key)
	if len(key) < 5 {
		return ""
	}
	best := ""
	for known, name := range keyNames {
		if known[0] < 0x80 && len(known) >= 5 && oneMistake(key, known) && (best == "" || name < best) {
			best = name
		}
	}
	return best
}

// oneMistake says whether a and b differ by a single insertion, deletion, substitution or exchange of neighbours.
func oneMistake(a, b string) bool {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	switch {
	case len(a)+len(b) == 1, len(a) == 1 && len(b) == 1:
		return true
	case len(a) == 2 && len(b) == 2:
		return a[0] == b[1] && a[1] == b[0]
	}
	return false
}
