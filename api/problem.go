package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"jieda/index"
)

// A refusal is an error that already knows how the client is told. Handlers return it; problemOf turns every other
// error into one.
type refusal struct {
	status int
	code   ProblemCode
	fields []fieldFault  // for invalid_request
	retry  time.Duration // when it makes sense to come back; 0 says nothing
	cause  error         // for the log only, never shown
}

func (r *refusal) Error() string {
	if r.cause != nil {
		return fmt.Sprintf("%s: %v", r.code, r.cause)
	}
	return string(r.code)
}

func (r *refusal) Unwrap() error { return r.cause }

// refusalOf is the one place where an error becomes a status.
func refusalOf(err error) *refusal {
	var known *refusal
	var fromEcho *echo.HTTPError
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, index.ErrNotReady):
		return &refusal{status: http.StatusServiceUnavailable, code: ProblemCodeNotReady, retry: 5 * time.Second}
	case errors.Is(err, index.ErrNotFound):
		return &refusal{status: http.StatusNotFound, code: ProblemCodeArticleNotFound}
	case errors.Is(err, context.DeadlineExceeded):
		return &refusal{status: http.StatusServiceUnavailable, code: ProblemCodeTimeout, retry: time.Second, cause: err}
	case errors.As(err, &fromEcho):
		return refusalOfEcho(fromEcho)
	}
	return &refusal{status: http.StatusInternalServerError, code: ProblemCodeInternal, cause: err}
}

// refusalOfEcho translates what echo itself refuses: its router, its body limit, its binder.
func refusalOfEcho(err *echo.HTTPError) *refusal {
	switch err.Code {
	case http.StatusNotFound:
		return &refusal{status: err.Code, code: ProblemCodeNotFound}
	case http.StatusMethodNotAllowed:
		return &refusal{status: err.Code, code: ProblemCodeMethodNotAllowed}
	case http.StatusRequestEntityTooLarge:
		return &refusal{status: err.Code, code: ProblemCodeBodyTooLarge}
	case http.StatusUnsupportedMediaType:
		return &refusal{status: err.Code, code: ProblemCodeUnsupportedMediaType}
	case http.StatusBadRequest:
		var wrong *json.UnmarshalTypeError // of what the validator let pass: it takes 5.0 for an integer, Go does not
		if errors.As(err, &wrong) {
			return invalid(fieldFault{in: FieldErrorInBody, field: wrong.Field, rule: ruleType, limit: "integer"})
		}
		return invalid(fieldFault{in: FieldErrorInBody, rule: ruleSyntax})
	}
	return &refusal{status: http.StatusInternalServerError, code: ProblemCodeInternal, cause: err}
}

// invalid refuses a request whose fields break the contract.
func invalid(faults ...fieldFault) *refusal {
	return &refusal{status: http.StatusBadRequest, code: ProblemCodeInvalidRequest, fields: faults}
}

// statusClientGone is what nginx logs when the client closed the connection; nobody receives it.
const statusClientGone = 499

// fail answers with the problem that err stands for: a page for people, problem+json for programs.
func (s *Server) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	if errors.Is(err, context.Canceled) && c.Request().Context().Err() != nil {
		c.Response().WriteHeader(statusClientGone)
		return
	}
	r := refusalOf(err)
	s.metrics.refused(r.code)
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	h.Del("ETag")
	if r.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(int(r.retry.Seconds())))
	}
	if c.Path() == difyPath {
		_ = failDify(r, c) // a failed write means that the client has gone
		return
	}
	if r.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="jieda"`)
	}
	if wantsPage(c.Request()) && s.failPage(r, c) == nil {
		return
	}
	h.Add("Vary", "Accept-Language")
	l := languageOf(c.Request().Header.Get("Accept-Language"))
	body, err := json.Marshal(r.problem(l, requestID(c)))
	if err != nil {
		c.Response().WriteHeader(http.StatusInternalServerError)
		return
	}
	// A failed write means that the client has gone.
	_ = c.Blob(r.status, "application/problem+json", body)
}

// problem puts the refusal into words.
func (r *refusal) problem(l language, requestID string) Problem {
	title, detail := problemText(r.code, l)
	p := Problem{
		Type:      "about:blank",
		Title:     title,
		Status:    r.status,
		Detail:    detail,
		Code:      r.code,
		RequestID: requestID,
	}
	if len(r.fields) > 0 {
		fields := make([]FieldError, 0, len(r.fields))
		for _, f := range r.fields {
			fields = append(fields, f.problem(l))
		}
		p.Errors = &fields
	}
	return p
}

// problemText gives every code its title and what to do next.
func problemText(code ProblemCode, l language) (title, detail string) {
	switch code {
	case ProblemCodeInvalidRequest:
		return l.pick("请求有误", "請求有誤", "Invalid request"),
			l.pick("请按 errors 中的说明修改后重试。", "請按 errors 中的說明修改後重試。", "Correct what is listed in errors and try again.")
	case ProblemCodeUnauthorized:
		return l.pick("需要密钥", "需要金鑰", "Key required"),
			l.pick("请在请求头中加上 Authorization: Bearer <密钥>。", "請在請求標頭中加上 Authorization: Bearer <金鑰>。", "Send the header Authorization: Bearer <key>.")
	case ProblemCodeAuthorizationMalformed:
		return l.pick("Authorization 请求头写法不对", "Authorization 請求標頭寫法不對", "Malformed Authorization header"),
			l.pick("请写成 Authorization: Bearer <密钥>；不需要密钥时，请去掉这个请求头。",
				"請寫成 Authorization: Bearer <金鑰>；不需要金鑰時，請去掉這個請求標頭。",
				"Write Authorization: Bearer <key>, or leave the header out where no key is needed.")
	case ProblemCodeKeyUnknown:
		return l.pick("密钥不正确", "金鑰不正確", "Unknown key"),
			l.pick("请核对密钥是否完整；jieda key list 列出现有的密钥，jieda key create 创建新的。",
				"請核對金鑰是否完整；jieda key list 列出現有的金鑰，jieda key create 建立新的。",
				"Check that the key is complete; jieda key list shows the keys there are, jieda key create makes one.")
	case ProblemCodeKeyExpired:
		return l.pick("密钥已过期", "金鑰已過期", "Expired key"),
			l.pick("请用 jieda key create 创建新的密钥并换上。", "請用 jieda key create 建立新的金鑰並換上。", "Make a new key with jieda key create, and use that.")
	case ProblemCodeKeyRevoked:
		return l.pick("密钥已吊销", "金鑰已撤銷", "Revoked key"),
			l.pick("请向管理员索取新的密钥。", "請向管理員索取新的金鑰。", "Ask whoever runs this site for a new key.")
	case ProblemCodeCrossOrigin:
		return l.pick("表单来自别的网站", "表單來自別的網站", "The form is from another site"),
			l.pick("请在本站的页面上提交。", "請在本站的頁面上送出。", "Send it from a page of this site.")
	case ProblemCodeScopeMissing:
		return l.pick("密钥没有这项权限", "金鑰沒有這項權限", "Not allowed with this key"),
			l.pick("请换用具有所需权限（scope）的密钥；jieda key create --scope 可以创建。",
				"請換用具有所需權限（scope）的金鑰；jieda key create --scope 可以建立。",
				"Use a key with the scope of this route; jieda key create --scope makes one.")
	case ProblemCodeAudienceMissing:
		return l.pick("密钥不属于所要的受众", "金鑰不屬於所要的受眾", "Not an audience of this key"),
			l.pick("filters.audience 只能填这把密钥所属的受众和 public；jieda key create --audience 可以创建。",
				"filters.audience 只能填這把金鑰所屬的受眾和 public；jieda key create --audience 可以建立。",
				"filters.audience may hold the audiences of the key and public; jieda key create --audience makes a key with others.")
	case ProblemCodeAdminDisabled:
		return l.pick("管理接口未启用", "管理介面未啟用", "Admin routes are off"),
			l.pick("没有配置管理密钥：请设置 admin.key（环境变量 JIEDA_ADMIN_KEY，命令行参数 --admin-key）后重启，或运行 jieda key create --scope admin。",
				"沒有設定管理金鑰：請設定 admin.key（環境變數 JIEDA_ADMIN_KEY，命令列參數 --admin-key）後重新啟動，或執行 jieda key create --scope admin。",
				"No admin key is configured: set admin.key (variable JIEDA_ADMIN_KEY, flag --admin-key) and restart, or run jieda key create --scope admin.")
	case ProblemCodeNotFound:
		return l.pick("页面不存在", "頁面不存在", "Page not found"),
			l.pick("请检查地址，或回到首页搜索。", "請檢查網址，或回到首頁搜尋。", "Check the address, or search from the home page.")
	case ProblemCodeArticleNotFound:
		return l.pick("文章不存在", "文章不存在", "Article not found"),
			l.pick("它可能已被移动或删除，请换个说法搜索。", "它可能已被移動或刪除，請換個說法搜尋。", "It may have been moved or removed; try a search.")
	case ProblemCodeKnowledgeNotFound:
		return l.pick("知识库不存在", "知識庫不存在", "No such knowledge"),
			l.pick("请检查 knowledge_id：可用 all，或设置 dify.knowledge 中的名字；以受众命名的知识库，需要密钥属于该受众。",
				"請檢查 knowledge_id：可用 all，或設定 dify.knowledge 中的名字；以受眾命名的知識庫，需要金鑰屬於該受眾。",
				"Check knowledge_id: it is all, or a name from the setting dify.knowledge; one that stands for an audience needs a key of that audience.")
	case ProblemCodeHostUnknown:
		return l.pick("不认识的主机名", "不認得的主機名稱", "Unknown host name"),
			l.pick("请求以陌生的主机名到达本机地址。请把 public_url 设为客户使用的网址，或在请求中带上密钥。",
				"請求以陌生的主機名稱到達本機位址。請把 public_url 設為客戶使用的網址，或在請求中帶上金鑰。",
				"The request reached a local address under a foreign host name. Set public_url to the address that customers use, or send a key.")
	case ProblemCodeMethodNotAllowed:
		return l.pick("请求方法不对", "請求方法不對", "Method not allowed"),
			l.pick("请改用响应头 Allow 中列出的方法。", "請改用回應標頭 Allow 中列出的方法。", "Use one of the methods in the Allow header.")
	case ProblemCodeBodyTooLarge:
		return l.pick("请求内容过大", "請求內容過大", "Request too large"),
			l.pick("请求内容不能超过 64 KB。", "請求內容不能超過 64 KB。", "A request body may hold at most 64 KB.")
	case ProblemCodeUnsupportedMediaType:
		return l.pick("不支持的内容类型", "不支援的內容類型", "Unsupported media type"),
			l.pick("请以 Content-Type: application/json 发送。", "請以 Content-Type: application/json 傳送。", "Send it as Content-Type: application/json.")
	case ProblemCodeNotReady:
		return l.pick("正在准备内容", "正在準備內容", "Getting ready"),
			l.pick("文章还在建立索引，请几秒后再试。", "文章還在建立索引，請幾秒後再試。", "The articles are still being indexed; try again in a few seconds.")
	case ProblemCodeDraining:
		return l.pick("服务正在停止", "服務正在停止", "Shutting down"),
			l.pick("请向其他实例发送请求。", "請向其他執行個體傳送請求。", "Send requests to another instance.")
	case ProblemCodeOverloaded:
		return l.pick("访问的人太多了", "造訪的人太多了", "Too busy"),
			l.pick("请稍等片刻再试。", "請稍等片刻再試。", "Wait a moment and try again.")
	case ProblemCodeRateLimited:
		return l.pick("请求太频繁", "請求太頻繁", "Too many requests"),
			l.pick("请等待响应头 Retry-After 给出的秒数后再试；程序请使用自己的密钥。",
				"請等待回應標頭 Retry-After 給出的秒數後再試；程式請使用自己的金鑰。",
				"Wait for the seconds in the header Retry-After; programs should use a key of their own.")
	case ProblemCodeFeedbackOff:
		return l.pick("本站不收集反馈", "本站不收集回饋", "No feedback is taken"),
			l.pick("搜索日志已关闭（searchlog.store 为 none），反馈无处保存。", "搜尋日誌已關閉（searchlog.store 為 none），回饋無處儲存。",
				"The search log is off (searchlog.store is none), so there is no place to keep it.")
	case ProblemCodeNotKept:
		return l.pick("暂时无法保存", "暫時無法儲存", "It could not be kept"),
			l.pick("搜索日志暂时无法写入，请稍后用同样的内容再试；重复提交只算一次。", "搜尋日誌暫時無法寫入，請稍後用同樣的內容再試；重複提交只算一次。",
				"The search log cannot be written at the moment; send the same again later, it will count once.")
	case ProblemCodeTimeout:
		return l.pick("请求超时", "請求逾時", "The request took too long"),
			l.pick("请缩短问题、检查网络，或稍后再试。", "請縮短問題、檢查網路，或稍後再試。", "Shorten the question, check the connection, or try again later.")
	}
	return l.pick("服务器出错", "伺服器出錯", "Internal error"),
		l.pick("错误已记录。反馈时请附上 request_id。", "錯誤已記錄。回報時請附上 request_id。", "It has been logged. Quote the request_id when you report it.")
}
