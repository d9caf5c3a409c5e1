package quality

import (
	"strconv"
	"strings"
)

// A Mistake is something in a site's tests that an editor must correct before they can be used.
type Mistake struct {
	Place string // file and line, "_search/tests/退货.yaml:12"
	Code  mistakeCode
	Args  []string
}

type mistakeCode int

const (
	yamlSyntax mistakeCode = iota
	notAList
	notATest
	unknownKey
	keyTwice
	keyMissing
	notAQuestion
	questionLong
	questionTwice
	notExpected
	notMust
	articleMissing
	anchorMissing
)

// explain returns what is wrong and what to do, in Chinese and in English. {0}, {1} … stand for the Args.
func (c mistakeCode) explain() (zh, en string) {
	switch c {
	case yamlSyntax:
		return "YAML 写法有误({0})。请修正这一行;值里有冒号、# 或引号时,请用引号把整个值括起来。",
			"this is not valid YAML ({0}): fix the line; a value that holds a colon, # or quotes must itself be quoted"
	case notAList:
		return "文件应该是一个列表,每条写成“- q: 问题”和“  expect: 文章”。",
			"the file must be a list; write every test as \"- q: question\" and \"  expect: article\""
	case notATest:
		return "这一条应该有 q(问)和 expect(期望)两项。", "a test has two keys, q and expect"
	case unknownKey:
		return "没有“{0}”这一项;只能写 q(问)、expect(期望)、must(必过)。",
			"there is no key \"{0}\"; use q, expect and must"
	case keyTwice:
		return "“{0}”写了两次,请删掉一处。", "\"{0}\" is given twice: remove one of them"
	case keyMissing:
		return "缺少 {0}({1})。", "{0} is missing"
	case notAQuestion:
		return "q(问)应该是客户会问的一句话。", "q must be a question in words"
	case questionLong:
		return "问题超过 {0} 个字,请缩短。", "the question has more than {0} characters: shorten it"
	case questionTwice:
		return "“{0}”在 {1} 已经有了,请删掉一处。", "\"{0}\" is asked in {1} already: remove one of them"
	case notExpected:
		return "expect(期望)应该是文章的 id 或路径、文章的列表,或 none(无)。",
			"expect must be an article's id or path, a list of them, or none"
	case notMust:
		return "must(必过)只能是 true(是)或 false(否),不能是“{0}”。", "must is either true or false, not \"{0}\""
	case articleMissing:
		return "找不到文章“{0}”,或者它不对所有人公开;请写它的 id 或路径。",
			"there is no article \"{0}\", or it is not public: give its id or path"
	case anchorMissing:
		return "文章“{0}”里没有“#{1}”这个位置;有的是:{2}", "the article \"{0}\" has no place \"#{1}\"; it has: {2}"
	}
	return "未知的错误", "unknown mistake"
}

// Message is the mistake on one line with its place, in English when lang begins with "en" and in Chinese otherwise.
func (m Mistake) Message(lang string) string {
	text, en := m.Code.explain()
	if strings.HasPrefix(lang, "en") {
		text = en
	}
	for i, arg := range m.Args {
		text = strings.ReplaceAll(text, "{"+strconv.Itoa(i)+"}", arg)
	}
	return m.Place + ": " + text
}
