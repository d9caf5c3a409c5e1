package content

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A note is a line that an editor writes below a heading for the search and not for the reader:
//
//	## 怎么退款？
//	相似问:怎么退钱 | 钱能退吗
//	反例问:怎么换货
//
// or, with the same meaning, "相似问:" followed by a list.
type note struct {
	kind   noteKind
	values []string
	// start and end are byte offsets in the body, a list that belongs to it included.
	start, end int
}

type noteKind int

const (
	noNote noteKind = iota
	alternates
	negatives
	keywords
)

// noteNames are what a note begins with, in simplified and traditional characters.
var noteNames = []struct {
	name string
	kind noteKind
}{
	{"相似问题", alternates}, {"相似问法", alternates}, {"相似问", alternates}, {"其他问法", alternates},
	{"相似問題", alternates}, {"相似問法", alternates}, {"相似問", alternates}, {"其他問法", alternates},
	{"反例问题", negatives}, {"反例问", negatives}, {"反例", negatives},
	{"反例問題", negatives}, {"反例問", negatives},
	{"关键词", keywords}, {"关键字", keywords}, {"關鍵詞", keywords}, {"關鍵字", keywords},
}

// A source is the body of an article made ready for the Markdown parser: what readers should not see is overwritten
// with blanks, so that all offsets stay those of the body.
type source struct {
	text  []byte
	notes []note
	// stray are notes that do not stand directly below a heading; they are shown, and reported.
	stray []note
	// ids are the ids that headings were given, "## 条件 {#cond}", by the offset of the heading's line.
	ids map[int]string
}

// prepare finds the notes and the heading ids of a body. It follows fenced code, so that a line of a program does not
// count, but knows no other Markdown than headings.
func prepare(body string) *source {
	s := &source{text: []byte(body)}
	var fence string   // the open code fence
	directly := true   // below a heading, or at the beginning
	paragraph := false // the line before is text, so that "---" makes a heading of it
	var open *note     // a note without values, which a list may follow
	for start := 0; start < len(body); {
		end := len(body)
		if i := strings.IndexByte(body[start:], '\n'); i >= 0 {
			end = start + i
		}
		text := body[start:end]
		bare := strings.TrimSpace(text)
		switch {
		case fence != "":
			if strings.HasPrefix(bare, fence) && strings.Trim(bare, fence[:1]) == "" {
				fence = ""
			}
		case strings.HasPrefix(bare, "```"), strings.HasPrefix(bare, "~~~"):
			fence = bare[:len(bare)-len(strings.TrimLeft(bare, bare[:1]))]
			if fence[0] == '`' && strings.ContainsRune(bare[len(fence):], '`') {
				fence = "" // ```code``` in one line is no fence
			}
			directly, paragraph, open = false, false, nil
		case bare == "":
			paragraph = false
			if open != nil && len(open.values) > 0 {
				open = nil // the list has ended
			}
		case isATXHeading(text):
			directly, paragraph, open = true, false, nil
			s.takeID(text, start)
		case paragraph && isUnderline(text):
			directly, paragraph, open = true, false, nil
		default:
			n, ok := parseNote(bare)
			s.takeMarks(text, start)
			switch {
			case ok && directly:
				n.start, n.end = start, end
				s.blank(start, end)
				s.notes = append(s.notes, n)
				if open = nil; len(n.values) == 0 {
					open = &s.notes[len(s.notes)-1]
				}
			case directly && open != nil && trimListMarker(bare) != bare:
				open.values = append(open.values, trimListMarker(bare))
				open.end = end
				s.blank(start, end)
			default:
				if ok && n.kind != keywords {
					n.start, n.end = start, end
					s.stray = append(s.stray, n)
				}
				directly, paragraph, open = false, true, nil
			}
		}
		start = end + 1
	}
	return s
}

func (s *source) blank(start, end int) {
	for i := start; i < end; i++ {
		s.text[i] = ' '
	}
}

// takeID takes an id in braces off the end of a heading, as pandoc and DITA write it: {#cond}, {#cond .section}.
func (s *source) takeID(line string, start int) {
	trimmed := strings.TrimRight(line, " \t#")
	open := strings.LastIndexByte(trimmed, '{')
	if open < 0 || !strings.HasSuffix(trimmed, "}") {
		return
	}
	inner := strings.TrimPrefix(trimmed[open+1:len(trimmed)-1], ":")
	fields := strings.Fields(inner)
	id := ""
	for _, field := range fields {
		switch {
		case strings.HasPrefix(field, "#") && slug(field) != "":
			id = field[1:]
		case strings.HasPrefix(field, "."), strings.Contains(field, "="):
		default:
			return // braces that mean something else
		}
	}
	if len(fields) == 0 {
		return
	}
	s.blank(start+open, start+len(trimmed))
	if id != "" {
		if s.ids == nil {
			s.ids = make(map[int]string)
		}
		s.ids[start] = id
	}
}

var (
	// calloutMark is "[!NOTE]" at the beginning of a quotation, as GitHub, Obsidian and Microsoft Learn write it.
	calloutMark = regexp.MustCompile(`^[ >]*>[ ]*(\[![A-Za-z]+\][+-]?)`)
	// imageMark is what pandoc and others write behind an image: ![图](a.png){width="500"}.
	imageMark = regexp.MustCompile(`!\[[^\]]*\]\([^()]*\)(\{[^{}]*[=#.][^{}]*\})`)
)

// takeMarks overwrites marks of other Markdown dialects that a reader would see as they stand.
func (s *source) takeMarks(line string, start int) {
	if strings.Contains(line, "[!") && strings.Contains(line, ">") {
		if m := calloutMark.FindStringSubmatchIndex(line); m != nil {
			s.blank(start+m[2], start+m[3])
		}
	}
	if strings.Contains(line, "){") {
		for _, m := range imageMark.FindAllStringSubmatchIndex(line, -1) {
			s.blank(start+m[2], start+m[3])
		}
	}
}

// parseNote reads a line such as "相似问:怎么退钱 | 钱能退吗", with or without list sign, quotation sign or bold.
// A list item "- 关键词：…" is no note: the word is too common there.
func parseNote(line string) (n note, ok bool) {
	if strings.IndexByte(line, ':') < 0 && !strings.Contains(line, "：") {
		return n, false
	}
	quoted := strings.TrimLeft(line, "> \t")
	rest := trimListMarker(quoted)
	item := rest != quoted
	rest = strings.TrimLeft(rest, "*_【[")
	for _, name := range noteNames {
		after, found := strings.CutPrefix(rest, name.name)
		if !found {
			continue
		}
		after = strings.TrimLeft(after, "*_】] \t")
		r, size := utf8.DecodeRuneInString(after)
		if r != ':' && r != '：' || item && name.kind == keywords {
			continue
		}
		n.kind = name.kind
		n.values = splitNote(n.kind, strings.TrimLeft(after[size:], "*_ \t"))
		return n, true
	}
	return n, false
}

// splitNote cuts the value of a note. Questions are separated by | or ; and, when there is none of these, by 、 if
// every part is a question by itself: "退货、换货怎么办" is one question. A question mark ends a question too.
func splitNote(kind noteKind, s string) []string {
	isSign := func(r rune) bool { return strings.ContainsRune("|｜;；", r) }
	if kind == keywords {
		isSign = func(r rune) bool { return strings.ContainsRune("|｜;；、,，", r) }
	}
	parts := strings.FieldsFunc(s, isSign)
	if kind != keywords && len(parts) == 1 {
		list := strings.Split(s, "、")
		for _, part := range list {
			if !isQuestion(part) {
				list = nil
				break
			}
		}
		if len(list) > 1 {
			parts = list
		}
	}
	var values []string
	for _, part := range parts {
		for part != "" {
			var value string
			value, part = cutQuestion(part)
			if value = strings.TrimSpace(value); value != "" {
				values = append(values, value)
			}
		}
	}
	return values
}

// cutQuestion returns the part up to and including a question mark that something follows.
func cutQuestion(s string) (first, rest string) {
	i := strings.IndexAny(s, "?？")
	if i < 0 {
		return s, ""
	}
	end := i + strings.IndexFunc(s[i:]+"x", func(r rune) bool { return r != '?' && r != '？' })
	return s[:end], s[end:]
}

// isATXHeading tells "## 标题" from other lines.
func isATXHeading(line string) bool {
	line = trimIndent(line)
	level := len(line) - len(strings.TrimLeft(line, "#"))
	return level >= 1 && level <= 6 && (level == len(line) || line[level] == ' ' || line[level] == '\t')
}

// isUnderline tells the line of "=" or "-" that makes a heading of the line above.
func isUnderline(line string) bool {
	line = strings.TrimRight(trimIndent(line), " \t")
	return line != "" && (strings.Trim(line, "=") == "" || strings.Trim(line, "-") == "")
}

// trimIndent takes up to three blanks off, as much as Markdown allows before a heading.
func trimIndent(line string) string {
	for i := 0; i < 3; i++ {
		line = strings.TrimPrefix(line, " ")
	}
	return line
}

// trimListMarker takes "- ", "* ", "+ ", "1. " or "1) " off the beginning.
func trimListMarker(s string) string {
	rest := s
	switch {
	case s == "":
		return s
	case strings.ContainsRune("-*+", rune(s[0])):
		rest = s[1:]
	default:
		digits := strings.TrimLeft(s, "0123456789")
		if len(digits) == len(s) || digits == "" || digits[0] != '.' && digits[0] != ')' {
			return s
		}
		rest = digits[1:]
	}
	if rest == "" || rest[0] != ' ' && rest[0] != '\t' {
		return s
	}
	return strings.TrimSpace(rest)
}

// questionWords mark a Chinese question that has no question mark: "如何开具发票", "有没有运费险".
var questionWords = []string{
	"吗", "嗎", "怎么", "怎麼", "怎样", "怎樣", "咋", "如何", "什么", "什麼", "哪", "多少", "多久", "多长", "多大", "几天", "几个", "几次",
	"能否", "可以", "可否", "是否", "为什么", "為什麼", "为何", "為何", "何时", "何時", "谁", "誰",
	"能不能", "会不会", "會不會", "有没有", "有沒有", "是不是", "要不要", "该不该", "需不需要",
}

// questionBeginnings mark an English question that has no question mark.
var questionBeginnings = []string{
	"how", "what", "why", "when", "where", "who", "whom", "whose", "which", "can", "could", "do", "does", "did", "is",
	"are", "will", "would", "should", "may", "am", "has", "have",
}

// isQuestion says whether a heading asks something.
func isQuestion(heading string) bool {
	heading = strings.TrimRight(heading, " \t*_")
	if strings.HasSuffix(heading, "?") || strings.HasSuffix(heading, "？") || strings.HasSuffix(heading, "呢") {
		return true
	}
	if stripped := trimQuestionMark(heading); stripped != heading {
		return true
	}
	for _, word := range questionWords {
		if strings.Contains(heading, word) {
			return true
		}
	}
	first, _, _ := strings.Cut(strings.ToLower(heading), " ")
	for _, word := range questionBeginnings {
		if first == word {
			return true
		}
	}
	return false
}

// trimQuestionMark takes "Q:", "Q1：", "问：" or "问题3." off the beginning of a question.
func trimQuestionMark(s string) string {
	rest := s
	for _, mark := range []string{"问题", "問題", "提问", "问", "問", "Question", "Q", "q"} {
		if after, ok := strings.CutPrefix(s, mark); ok {
			rest = after
			break
		}
	}
	if rest == s {
		return s
	}
	number := strings.TrimLeft(rest, "0123456789 ")
	for _, sign := range []string{":", "：", ".", "．", "、"} {
		after, ok := strings.CutPrefix(number, sign)
		if ok && (sign == ":" || sign == "：" || len(number) < len(rest)) && strings.TrimSpace(after) != "" {
			return strings.TrimSpace(after)
		}
	}
	return s
}

// trimNumber takes a number off the beginning of a heading: "1. ", "2、", "(3)", "一、", "（二）", "第三，" but not the
// "3.5" of "3.5 折怎么用" or the "24" of "24小时客服".
func trimNumber(s string) string {
	open := strings.HasPrefix(s, "(") || strings.HasPrefix(s, "（")
	rest := strings.TrimLeft(s, "(（")
	after := strings.TrimLeftFunc(rest, func(r rune) bool { return r < 0x80 && unicode.IsDigit(r) })
	if len(after) == len(rest) {
		after = strings.TrimLeft(rest, "一二三四五六七八九十")
	}
	digits := len(rest) - len(after)
	if digits == 0 || digits > 9 || after == "" {
		return s
	}
	r, size := utf8.DecodeRuneInString(after)
	after = after[size:]
	next, _ := utf8.DecodeRuneInString(after)
	switch {
	case open && (r == ')' || r == '）'):
	case !open && (r == '、' || r == '．' || r == ')' || r == '）'):
	case !open && r == '.' && !unicode.IsDigit(next):
	default:
		return s
	}
	if after = strings.TrimSpace(after); after != "" {
		return after
	}
	return s
}

// without returns body[start:end] without the notes in it.
func (s *source) without(body string, start, end int) string {
	var pieces []string
	for _, n := range s.notesIn(start, end) {
		if piece := body[start:n.start]; strings.TrimSpace(piece) != "" {
			pieces = append(pieces, piece)
		}
		start = n.end
	}
	if len(pieces) == 0 {
		return strings.TrimSpace(body[start:end])
	}
	return strings.TrimSpace(strings.Join(append(pieces, body[start:end]), ""))
}

// notesIn returns the notes that begin between two offsets.
func (s *source) notesIn(start, end int) []note {
	from, _ := slices.BinarySearchFunc(s.notes, start, func(n note, at int) int { return n.start - at })
	to, _ := slices.BinarySearchFunc(s.notes, end, func(n note, at int) int { return n.start - at })
	return s.notes[from:to]
}
