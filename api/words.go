package api

import "fmt"

// words are the texts of the pages in one language.
type words struct {
	lang language

	HelpCenter, Search, SearchLabel, Placeholder, SkipToContent, Home string
	Categories, CommonQuestions, AllArticles                          string
	AnswerHeading, ReadMore, ChooseHeading, OtherResults              string
	NoneHeading, NoneHint, NoneOrContact, NearHeading, NothingHere    string
	Filter, AllCategories, Previous, Next, Pages                      string
	Contents, Related, Updated, Expired, NotYet, Unsolved             string
	ContactUs, Retry, RequestID, Languages                            string
}

func wordsIn(l language) words {
	return words{
		lang:            l,
		HelpCenter:      l.pick("帮助中心", "說明中心", "Help Center"),
		Search:          l.pick("搜索", "搜尋", "Search"),
		SearchLabel:     l.pick("您的问题", "您的問題", "Your question"),
		Placeholder:     l.pick("输入您的问题，例如：怎么申请退货", "輸入您的問題，例如：怎麼申請退貨", "Type your question"),
		SkipToContent:   l.pick("跳到正文", "跳到正文", "Skip to content"),
		Home:            l.pick("首页", "首頁", "Home"),
		Categories:      l.pick("按分类查看", "依分類檢視", "Browse by topic"),
		CommonQuestions: l.pick("常见问题", "常見問題", "Common questions"),
		AllArticles:     l.pick("全部文章", "全部文章", "All articles"),
		AnswerHeading:   l.pick("答案", "答案", "Answer"),
		ReadMore:        l.pick("查看全文", "查看全文", "Read the whole article"),
		ChooseHeading:   l.pick("您想问的是哪一个？", "您想問的是哪一個？", "Which of these do you mean?"),
		OtherResults:    l.pick("其他结果", "其他結果", "Other results"),
		NoneHeading:     l.pick("没有找到确切的答案", "沒有找到確切的答案", "No exact answer found"),
		NoneHint:        l.pick("换个说法再试试。", "換個說法再試試。", "Try other words."),
		NoneOrContact:   l.pick("换个说法再试试，或者直接联系我们。", "換個說法再試試，或直接聯絡我們。", "Try other words, or get in touch with us."),
		NearHeading:     l.pick("相近的内容", "相近的內容", "Related to your question"),
		NothingHere:     l.pick("这里还没有文章。", "這裡還沒有文章。", "There are no articles here yet."),
		Filter:          l.pick("按分类筛选", "依分類篩選", "Filter by topic"),
		AllCategories:   l.pick("全部", "全部", "All"),
		Previous:        l.pick("上一页", "上一頁", "Previous"),
		Next:            l.pick("下一页", "下一頁", "Next"),
		Pages:           l.pick("翻页", "翻頁", "Pages"),
		Contents:        l.pick("本文内容", "本文內容", "On this page"),
		Related:         l.pick("相关文章", "相關文章", "Related articles"),
		Updated:         l.pick("更新于", "更新於", "Updated"),
		Expired:         l.pick("这篇文章已过有效期，内容可能不再适用。", "這篇文章已過有效期，內容可能不再適用。", "This article has expired and may no longer apply."),
		NotYet:          l.pick("这篇文章尚未生效。", "這篇文章尚未生效。", "This article is not in effect yet."),
		Unsolved:        l.pick("问题没有解决？", "問題沒有解決？", "Still need help?"),
		ContactUs:       l.pick("联系我们", "聯絡我們", "Contact us"),
		Retry:           l.pick("再试一次", "再試一次", "Try again"),
		RequestID:       l.pick("请求编号", "請求編號", "Request"),
		Languages:       l.pick("语言", "語言", "Language"),
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

// Rescued says that something else was searched than what was typed.
func (w words) Rescued(typed, searched string) string {
	return fmt.Sprintf(w.lang.pick("没有找到“%s”，以下是“%s”的结果。", "沒有找到「%s」，以下是「%s」的結果。",
		"Nothing found for “%s”. Showing results for “%s”."), typed, searched)
}

// ResultsFor is the title of a page of results.
func (w words) ResultsFor(query string) string {
	return fmt.Sprintf(w.lang.pick("“%s”的搜索结果", "「%s」的搜尋結果", "Results for “%s”"), query)
}

// Page is the number of a page of results.
func (w words) Page(n, of int) string {
	return fmt.Sprintf(w.lang.pick("第 %d 页，共 %d 页", "第 %d 頁，共 %d 頁", "Page %d of %d"), n, of)
}
