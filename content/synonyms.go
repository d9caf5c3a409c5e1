package content

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// A SynonymGroup 同义词 is a set of expressions that mean the same on this site.
type SynonymGroup struct {
	// Words are two to maxSynonyms expressions as the editor wrote them, "退款" or "iPhone 15", without blanks at the
	// ends, none twice in one group, and none in two groups of a Library, letter case and blanks aside. One may hold
	// another: 退款, 申请退款. Which characters (traditional, full-width) they are written in is not made equal.
	Words []string
	// OneWay is for what customers say and the site does not: the first of the Words is the site's own, and a question
	// with one of the others may be read as if it said the first, but not the other way round (保价 ← 买贵了).
	OneWay bool
	// Line is where in _search/synonyms.yaml the group begins.
	Line int
}

const (
	// maxSynonymFile is far more than maxSynonymGroups need; YAML beyond it is not parsed.
	maxSynonymFile   = 512 << 10
	maxSynonymGroups = 2000
	// maxSynonyms is how many expressions a group may have: each costs a search in another wording.
	maxSynonyms = 20
)

// readSynonyms reads a list of groups:
//
//   - [退款, 退钱, 退费]
//   - 保价: [价格保护, 买贵了]
//
// A group may also be one text, "退款, 退钱", and the whole file a mapping. Where it is not YAML, the items of the list
// are read one by one, so that the damaged ones are all that is lost. What would do harm is left out and reported.
func readSynonyms(data []byte) ([]SynonymGroup, []Problem) {
	s := &synonyms{lines: make(map[string]int)}
	if len(data) > maxSynonymFile {
		s.report(0, synonymsSyntax, "文件太大", "it is too large")
		return nil, s.problems
	}
	file, problems := decode(synonymsPath, data)
	s.problems = problems
	roots, err := parseYAML(file)
	if err != nil {
		roots = s.parts(file, err)
	}
	for _, root := range roots {
		s.root(root)
	}
	return s.groups, s.problems
}

// synonyms is the file while it is being read.
type synonyms struct {
	groups   []SynonymGroup
	problems []Problem
	// lines says where an expression stands, by synonymKey.
	lines map[string]int
	full  bool // that there are too many groups has been said
}

func (s *synonyms) report(line int, code Code, args ...string) {
	s.problems = append(s.problems, Problem{Path: synonymsPath, Line: line, Code: code, Args: args})
}

// parseYAML returns the roots of all documents that are not empty; the lines of their nodes count from 1.
func parseYAML(text string) (roots []*yaml.Node, err error) {
	decoder := yaml.NewDecoder(strings.NewReader(text))
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return roots, nil
		}
		if err != nil {
			return nil, err
		}
		if len(document.Content) > 0 {
			roots = append(roots, document.Content[0])
		}
	}
}

// parts reads a file that is not YAML as a whole: it is cut before each line that begins as far left as the first one
// does, and what is not YAML of that is reported. When all of it is, err is, which is what was wrong with the whole.
func (s *synonyms) parts(file string, err error) (roots []*yaml.Node) {
	margin, from, n, damaged := -1, 1, 0, 0
	var part strings.Builder
	read := func() {
		found, err := parseYAML(part.String())
		if err != nil {
			damaged++
			s.syntaxError(err, from)
		}
		for _, root := range found {
			moveLines(root, from-1)
		}
		roots = append(roots, found...)
		part.Reset()
	}
	for line := range strings.Lines(file) {
		n++
		text := strings.TrimLeft(line, " ")
		if strings.TrimSpace(text) == "" || text[0] == '#' {
			part.WriteString("\n")
			continue
		}
		indent := len(line) - len(text)
		if margin < 0 {
			margin = indent
		}
		if indent <= margin {
			read()
			from = n
		}
		if damaged == maxProblems {
			return roots
		}
		part.WriteString(line)
	}
	read()
	if damaged == 0 {
		s.syntaxError(err, 0)
	}
	return roots
}

// moveLines adds to the line of a node and of all below it.
func moveLines(node *yaml.Node, by int) {
	node.Line += by
	for _, below := range node.Content {
		moveLines(below, by)
	}
}

// syntaxError reports what the parser says, in the line that it names when line is 0.
func (s *synonyms) syntaxError(err error, line int) {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		at, _ := strconv.Atoi(m[1])
		line = cmp.Or(line, at)
		text = strings.TrimPrefix(text, m[0]+": ")
	}
	s.report(line, synonymsSyntax, yamlReason(text), text)
}

// root takes a whole document.
func (s *synonyms) root(node *yaml.Node) {
	switch node.Kind {
	case yaml.SequenceNode:
		for _, item := range node.Content {
			s.item(item)
		}
	default:
		s.item(node)
	}
}

// item takes one item of the list: a group, or a mapping of groups.
func (s *synonyms) item(node *yaml.Node) {
	line := node.Line
	node = target(node)
	if node.Kind != yaml.MappingNode {
		s.group(line, nil, node)
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		s.group(node.Content[i].Line, target(node.Content[i]), target(node.Content[i+1]))
	}
}

// target is what an alias stands for.
func target(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

// group takes a group; own is the site's own word when there is one.
func (s *synonyms) group(line int, own, list *yaml.Node) {
	var given []*yaml.Node
	if own != nil {
		given = append(given, own)
	}
	switch {
	case list.Kind == yaml.SequenceNode:
		given = append(given, list.Content...)
	case list.Kind == yaml.ScalarNode && list.Tag != "!!null":
		for _, text := range strings.FieldsFunc(list.Value, func(r rune) bool { return strings.ContainsRune(",，、;；|｜\n", r) }) {
			given = append(given, &yaml.Node{Kind: yaml.ScalarNode, Value: text, Line: line})
		}
	case list.Kind == yaml.MappingNode:
		s.report(line, synonymsShape)
		return
	}
	switch {
	case len(given) < 2:
		s.report(line, synonymsSingle)
		return
	case len(given) > maxSynonyms:
		s.report(line, synonymsLarge, strconv.Itoa(len(given)), strconv.Itoa(maxSynonyms))
		given = given[:maxSynonyms]
	case len(s.groups) == maxSynonymGroups:
		if !s.full {
			s.report(line, synonymsMany, strconv.Itoa(maxSynonymGroups))
		}
		s.full = true
		return
	}
	group := SynonymGroup{OneWay: own != nil, Line: line}
	here := make(map[string]bool)
	for i, node := range given {
		word, ok := s.word(node)
		switch key := synonymKey(word); {
		case ok && here[key]:
			s.report(node.Line, synonymsTwice, word, strconv.Itoa(line))
		case ok:
			here[key] = true
			group.Words = append(group.Words, word)
		case i == 0 && own != nil:
			return // without the site's own word the others mean nothing, and why it is out has been said
		}
	}
	if len(group.Words) < 2 {
		return // as above
	}
	for _, word := range group.Words {
		s.lines[synonymKey(word)] = line
	}
	s.groups = append(s.groups, group)
}

// word takes one expression and says whether it can be used.
func (s *synonyms) word(node *yaml.Node) (word string, ok bool) {
	line := node.Line
	node = target(node)
	word = oneLineText(node.Value)
	key := synonymKey(word)
	switch {
	case node.Kind != yaml.ScalarNode:
		s.report(line, synonymsShape)
	case node.Tag == "!!null" || !strings.ContainsFunc(word, isLetterOrDigit):
		s.report(line, synonymsEmpty)
	case utf8.RuneCountInString(word) > maxWord:
		s.report(line, synonymsLong, cutText(word, 30))
	case SaysLittle(key):
		s.report(line, synonymsVague, word)
	case s.lines[key] > 0:
		s.report(line, synonymsTwice, word, strconv.Itoa(s.lines[key]))
	default:
		return word, true
	}
	return "", false
}

func isLetterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// synonymKey is the same for expressions that differ in letter case and blanks only.
func synonymKey(word string) string {
	return strings.ToLower(strings.Join(strings.Fields(word), ""))
}

// functionWords are what questions are built with, in simplified and traditional characters, the longest first: as
// synonyms, 不能 = 吗 would make two questions of opposite meaning equal.
var functionWords = [...]string{
	"是不是", "能不能", "可不可以", "有没有", "会不会", "为什么", "為什麼", "怎么办", "怎麼辦", "什么时候",
	"什麼時候", "多长时间", "多長時間", "多少钱", "多少錢", "怎么", "怎麼", "如何", "怎样", "怎樣", "什么", "什麼",
	"为何", "為何", "为啥", "多少", "多久", "几个", "幾個", "哪些", "哪种", "哪種", "何种", "何種", "哪里", "哪裡",
	"哪儿", "哪个", "哪個", "可以", "可否", "能否", "是否", "不能", "不会", "不會", "不可", "不是", "没有", "沒有",
	"无法", "無法", "请问", "請問", "我们", "我們", "你们", "你們", "这个", "這個", "那个", "那個", "一下", "进行",
	"進行", "以及", "需要", "应该", "應該", "的", "了", "吗", "嗎", "呢", "啊", "呀", "吧", "么", "麼", "嘛", "哦",
	"和", "与", "與", "及", "或", "在", "是", "我", "你", "您", "他", "她", "它", "请", "請", "这", "這", "那", "有",
	"要", "会", "會", "能", "都", "就", "也", "还", "還", "被", "把", "给", "給", "对", "對", "从", "從", "到", "为",
	"為", "以", "之", "其", "个", "個", "一", "中", "上", "下", "里", "裡", "时", "時", "后", "後", "想", "得", "着",
	"著", "用", "于", "於", "不", "没", "沒", "未", "咋", "啥", "几", "幾",
}

// SaysLittle says whether an expression cannot be a synonym: a single character, or nothing but function words: 怎么,
// 能不能, 了吗. Letter case counts.
func SaysLittle(word string) bool {
	return utf8.RuneCountInString(word) < 2 || FunctionWords(word)
}

// FunctionWords says whether a text is nothing but function words, or empty.
func FunctionWords(text string) bool {
	for text != "" {
		at := slices.IndexFunc(functionWords[:], func(f string) bool { return strings.HasPrefix(text, f) })
		if at < 0 {
			return false
		}
		text = text[len(functionWords[at]):]
	}
	return true
}
