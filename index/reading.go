package index

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jieda/index/analysis"
)

// A Reading says how a chat message was understood: what of it was put to the index, and what was not.
type Reading struct {
	// Questions are what was searched, in the order of the message; the first is the whole of what asks something.
	Questions []string
	// SetAside is what was not searched, in the order of the message.
	SetAside []Aside
	// Completed is the question that a follow-up ("那多久到账") became with the help of an earlier message
	// ("退款多久到账"); empty when the message was taken as it stands.
	Completed string
	// Unanswered are the questions of the message to which nothing that is offered belongs.
	Unanswered []string
}

// An Aside is a part of a message that asks nothing of the knowledge base.
type Aside struct {
	Kind AsideKind
	Text string
}

// AsideKind says what a part of a message is instead of a question.
type AsideKind string

const (
	SmallTalk AsideKind = "small_talk" // 你好, 在吗, 谢谢, 好的
	Complaint AsideKind = "complaint"  // 气死我了, nothing to be looked up
	Emoji     AsideKind = "emoji"      // 😀, [抱拳]
	Number    AsideKind = "number"     // the customer's own: an order, a telephone, a sum of money, a date
	Link      AsideKind = "link"       // a pasted address
	Human     AsideKind = "human"      // 转人工: asks for a person
)

// A part is a clause that asks or tells something.
type part struct {
	text    string
	asks    bool // it has a question word or mark
	content int  // see contentOf
	// sentence numbers the sentences of a message: clauses with nothing but commas between them are of one.
	sentence int
}

// read takes a message apart. Without parts nothing in it can be looked up.
func (v *view) read(message string) (parts []part, aside []Aside) {
	text := strings.TrimSpace(analysis.Clean(withPauses(message)))
	text, aside = v.withoutOwn(text)
	var merged string // conditions belong to what follows them
	clauses := splitMessage(text)
	for _, c := range clauses {
		if c.emoji {
			aside = append(aside, Aside{Emoji, c.text})
			continue
		}
		question, before, after := trimSmallTalk(c.text)
		aside = append(aside, before...)
		if kind, is := asideKind(question); is {
			if strings.ContainsFunc(question, isWordRune) {
				aside = append(aside, Aside{kind, question})
			}
			aside = append(aside, after...)
			continue
		}
		aside = append(aside, after...)
		question, merged = merged+question, ""
		if isCondition(c.text) {
			merged = question + "，"
			continue
		}
		parts = append(parts, part{question, c.mark || askWords.in(question), contentOf(question), c.sentence})
	}
	if merged != "" {
		question := strings.TrimSuffix(merged, "，")
		parts = append(parts, part{question, askWords.in(question), contentOf(question), clauses[len(clauses)-1].sentence})
	}
	return parts, aside
}

// withPauses puts commas for the blanks with which telephones are used to separate questions (怎么开发票 积分什么时候过期);
// [analysis.Clean] drops them. A blank between pieces of which fewer than two are questions says nothing (怎么 退款).
func withPauses(message string) string {
	if !strings.ContainsAny(message, " \u3000") {
		return message
	}
	pieces := strings.FieldsFunc(message, func(r rune) bool { return r == ' ' || r == '\u3000' })
	questions := 0
	for i, piece := range pieces {
		if askWords.in(piece) && contentOf(piece) >= ownContent {
			questions++
		}
		last, _ := utf8.DecodeLastRuneInString(piece)
		if i+1 == len(pieces) {
			break
		}
		if next, _ := utf8.DecodeRuneInString(pieces[i+1]); isHan(last) && isHan(next) {
			pieces[i] += "，"
		} else {
			pieces[i] += " "
		}
	}
	if questions < 2 {
		return message
	}
	return strings.Join(pieces, "")
}

// The customer's own numbers. A number that nobody but the customer can know must not keep a message from being
// answered; a code that names a product, a version or an error must. What tells them apart:
//
//   - ownDigits digits or more in a row, blanks and hyphens between them allowed (13812345678, 6222 0200 …): telephones,
//     orders, cards. Codes of products are shorter; 4.2.1 and PPR-9087 are no such rows.
//   - after at most ownLetters letters, ownDigitsAfterLetters digits or more: SF1234567890123, SL20261118003456.
//   - what is named as the customer's own: 订单号 A1234, 尾号 1234, 序列号 …; at least namedLength characters with a digit.
//   - sums of money of four digits or more (shorter ones are no codes anyway) and full dates.
//
// Whatever of these occurs in the knowledge base is left in the question: a hotline is not the customer's own.
const (
	ownDigits             = 8
	ownLetters            = 4
	ownDigitsAfterLetters = 10
	namedLength           = 4
)

var (
	ownNumber = regexp.MustCompile(`(?i)` +
		`(?P<link>(?:https?://|www\.)[^\s\p{Han}，。！？；、（）]+)` +
		`|(?P<mail>[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,})` +
		`|(?P<date>(?:19|20)\d\d ?[年./-] ?\d{1,2} ?[月./-] ?\d{1,2}(?: ?[日号號])?(?: ?\d{1,2}:\d\d(?::\d\d)?)?)` +
		`|(?P<named>(?:我的|我)?(?:` + ownNames + `)(?:是|为|為)?\s*[:：=#＃]?\s*[a-z0-9][a-z0-9-]*)` +
		`|(?P<money>[¥￥$] ?\d[\d,]*(?:\.\d+)?|\d[\d,]*(?:\.\d+)? ?(?:元|块钱|块|塊錢|塊|圆|圓|人民币|人民幣|台币|台幣|rmb\b|ntd\b))` +
		`|(?P<digits>[a-z]*[ -]?\d+(?:[ -]\d{3,})*x?)`)
	ownKinds  = ownNumber.SubexpNames()
	namedPart = regexp.MustCompile(`(?i)[a-z0-9][a-z0-9-]*$`)
)

// ownNames announce a number of the customer's own. 型号, 错误码, 商品编号 and the like do not.
const ownNames = `订单编号|订单号码|订单号|訂單編號|訂單號碼|訂單號|单号|單號|运单号|運單號|快递号|工单号|手机号码|手机号|手機號碼|手機號|` +
	`电话号码|電話號碼|联系电话|聯絡電話|尾号|尾號|卡号|卡號|身份证号码|身份证号|身份证|身份證|会员号|會員號|账号是|帳號是|` +
	`验证码|驗證碼|序列号|序列號|流水号|流水號|imei|order (?:no|number|id)\.?|tracking (?:no|number)\.?`

// announced is a clause that only says what the number after it is. These words are too common to make a short number
// the customer's own, as ownNames do.
var announced = regexp.MustCompile(`(?i)(?:^|\b|[\s，,。！!？?；;：:])((?:我的|我)?(?:电话|電話|手机|手機|订单|訂單|快递|运单|邮箱|郵箱|信箱|微信|qq)(?:是|为|為)?\s*[:：]?\s*)$`)

// withoutOwn takes what is the customer's own out of a message.
func (v *view) withoutOwn(text string) (string, []Aside) {
	if !mayHoldOwn(text) {
		return text, nil
	}
	var out strings.Builder
	var aside []Aside
	done := 0
	for _, m := range ownNumber.FindAllStringSubmatchIndex(text, -1) {
		kind, start, end := "", m[0], m[1]
		for i := 1; i < len(ownKinds); i++ {
			if m[2*i] >= 0 {
				kind = ownKinds[i]
			}
		}
		if kind == "digits" && (start > 0 && isNameByte(text[start-1]) || end < len(text) && isNameByte(text[end])) {
			continue // a part of a longer name
		}
		if kind == "named" && goesOn(text[end:]) { // 订单号 2026111800 查不到: the question needs its subject
			start += namedPart.FindStringIndex(text[start:end])[0]
		}
		if !v.isOwn(kind, text[start:end]) {
			continue
		}
		if (kind == "digits" || kind == "mail") && !goesOn(text[end:]) { // 电话13812345678 as a clause of its own
			if at := announced.FindStringSubmatchIndex(text[done:start]); at != nil {
				start = done + at[2]
			}
		}
		out.WriteString(text[done:start])
		out.WriteByte(' ')
		done = end
		of := Number
		if kind == "link" {
			of = Link
		}
		aside = append(aside, Aside{of, strings.TrimSpace(text[start:end])})
	}
	if done == 0 {
		return text, nil
	}
	out.WriteString(text[done:])
	return strings.TrimSpace(out.String()), aside
}

// mayHoldOwn is false for most messages, and much faster than ownNumber. A name such as 订单号 or IMEI may stand before
// few digits.
func mayHoldOwn(text string) bool {
	digits := 0
	for i := range len(text) {
		if c := text[i]; '0' <= c && c <= '9' {
			digits++
		}
	}
	return digits >= namedLength || digits > 0 && strings.ContainsAny(text, "号號码碼iIoO") || strings.ContainsAny(text, "@/") ||
		strings.Contains(text, "www.")
}

// isOwn says whether a number of the given kind is the customer's own.
func (v *view) isOwn(kind, text string) bool {
	number := text
	if kind == "named" {
		number = namedPart.FindString(text)
	}
	digits, letters := 0, 0
	for _, r := range number {
		switch {
		case '0' <= r && r <= '9':
			digits++
		case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z':
			letters++
		}
	}
	switch kind {
	case "link", "mail":
		return true
	case "named":
		if digits == 0 || len(number) < namedLength {
			return false
		}
	case "money":
		if digits <= 3 {
			return false
		}
	case "digits":
		if last := number[len(number)-1]; last == 'x' || last == 'X' { // of an identity card
			letters--
		}
		if digits < ownDigits || letters > 0 && digits < ownDigitsAfterLetters || letters > ownLetters {
			return false
		}
	}
	folded := strings.TrimSpace(analysis.Fold(number, analysis.Simplified))
	tokens := latinTokens(folded)
	if kind == "money" { // 1000 in a table of prices does not make 1000块可以分期吗 a question about it
		return len(tokens) != 1 || !v.asks(folded[tokens[0].start:tokens[0].end])
	}
	return !v.knows(strings.ReplaceAll(folded, " ", "")) && !(len(tokens) == 1 && v.knows(folded[tokens[0].start:tokens[0].end]))
}

// isNameByte says whether a byte beside a number makes it a part of a longer name.
func isNameByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '-' || c == '_'
}

// isLatin says whether a character is a letter or digit of a name or number.
func isLatin(r rune) bool { return r < utf8.RuneSelf && isNameByte(byte(r)) }

// goesOn says whether what follows a number needs it for a subject: 查不到 does, 怎么申请退货 asks something of its own.
func goesOn(rest string) bool {
	rest = strings.TrimLeft(rest, " ")
	if r, _ := utf8.DecodeRuneInString(rest); !unicode.IsLetter(r) {
		return false
	}
	if end := strings.IndexAny(rest, "，,。！!？?；;\n"); end >= 0 {
		rest = rest[:end]
	}
	return !askWords.in(rest) || contentOf(rest) < ownContent
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// A clause is what stands between two marks of punctuation.
type clause struct {
	text  string
	mark  bool // a question mark follows
	emoji bool
	// sentence counts what stands before it of marks that end a sentence, and of words that begin another question.
	sentence int
}

// splitMessage cuts a message at punctuation, at line ends, at emoji, and where a new question begins in what was
// spoken without punctuation: 你好我买的耳机没发货|我想问一下什么时候能发. What is quoted or bracketed is not cut: of
// 为什么提示「您尚未验证，请先验证。」 no half is a question.
func splitMessage(text string) (clauses []clause) {
	start, sentence := 0, 0
	add := func(end int, mark bool) {
		if s := strings.TrimSpace(text[start:end]); s != "" {
			clauses = append(clauses, clause{text: s, mark: mark, sentence: sentence})
		} else if mark && len(clauses) > 0 {
			clauses[len(clauses)-1].mark = true // ……？
		}
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		n := quoted(text[i:], r)
		switch {
		case n > 0 && n < len(text): // a message that is quoted as a whole is read like any other
			size = n
		case strings.ContainsRune("。！？!?；;，,…~～\n\r\t", r),
			r == '.' && (i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '.'):
			add(i, r == '？' || r == '?')
			start = i + size
			if r != '，' && r != ',' && r != '~' && r != '～' {
				sentence++
			}
		case isEmoji(r):
			add(i, false)
			clauses = append(clauses, clause{text: text[i : i+size], emoji: true})
			start = i + size
		case r == '[':
			if n := len(emoticon.FindString(text[i:])); n > 0 {
				add(i, false)
				clauses = append(clauses, clause{text: text[i : i+n], emoji: true})
				start, size = i+n, n
			}
		default:
			if n := beginnings.prefixLen(text[i:]); n > 0 {
				if i > start {
					add(i, false)
					start = i
				}
				size = n
				sentence++
			}
		}
		i += size
	}
	add(len(text), false)
	return clauses
}

// quoted is the length of the quotation or bracket that a text begins with, r being its first character; 0 when there is
// none, or when it is not closed on its line.
func quoted(text string, r rune) int {
	var end string
	switch r {
	case '「':
		end = "」"
	case '『':
		end = "』"
	case '“':
		end = "”"
	case '《':
		end = "》"
	case '【':
		end = "】"
	case '（':
		end = "）"
	case '(':
		end = ")"
	default:
		return 0
	}
	n := strings.Index(text, end)
	if n < 0 || strings.ContainsAny(text[:n], "\n\r") {
		return 0
	}
	return n + len(end)
}

// emoticon is how WeChat and WeCom write theirs: [微笑], [抱拳].
var emoticon = regexp.MustCompile(`^\[(?:\p{Han}{1,4}|[A-Z][A-Za-z]{1,10})\]`)

func isEmoji(r rune) bool {
	return r >= 0x1F000 && r < 0x20000 || 0x2600 <= r && r <= 0x27BF || 0x2B00 <= r && r <= 0x2BFF
}

// isCondition says whether what follows must not be read without this: 如果已经拆封, 要是发错货的话.
func isCondition(text string) bool {
	return conditions.prefixLen(text) > 0 || strings.HasSuffix(text, "的话") || strings.HasSuffix(text, "的話")
}

// trimSmallTalk takes greetings off the front of a clause and thanks off its end. A clause is never taken apart so that
// nothing is left: that is for asideKind.
func trimSmallTalk(text string) (rest string, before, after []Aside) {
	rest = text
	for {
		n := max(openings.prefixLen(rest), beginnings.prefixLen(rest))
		if n == 0 || strings.HasPrefix(rest[n:], "像") { // 你好像
			break
		}
		left := strings.TrimLeft(rest[n:], " 、:：啊呀哈")
		if left == "" {
			break
		}
		before = append(before, Aside{SmallTalk, rest[:n]})
		rest = left
	}
	for _, s := range endings {
		if left := strings.TrimRight(strings.TrimSuffix(rest, s), " "); left != "" && len(left)+len(s) <= len(rest) && strings.HasSuffix(rest, s) {
			after = append(after, Aside{SmallTalk, s})
			rest = left
		}
	}
	return rest, before, after
}

// asideKind says whether a clause is nothing but small talk, complaint or the wish for a person.
func asideKind(text string) (kind AsideKind, is bool) {
	for _, k := range []struct {
		kind        AsideKind
		words, with phrases
	}{
		{SmallTalk, smallTalk, nil}, {Human, humans, besideHumans}, {Complaint, complaints, besideComplaints},
	} {
		if madeOf(text, k.words, k.with) {
			return k.kind, true
		}
	}
	return "", false
}

// madeOf says whether a text consists of the words and of what may stand beside them, fillers and signs. A text of
// fillers alone does too: it says nothing.
func madeOf(text string, words, beside phrases) bool {
	some, other := false, false
	for i := 0; i < len(text); {
		if n := words.prefixLen(text[i:]); n > 0 {
			i += n
			some = true
			continue
		}
		if n := beside.prefixLen(text[i:]); n > 0 {
			i += n
			other = true
			continue
		}
		if n := fillers.prefixLen(text[i:]); n > 0 {
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if isWordRune(r) {
			return false
		}
		i += size
	}
	return some || !other
}

// contentOf counts the characters of a question that say what it is about: without question words, fillers and function
// characters. A name or number counts nameContent.
func contentOf(text string) int {
	n := 0
	inName := false
	for i := 0; i < len(text); {
		if size := max(askWords.prefixLen(text[i:]), lightWords.prefixLen(text[i:])); size > 0 {
			i += size
			inName = false
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch {
		case isHan(r):
			inName = false
			if analysis.Weight(analysis.CharKey(r)) >= 1 && !strings.ContainsRune(lightCharacters, r) {
				n++
			}
		case isWordRune(r):
			if !inName {
				n += nameContent
			}
			inName = true
		default:
			inName = false
		}
	}
	return n
}

const nameContent = 3

// topicOf is what an earlier question was about: 怎么申请退款 is about 退款. Empty when it was about nothing.
func topicOf(parts []part) string {
	var chosen []string
	length := 0
	for _, p := range slices.Backward(parts) {
		topic := withoutWords(p.text, askWords, lightWords)
		if p.content == 0 || topic == "" {
			continue
		}
		if n := utf8.RuneCountInString(topic); len(chosen) > 0 && length+n > maxTopic {
			break
		} else {
			length += n
		}
		chosen = append(chosen, topic)
	}
	slices.Reverse(chosen)
	return strings.Join(chosen, "")
}

// maxTopic is how many characters of earlier parts complete a follow-up.
const maxTopic = 20

// withoutWords takes words out of a text, and what is left of punctuation.
func withoutWords(text string, lists ...phrases) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		n := 0
		for _, words := range lists {
			n = max(n, words.prefixLen(text[i:]))
		}
		if n == 0 {
			_, n = utf8.DecodeRuneInString(text[i:])
			out.WriteString(text[i : i+n])
		}
		i += n
	}
	return strings.TrimFunc(out.String(), func(r rune) bool { return !isWordRune(r) })
}
