package content

import (
	"fmt"
	"strconv"
	"strings"
)

// A Problem is something an editor should fix. The file is served nevertheless unless Severity is Error.
type Problem struct {
	Path string // slash-separated, below the content folder; "." is the folder itself
	Line int    // from 1; 0 when it concerns the file as a whole
	Code Code   // stable, for scripts and for looking up in the docs
	Args []string
}

// Severity is how bad a problem is.
type Severity string

const (
	Error   Severity = "error"   // the file, or part of it, is not served
	Warning Severity = "warning" // it is served, but perhaps not as meant
)

// Code names a kind of problem, such as "front-matter-syntax".
type Code string

const (
	fileUnreadable      Code = "file-unreadable"
	fileTooLarge        Code = "file-too-large"
	fileBroken          Code = "file-broken"
	fileName            Code = "file-name"
	fileIrregular       Code = "file-irregular"
	fileHidden          Code = "file-hidden"
	symlinkOutside      Code = "symlink-outside"
	symlinkFolder       Code = "symlink-folder"
	noArticles          Code = "no-articles"
	rulesUnused         Code = "rules-unused"
	encodingGBK         Code = "encoding-gbk"
	encodingBig5        Code = "encoding-big5"
	encodingUTF16       Code = "encoding-utf16"
	encodingInvalid     Code = "encoding-invalid"
	encodingUnreadable  Code = "encoding-unreadable"
	frontMatterUnclosed Code = "front-matter-unclosed"
	frontMatterDashes   Code = "front-matter-missing-dashes"
	frontMatterSyntax   Code = "front-matter-syntax"
	frontMatterColon    Code = "front-matter-colon"
	frontMatterTwice    Code = "front-matter-duplicate-key"
	frontMatterTOML     Code = "front-matter-toml"
	frontMatterType     Code = "front-matter-type"
	frontMatterDate     Code = "front-matter-date"
	frontMatterTypo     Code = "front-matter-typo"
	audienceUnclear     Code = "audience-unclear"
	audienceOnly        Code = "audience-only"
	idInvalid           Code = "id-invalid"
	idDuplicate         Code = "id-duplicate"
	aliasTaken          Code = "alias-taken"
	titleMissing        Code = "title-missing"
	articleEmpty        Code = "article-empty"
	answerMissing       Code = "answer-missing"
	articleTwice        Code = "article-duplicate"
	articleExpired      Code = "article-expired"
	validReversed       Code = "valid-reversed"
	reviewOverdue       Code = "review-overdue"
	headingEmpty        Code = "heading-empty"
	sectionEmpty        Code = "section-empty"
	questionLong        Code = "question-long"
	questionTwice       Code = "question-duplicate"
	negativeConflict    Code = "negative-conflict"
	hiddenMisplaced     Code = "alternates-misplaced"
	relatedMissing      Code = "related-missing"
	linkBroken          Code = "link-broken"
	linkOutside         Code = "link-outside"
	linkCase            Code = "link-case"
	anchorMissing       Code = "anchor-missing"
	markdownComplex     Code = "markdown-too-complex"
	wordSyntax          Code = "dictionary-syntax"
	wordFrequency       Code = "dictionary-frequency"
	wordLong            Code = "dictionary-long"
	wordNotHan          Code = "dictionary-not-han"
	wordTwice           Code = "dictionary-duplicate"
	synonymsSyntax      Code = "synonyms-syntax"
	synonymsShape       Code = "synonyms-shape"
	synonymsSingle      Code = "synonyms-single"
	synonymsLarge       Code = "synonyms-large"
	synonymsMany        Code = "synonyms-many"
	synonymsEmpty       Code = "synonyms-empty"
	synonymsLong        Code = "synonyms-long"
	synonymsVague       Code = "synonyms-vague"
	synonymsTwice       Code = "synonyms-duplicate"
)

// explain returns what is known about a code: how bad it is, and what to tell the editor in Chinese and in English.
// {0}, {1} … stand for the problem's Args. Every message says what is wrong and then what to do.
func explain(c Code) (s Severity, zh, en string) {
	switch c {
	case fileUnreadable:
		return Error, "无法读取这个文件：{0}。请检查文件权限，或删除后重新上传。",
			"The file cannot be read: {0}. Check its permissions, or upload it again."
	case fileTooLarge:
		return Error, "文件有 {0} MB，超过 {1} MB 的上限，没有收录。请把它拆成几个文件。",
			"The file has {0} MB, more than the limit of {1} MB, and is left out. Split it into several files."
	case fileBroken:
		return Error, "这个文件无法解析，没有收录（{0}）。请把文件发给 jieda 的维护者。",
			"The file could not be parsed and is left out ({0}). Please send it to the maintainers of jieda."
	case fileName:
		return Error, "名字不是 UTF-8 编码（可能来自 Windows 的 GBK 压缩包），没有收录。请给它改名。",
			"The name is not UTF-8 (perhaps it comes from a GBK archive made on Windows), so this is left out. Rename it."
	case fileIrregular:
		return Error, "这不是普通文件（是管道、套接字或设备），没有收录。请换成普通文件。",
			"This is not a regular file but a pipe, socket or device, and is left out. Put a regular file in its place."
	case fileHidden:
		return Warning, "文件名以点开头，没有读取。想让它被搜到，请去掉开头的点。",
			"The file name begins with a dot, so it is not read. Remove the dot if it should be found."
	case symlinkOutside:
		return Warning, "符号链接失效，或指向知识库文件夹之外，没有读取。请改成文件夹内的相对链接，或直接放入文件。",
			"The symbolic link is broken or leads outside the content folder, so it is not read. Make it a relative link inside the folder, or put the file itself here."
	case symlinkFolder:
		return Warning, "不跟随指向文件夹的符号链接，里面的文件没有读取。请直接放入文件夹。",
			"Symbolic links to folders are not followed, so the files in it are not read. Put the folder itself here."
	case noArticles:
		return Warning, "这里没有任何可用的文章（草稿不算）。请把 Markdown 文件（*.md）放进这个文件夹，例如 faq/ 或 training/ 里。",
			"There is no article here that can be used (drafts do not count). Put Markdown files (*.md) into this folder, such as in faq/ or training/."
	case rulesUnused:
		return Warning, "目前还不使用 _search/{0}，它不起作用。目前只支持 _search/dictionary.txt、_search/synonyms.yaml 和 _search/tests/*.yaml。",
			"_search/{0} is not used yet and has no effect. Only _search/dictionary.txt, _search/synonyms.yaml and _search/tests/*.yaml are supported so far."
	case encodingGBK:
		return Warning, "文件是 GBK/GB18030 编码，已自动转换。请另存为 UTF-8。",
			"The file is encoded in GBK/GB18030 and was converted. Save it as UTF-8."
	case encodingBig5:
		return Warning, "文件是 Big5 编码，已自动转换。请另存为 UTF-8。",
			"The file is encoded in Big5 and was converted. Save it as UTF-8."
	case encodingUTF16:
		return Warning, "文件是 UTF-16 编码，已自动转换。请另存为 UTF-8。",
			"The file is encoded in UTF-16 and was converted. Save it as UTF-8."
	case encodingInvalid:
		return Warning, "从这一行起有 {0} 个字节不是有效的 UTF-8，已替换为空格。请检查乱码，并另存为 UTF-8。",
			"From this line on, {0} bytes are not valid UTF-8 and were replaced by blanks. Look for garbled text and save the file as UTF-8."
	case encodingUnreadable:
		return Error, "大部分内容是乱码，或者根本不是文本，没有收录。请用原来的程序打开，另存为 UTF-8 编码的文本。",
			"The content is garbled, or no text at all, and is left out. Open it in the program it was written with and save it as UTF-8 text."
	case frontMatterUnclosed:
		return Error, "开头的 --- 没有结束，整个文件没有收录。请在属性的最后加一行 ---。",
			"The front matter that begins with --- never ends, so the file is left out. Add a line --- after the last property."
	case frontMatterDashes:
		return Warning, "“{0}”这样的属性前面没有 ---，所以被当作正文显示给客户。请在这一行之前和最后一个属性之后各加一行 ---。",
			"There is no --- before properties such as \"{0}\", so customers see them as text. Add a line --- before this one, and one after the last property."
	case frontMatterSyntax:
		return Error, "文件开头的属性写法有误，整个文件没有收录：{0}。请修正这一行；值里有冒号、# 或引号时，请用引号把整个值括起来。",
			"The front matter is not valid YAML, so the file is left out: {1}. Fix this line; a value that holds a colon, # or quotes must itself be quoted."
	case frontMatterColon:
		return Error, "“{0}”后面要用半角冒号加一个空格（{0}: 值），整个文件没有收录。请修正这一行。",
			"\"{0}\" must be followed by an ASCII colon and a blank ({0}: value); the file is left out. Fix this line."
	case frontMatterTwice:
		return Error, "属性“{0}”写了两次（另一处在第 {1} 行），不知道该用哪个，整个文件没有收录。请删掉一处。",
			"The property \"{0}\" is given twice (also in line {1}), so the file is left out. Remove one of them."
	case frontMatterTOML:
		return Warning, "不支持 TOML 属性（+++），已忽略。请改用 YAML：前后各一行 ---，中间写“名称: 值”。",
			"TOML front matter (+++) is not supported and was ignored. Use YAML: a line --- before and after, and \"name: value\" between."
	case frontMatterType:
		return Warning, "属性“{0}”的这个值已忽略，应该是：{1}。请改正。",
			"This value of the property \"{0}\" was ignored. It should be {2}. Correct it."
	case frontMatterDate:
		return Warning, "看不懂属性“{0}”的日期“{1}”，已忽略。请写成 2026-01-31。",
			"The date \"{1}\" of the property \"{0}\" cannot be read and was ignored. Write it as 2026-01-31."
	case frontMatterTypo:
		return Warning, "没有名为“{0}”的属性，已忽略。是不是想写“{1}”？",
			"There is no property \"{0}\", so it was ignored. Did you mean \"{1}\"?"
	case audienceUnclear:
		return Error, "看不出这篇文章给谁看（{0}），为免泄露没有收录。请写成 audience: public 或 audience: [staff]。",
			"It is unclear who may see this article ({0}), so it is left out rather than shown to all. Write audience: public or audience: [staff]."
	case audienceOnly:
		return Warning, "只有受众 {0} 能看到 {1} 篇文章；如果不是这个意思，请删掉 audience 或改为 public。",
			"Number of articles that only the audience {0} can see: {1}. If that is not meant, remove audience or change it to public."
	case idInvalid:
		return Warning, "id“{0}”不可用，已改用“{1}”。id 只能有文字、数字和 - _ . /。",
			"The id \"{0}\" cannot be used; \"{1}\" is used instead. An id is made of letters, digits and - _ . / only."
	case idDuplicate:
		return Warning, "id“{0}”已被 {1} 使用，这篇改用“{2}”。请给两篇不同的 id。",
			"The id \"{0}\" already belongs to {1}; \"{2}\" is used here. Give the two articles different ids."
	case aliasTaken:
		return Warning, "别名“{0}”与 {1} 的 id、路径或别名相同，客户会打开那一篇。请删掉或改写这个别名。",
			"The alias \"{0}\" is also the id, path or an alias of {1}, which is what customers get. Remove or change this alias."
	case titleMissing:
		return Warning, "没有标题，暂用文件名“{0}”。请加一行“# 标题”，或在属性里写 title。",
			"There is no title, so the file name \"{0}\" is used. Add a line \"# Title\", or a title to the front matter."
	case articleEmpty:
		return Error, "没有正文也没有相似问，没有收录。请写上内容；暂时不发布请写 draft: true。",
			"There is neither text nor any other question, so it is left out. Write some, or set draft: true for now."
	case answerMissing:
		return Warning, "只有标题，没有正文：能搜到，但没有答案可看。请写上答案；暂时不发布请写 draft: true。",
			"There is a title but no text: it is found, with no answer to read. Write one, or set draft: true for now."
	case articleTwice:
		return Warning, "正文与 {0} 完全相同。请只保留一篇，或用 aliases 指向它。",
			"The text is the same as in {0}. Keep one of them, and give it the other's path in aliases."
	case articleExpired:
		return Warning, "文章已于 {0} 失效，不再作为答案。请更新内容和 valid_until，或删除文件。",
			"The article expired on {0} and is no longer given as an answer. Update the text and valid_until, or remove the file."
	case validReversed:
		return Warning, "失效日期 {1} 不晚于生效日期 {0}，这篇文章永远不会生效。请改正其中一个。",
			"valid_until {1} is not after valid_from {0}, so the article is never valid. Correct one of them."
	case reviewOverdue:
		return Warning, "复审日期 {0} 已过。请检查内容，再把 review_by 改到以后。",
			"The review was due on {0}. Check the text, then set review_by to a later date."
	case headingEmpty:
		return Warning, "标题是空的。请写上文字，或删掉这一行。",
			"The heading has no text. Write some, or remove the line."
	case sectionEmpty:
		return Warning, "标题“{0}”下面没有内容，这一段没有收录。请写上内容，或删掉这个标题。",
			"There is nothing below the heading \"{0}\", so this part is left out. Write some text, or remove the heading."
	case questionLong:
		return Warning, "问题有 {0} 个字，超过 200 个，很难被搜到。请缩短，把其余内容放进答案。",
			"The question has {0} characters, more than 200, and will hardly be found. Shorten it and move the rest to the answer."
	case questionTwice:
		return Warning, "“{0}”在 {1} 也有，客户会得到哪个答案不确定。请合并，或改写其中一个。",
			"\"{0}\" is also asked in {1}, so it is uncertain which answer customers get. Merge the two, or reword one."
	case negativeConflict:
		return Warning, "“{0}”既是要回答的问法又是反例问，已不作为反例。请删掉一处。",
			"\"{0}\" is both a question of this passage and a negative of it; the negative was ignored. Remove one of them."
	case hiddenMisplaced:
		return Warning, "“{0}”这一行不在标题正下方，会显示给客户而不起作用。请移到标题的下一行。",
			"The line \"{0}\" does not stand directly below a heading, so customers see it and it has no effect. Move it right below the heading."
	case relatedMissing:
		return Warning, "找不到相关文章“{0}”。请写它的 id 或路径。",
			"The related article \"{0}\" does not exist. Give its id or path."
	case linkBroken:
		return Warning, "链接的目标不存在：{0}。请改正链接，或补上文件。",
			"The link leads to nothing: {0}. Correct it, or add the file."
	case linkOutside:
		return Warning, "链接 {0} 指向知识库文件夹之外，客户打不开。请改正链接，或把文件放进文件夹。",
			"The link {0} leads out of the content folder, so customers cannot open it. Correct it, or put the file into the folder."
	case linkCase:
		return Warning, "链接 {0} 与文件 {1} 大小写不同，在服务器上会打不开。请改成一致。",
			"The link {0} differs from the file {1} in upper and lower case and will not open on a server. Make them equal."
	case anchorMissing:
		return Warning, "{0} 里没有“#{1}”这个位置。请改正链接，或用标题的文字作为位置。",
			"There is no place \"#{1}\" in {0}. Correct the link; a heading's own text can be used as the place."
	case markdownComplex:
		return Warning, "从这里起的内容太大或太复杂，已按纯文本收录，不识别标题、表格和链接。请拆成几个文件，或简化。",
			"What begins here is too large or too complex; it is served as plain text, without headings, tables and links. Split it into several files, or simplify it."
	case wordSyntax:
		return Warning, "看不懂词典的这一行“{0}”，已忽略。每行写一个词，例如“惠民保 20000 n”；词里不能有空格。",
			"This line of the dictionary, \"{0}\", cannot be read and was ignored. Write one word per line, such as \"惠民保 20000 n\"; a word holds no blanks."
	case wordFrequency:
		return Warning, "“{0}”的词频“{1}”应该是大于 0 的整数，已忽略这一行。不确定时请不写词频。",
			"The frequency \"{1}\" of \"{0}\" should be a whole number above 0; the line was ignored. Leave it out when in doubt."
	case wordLong:
		return Warning, "“{0}”超过 20 个字，会把整句话变成一个词，已忽略。请只写词。",
			"\"{0}\" is longer than 20 characters and would turn whole sentences into one word; it was ignored. Give words only."
	case wordNotHan:
		return Warning, "“{0}”不是汉字词，写进词典不起作用（字母、数字和型号会自动识别），已忽略。请删掉这一行。",
			"\"{0}\" is not a word of Chinese characters and has no effect in the dictionary (letters, digits and model numbers are recognised by themselves); it was ignored. Remove the line."
	case wordTwice:
		return Warning, "“{0}”在第 {1} 行已经有了，已忽略。请删掉一行。",
			"\"{0}\" already stands in line {1}; this line was ignored. Remove one of them."
	case synonymsSyntax:
		return Error, "看不懂这里的同义词，没有使用：{0}。请每行写一组，例如“- [退款, 退钱]”；有冒号、# 或引号的词请用引号括起来。",
			"The synonyms here are not valid YAML and are not used: {1}. Write one group per line, such as \"- [退款, 退钱]\"; put a word with a colon, # or quotes into quotes."
	case synonymsShape:
		return Warning, "这里应该是一个词，或一组词，已忽略。请写成“- [退款, 退钱]”，或“- 保价: [价格保护, 买贵了]”。",
			"There should be a word here, or a group of words; this was ignored. Write \"- [退款, 退钱]\", or \"- 保价: [价格保护, 买贵了]\"."
	case synonymsSingle:
		return Warning, "这一组同义词不到两个词，已忽略。请补上意思相同的词，例如“- [退款, 退钱]”，或删掉这一组。",
			"This group of synonyms has fewer than two words and was ignored. Add a word of the same meaning, such as \"- [退款, 退钱]\", or remove the group."
	case synonymsLarge:
		return Warning, "这一组同义词有 {0} 个词，只用了前 {1} 个。请只留下客户真正会说的。",
			"This group of synonyms has {0} words, of which the first {1} are used. Keep those that customers really say."
	case synonymsMany:
		return Warning, "同义词超过 {0} 组，从这一组起没有使用。请删掉不需要的。",
			"There are more than {0} groups of synonyms; from this one on they are not used. Remove what is not needed."
	case synonymsEmpty:
		return Warning, "这一组同义词里有空的词（没有文字），已忽略。请补上，或删掉多余的逗号。",
			"A word in this group of synonyms is empty and was ignored. Write it, or remove the comma."
	case synonymsLong:
		return Warning, "同义词“{0}”超过 20 个字，已忽略。请只写词；整句的问法请写进文章的相似问。",
			"The synonym \"{0}\" is longer than 20 characters and was ignored. Give words only; whole questions belong to the article, as other questions (相似问)."
	case synonymsVague:
		return Warning, "“{0}”只有一个字，或只是怎么、能不能、吗这样的虚词，当作同义词会让意思不同的问题混在一起，已忽略。请写完整的词。",
			"\"{0}\" is a single character, or only what questions are built with (怎么, 能不能, 吗); as a synonym it would mix up questions of different meaning, and was ignored. Write a whole word."
	case synonymsTwice:
		return Warning, "同义词“{0}”在第 {1} 行已经有了，这里的已忽略。请合并成一组，或删掉一处。",
			"The synonym \"{0}\" already stands in line {1}; here it was ignored. Make one group of the two, or remove it in one place."
	}
	return Error, "未知的问题 {0}", "unknown problem {0}"
}

// Severity says whether something is left out (Error) or only doubtful (Warning).
func (p Problem) Severity() Severity {
	s, _, _ := explain(p.Code)
	return s
}

// Message says what is wrong and what to do, in English when lang begins with "en" and in Chinese otherwise.
func (p Problem) Message(lang string) string {
	_, text, en := explain(p.Code)
	if strings.HasPrefix(lang, "en") {
		text = en
	}
	pairs := make([]string, 0, 2*len(p.Args))
	for i, arg := range p.Args {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", arg)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// String is the problem on one line, in English, as [WriteText] prints it.
func (p Problem) String() string {
	return fmt.Sprintf("%s: %s %s: %s", p.place(), p.Severity(), p.Code, p.Message("en"))
}

// place is "faq/退货.md:12", or the path alone when the problem concerns the whole file.
func (p Problem) place() string {
	if p.Line == 0 {
		return p.Path
	}
	return p.Path + ":" + strconv.Itoa(p.Line)
}
