package api

import "fmt"

// words are the texts of the pages in one language.
type words struct {
	lang language

	About                                                                    string
	HelpCenter, HowCanWeHelp, Search, SearchLabel, Placeholder               string
	Suggestions, SuggestionCount, SkipToContent, Home, Breadcrumbs           string
	Categories, CommonQuestions, Newest, AllArticles                         string
	AnswerHeading, WasThisIt, ReadMore, ChooseHeading, OtherResults          string
	NoneHeading, NoneHint, NoneOrContact, NearHeading, NothingHere           string
	Filter, AllCategories, Previous, Next, Pages                             string
	Contents, Related, Updated, Expired, NotYet, Unsolved                    string
	HasExpired                                                               string
	Turn, PreviousArticle, NextArticle, PrintView, Print, Download           string
	DidThisHelp, Helpful, Unhelpful, WhyUnhelpful, CommentLabel, Send        string
	Thanks, FeedbackFailed, TellUsWhy                                        string
	AskUs, AskUsHint, ContactLabel, ContactPlaceholder, LeaveEmpty           string
	Asked, AskedHint                                                         string
	ContactUs, Retry, RequestID, Languages, Close, Back, Displays, AsWritten string
}

func wordsIn(l language) words {
	return words{
		lang:               l,
		HelpCenter:         l.pick("帮助中心", "說明中心", "Help Center"),
		About:              l.pick("常见问题与使用指南：直接搜索，马上看到答案。", "常見問題與使用指南：直接搜尋，馬上看到答案。", "Answers to common questions, and guides: search, and read the answer right away."),
		HowCanWeHelp:       l.pick("有什么可以帮您？", "有什麼可以幫您？", "How can we help?"),
		Suggestions:        l.pick("建议的问题", "建議的問題", "Suggested questions"),
		SuggestionCount:    l.pick("有 {n} 个建议，用上下键选择", "有 {n} 個建議，用上下鍵選擇", "{n} suggestions, use the arrow keys"),
		Breadcrumbs:        l.pick("当前位置", "目前位置", "You are here"),
		Newest:             l.pick("最近更新", "最近更新", "New articles"),
		WasThisIt:          l.pick("这是您要找的吗？", "這是您要找的嗎？", "Is this what you were looking for?"),
		Turn:               l.pick("上一篇和下一篇", "上一篇和下一篇", "Previous and next article"),
		PreviousArticle:    l.pick("上一篇", "上一篇", "Previous"),
		NextArticle:        l.pick("下一篇", "下一篇", "Next"),
		PrintView:          l.pick("打印版", "列印版", "Print view"),
		Print:              l.pick("打印或存为 PDF", "列印或存成 PDF", "Print or save as PDF"),
		Download:           l.pick("下载 Markdown", "下載 Markdown", "Download as Markdown"),
		DidThisHelp:        l.pick("这篇文章有帮助吗？", "這篇文章有幫助嗎？", "Did this help?"),
		Helpful:            l.pick("有帮助", "有幫助", "Yes"),
		Unhelpful:          l.pick("没帮助", "沒幫助", "No"),
		WhyUnhelpful:       l.pick("哪里不对？（选填）", "哪裡不對？（選填）", "What was wrong? (optional)"),
		CommentLabel:       l.pick("想补充什么？（选填，请不要填写个人信息）", "想補充什麼？（選填，請不要填寫個人資料）", "Anything to add? (optional, please no personal data)"),
		Send:               l.pick("提交", "送出", "Send"),
		Thanks:             l.pick("谢谢您的反馈！", "謝謝您的回饋！", "Thank you for telling us!"),
		FeedbackFailed:     l.pick("没有提交成功，请稍后再试。", "沒有送出成功，請稍後再試。", "That could not be sent. Please try again later."),
		TellUsWhy:          l.pick("您的反馈会帮助编辑改进这篇文章。", "您的回饋會幫助編輯改進這篇文章。", "It helps the editors to improve this article."),
		AskUs:              l.pick("向我们提问", "向我們提問", "Ask us"),
		AskUsHint:          l.pick("编辑会看到您的问题，并补上答案。", "編輯會看到您的問題，並補上答案。", "The editors will see your question and add an answer."),
		ContactLabel:       l.pick("怎么联系您？（选填）", "怎麼聯絡您？（選填）", "How can we reach you? (optional)"),
		ContactPlaceholder: l.pick("邮箱或手机号，只用来回复这个问题", "電子郵件或手機號碼，只用來回覆這個問題", "E-mail or telephone, only to answer this question"),
		LeaveEmpty:         l.pick("请留空", "請留空", "Leave this empty"),
		Asked:              l.pick("已收到您的问题", "已收到您的問題", "We have your question"),
		AskedHint:          l.pick("编辑会尽快补上答案。", "編輯會盡快補上答案。", "The editors will add an answer."),
		Displays:           l.pick("文章的文字", "文章的文字", "Articles in"),
		AsWritten:          l.pick("原文", "原文", "original"),
		Close:              l.pick("关闭", "關閉", "Close"),
		Back:               l.pick("返回文章", "返回文章", "Back to the article"),
		Search:             l.pick("搜索", "搜尋", "Search"),
		SearchLabel:        l.pick("您的问题", "您的問題", "Your question"),
		Placeholder:        l.pick("输入您的问题，例如：怎么申请退货", "輸入您的問題，例如：怎麼申請退貨", "Type your question"),
		SkipToContent:      l.pick("跳到正文", "跳到正文", "Skip to content"),
		Home:               l.pick("首页", "首頁", "Home"),
		Categories:         l.pick("按分类查看", "依分類檢視", "Browse by topic"),
		CommonQuestions:    l.pick("常见问题", "常見問題", "Common questions"),
		AllArticles:        l.pick("全部文章", "全部文章", "All articles"),
		AnswerHeading:      l.pick("答案", "答案", "Answer"),
		ReadMore:           l.pick("查看全文", "查看全文", "Read the whole article"),
		ChooseHeading:      l.pick("您想问的是哪一个？", "您想問的是哪一個？", "Which of these do you mean?"),
		OtherResults:       l.pick("其他结果", "其他結果", "Other results"),
		NoneHeading:        l.pick("没有找到确切的答案", "沒有找到確切的答案", "No exact answer found"),
		NoneHint:           l.pick("换个说法再试试。", "換個說法再試試。", "Try other words."),
		NoneOrContact:      l.pick("换个说法再试试，或者直接联系我们。", "換個說法再試試，或直接聯絡我們。", "Try other words, or get in touch with us."),
		NearHeading:        l.pick("相近的内容", "相近的內容", "Related to your question"),
		NothingHere:        l.pick("这里还没有文章。", "這裡還沒有文章。", "There are no articles here yet."),
		Filter:             l.pick("按分类筛选", "依分類篩選", "Filter by topic"),
		AllCategories:      l.pick("全部", "全部", "All"),
		Previous:           l.pick("上一页", "上一頁", "Previous"),
		Next:               l.pick("下一页", "下一頁", "Next"),
		Pages:              l.pick("翻页", "翻頁", "Pages"),
		Contents:           l.pick("本文内容", "本文內容", "On this page"),
		Related:            l.pick("相关文章", "相關文章", "Related articles"),
		Updated:            l.pick("更新于", "更新於", "Updated"),
		Expired:            l.pick("这篇文章已过有效期，内容可能不再适用。", "這篇文章已過有效期，內容可能不再適用。", "This article has expired and may no longer apply."),
		HasExpired:         l.pick("已过有效期", "已過有效期", "Expired"),
		NotYet:             l.pick("这篇文章尚未生效。", "這篇文章尚未生效。", "This article is not in effect yet."),
		Unsolved:           l.pick("问题没有解决？", "問題沒有解決？", "Still need help?"),
		ContactUs:          l.pick("联系我们", "聯絡我們", "Contact us"),
		Retry:              l.pick("再试一次", "再試一次", "Try again"),
		RequestID:          l.pick("请求编号", "請求編號", "Request"),
		Languages:          l.pick("语言", "語言", "Language"),
	}
}

// Found says how many articles match.
func (w words) Found(n int) string {
	if w.lang == english && n == 1 {
		return "1 result"
	}
	return fmt.Sprintf(w.lang.pick("共 %d 条结果", "共 %d 筆結果", "%d results"), n)
}

// Count says how many articles a category has.
func (w words) Count(n int) string {
	if w.lang == english && n == 1 {
		return "1 article"
	}
	return fmt.Sprintf(w.lang.pick("%d 篇", "%d 篇", "%d articles"), n)
}

// ShowingResults says that something else was searched than what was typed; SearchInstead offers to search that.
func (w words) ShowingResults(searched string) string {
	return fmt.Sprintf(w.lang.pick("显示“%s”的结果，", "顯示「%s」的結果，", "Showing results for “%s”."), searched)
}

func (w words) SearchInstead(typed string) string {
	return fmt.Sprintf(w.lang.pick("改为搜索“%s”", "改為搜尋「%s」", "Search for “%s” instead"), typed)
}

// A choice is one of several that a customer has.
type choice struct{ Code, Text string }

// Reasons are what may have been wrong with an answer, with the codes under which they are recorded.
func (w words) Reasons() []choice {
	return []choice{
		{"off_topic", w.lang.pick("不是我要问的", "不是我要問的", "It is not what I asked")},
		{"wrong", w.lang.pick("内容不对", "內容不對", "It is wrong")},
		{"outdated", w.lang.pick("已经过时", "已經過時", "It is out of date")},
		{"incomplete", w.lang.pick("说得不够", "說得不夠", "Something is missing")},
		{"unclear", w.lang.pick("看不明白", "看不明白", "I do not understand it")},
	}
}

// ResultsFor is the title of a page of results.
func (w words) ResultsFor(query string) string {
	return fmt.Sprintf(w.lang.pick("“%s”的搜索结果", "「%s」的搜尋結果", "Results for “%s”"), query)
}

// Page is the number of a page of results.
func (w words) Page(n, of int) string {
	return fmt.Sprintf(w.lang.pick("第 %d 页，共 %d 页", "第 %d 頁，共 %d 頁", "Page %d of %d"), n, of)
}
