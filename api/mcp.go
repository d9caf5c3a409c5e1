package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"jieda/index"
)

const (
	mcpPath = "/mcp"
	// mcpArticles begins the addresses of articles as resources; what follows is the id, escaped as in a path.
	mcpArticles = "jieda://articles/"
	mcpMarkdown = "text/markdown"
	// mcpResults is how many articles the tool search returns; a model reads them all.
	mcpResults = 8
	// mcpPage is how many resources are listed at a time.
	mcpPage = 100
)

// newMCP returns the handler of the Model Context Protocol: the tools search and fetch as general clients expect them
// (each takes one text and returns one text item that holds JSON), and the articles as resources. It keeps no session,
// so that any replica may answer any request.
func (s *Server) newMCP() http.Handler {
	server := mcp.NewServer(
		&mcp.Implementation{Name: "jieda", Title: s.opts.SiteName, Version: s.opts.Version},
		&mcp.ServerOptions{
			Instructions: "解答 jieda:企业自己的常见问题与培训文章。先用 search 查找,再用 fetch 读取全文;只依据返回的内容回答," +
				"decision 为 none 时不要自行编造,请建议联系人工。\n" +
				"Articles of this company that answer its customers' questions. Use search, then fetch to read one in full; " +
				"answer from what they return only, and when decision is none make nothing up but offer a human.",
			// Neither lists nor articles are announced when they change: there are no sessions to tell.
			Capabilities: &mcp.ServerCapabilities{Tools: &mcp.ToolCapabilities{}, Resources: &mcp.ResourceCapabilities{}},
			SetCacheable: func(_ context.Context, _ mcp.Request, c *mcp.Cacheable) { c.CacheScope = "private" },
			Logger:       slog.New(slog.DiscardHandler), // requests have a line in the log as all others have
		},
	)
	readOnly := &mcp.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, OpenWorldHint: new(bool)}
	mcp.AddTool(server, &mcp.Tool{
		Name:  "search",
		Title: "查找文章 Search articles",
		Description: "查找能回答客户问题的文章,中文、英文、繁体、拼音均可。decision 说明结果可以怎样使用。\n" +
			"Finds articles that answer a customer's question, in Chinese or English. decision says how the results may be used.",
		Annotations: readOnly,
	}, s.mcpSearch)
	mcp.AddTool(server, &mcp.Tool{
		Name:  "fetch",
		Title: "读取文章 Read an article",
		Description: "按 search 返回的 id 读取文章全文(Markdown)。\n" +
			"Reads an article in full (Markdown), by the id that search returned.",
		Annotations: readOnly,
	}, s.mcpFetch)
	server.AddResourceTemplate(&mcp.ResourceTemplate{
		Name:        "article",
		Title:       "文章 Article",
		Description: "一篇文章的 Markdown 正文。The Markdown of one article.",
		MIMEType:    mcpMarkdown,
		URITemplate: mcpArticles + "{+id}",
	}, s.mcpRead)
	server.AddReceivingMiddleware(s.mcpMethods)
	return mcp.NewStreamableHTTPHandler(
		func(*http.Request) *mcp.Server { return server },
		&mcp.StreamableHTTPOptions{
			Stateless:                    true,
			JSONResponse:                 true,
			PropagateRequestCancellation: true,
			DisableLocalhostProtection:   true, // ownName does that, and lets reverse proxies on this machine through
		},
	)
}

// serveMCP serves POST /mcp. What the protocol says about a request is in its body; errors before that are problems as
// everywhere else.
func (s *Server) serveMCP(handler http.Handler) echo.HandlerFunc {
	serve := s.limited(echo.WrapHandler(handler))
	return func(c echo.Context) error {
		r := c.Request()
		body, err := io.ReadAll(r.Body) // before the request takes its place among those that run
		if err != nil {
			return refusalOfReading(err)
		}
		// Batches were in one version of the protocol only. One of them would be many searches at once.
		if bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")) {
			return invalid(fieldFault{in: FieldErrorInBody, rule: ruleType, limit: "object"})
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		return serve(c)
	}
}

// ownName refuses what reached a loopback address under a foreign name and without a key: a page on the web whose name
// was made to point to this machine (DNS rebinding) would read what only this machine may. A reverse proxy on this
// machine passes the name on that customers use, which is that of PublicURL.
func (s *Server) ownName(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		at, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
		if at != nil && isLoopback(at.String()) && !isLoopback(r.Host) && callerOf(r.Context()).isPublic() {
			public, err := url.Parse(s.opts.PublicURL)
			if err != nil || s.opts.PublicURL == "" || !strings.EqualFold(public.Host, r.Host) {
				return &refusal{status: http.StatusForbidden, code: ProblemCodeHostUnknown}
			}
		}
		return next(c)
	}
}

// isLoopback says whether a host, with or without a port, is this machine to itself.
func isLoopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// mcpMethods answers the methods for which the SDK would need to know every article beforehand, or to keep connections.
func (s *Server) mcpMethods(next mcp.MethodHandler) mcp.MethodHandler {
	return func(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
		ctx, cancel := context.WithTimeout(ctx, s.timeout) // the SDK does not hand on the one of the request
		defer cancel()
		switch method {
		case "resources/list":
			params, _ := req.GetParams().(*mcp.ListResourcesParams)
			return s.mcpList(ctx, params)
		case "resources/read":
			// The SDK knows only escaped addresses; people write jieda://articles/faq/退货.
			if params, ok := req.GetParams().(*mcp.ReadResourceParams); ok {
				if u, err := url.Parse(params.URI); err == nil {
					params.URI = u.String()
				}
			}
		case "subscriptions/listen":
			return nil, &jsonrpc.Error{Code: jsonrpc.CodeMethodNotFound, Message: "nothing is announced: there are no sessions"}
		}
		return next(ctx, method, req)
	}
}

// mcpQuery and mcpID are the arguments of the tools.
type mcpQuery struct {
	Query string `json:"query" jsonschema:"客户的问题,最多 500 字 The customer's question, 500 characters at most"`
}

type mcpID struct {
	ID string `json:"id" jsonschema:"search 返回的 id An id that search returned"`
}

// mcpFound is the JSON in the result of search.
type mcpFound struct {
	Results  []mcpResult    `json:"results"`
	Decision index.Decision `json:"decision"`
	// Note says what the decision means, because models read only what they get.
	Note     string `json:"note"`
	SearchID string `json:"search_id"`
}

type mcpResult struct {
	ID         string  `json:"id"`
	Title      string  `json:"title"`
	URL        string  `json:"url"`
	Question   string  `json:"question"` // of the passage that was found
	Text       string  `json:"text"`     // some of it
	Confidence float64 `json:"confidence"`
}

// mcpArticle is the JSON in the result of fetch.
type mcpArticle struct {
	ID       string            `json:"id"`
	Title    string            `json:"title"`
	Text     string            `json:"text"`
	URL      string            `json:"url"`
	Metadata map[string]string `json:"metadata"`
}

// mcpSearch is the tool search. When the decision is none there are no results: a model would make an answer of them.
func (s *Server) mcpSearch(ctx context.Context, req *mcp.CallToolRequest, args mcpQuery) (*mcp.CallToolResult, any, error) {
	q, err := question(FieldErrorInBody, "query", args.Query)
	if err != nil {
		return nil, nil, s.mcpProblem(err, req)
	}
	start := time.Now()
	found, err := s.index.Ask(ctx, index.Message{Request: index.Request{
		Query: q, Limit: mcpResults + spareRecords, Audiences: callerOf(ctx).audiences,
	}})
	if err != nil {
		return nil, nil, s.mcpProblem(err, req)
	}
	hits := sayable(found, start, mcpResults)
	result := mcpFound{
		Results:  make([]mcpResult, 0, len(hits)),
		Decision: found.Decision,
		Note:     s.mcpNote(found, len(hits)),
		SearchID: s.asked(ctx, asking{surface: "mcp", start: start}, found, hits),
	}
	for _, h := range hits {
		result.Results = append(result.Results, mcpResult{
			ID: h.ArticleID, Title: h.Title, URL: s.address(h.ArticleID, h.Anchor),
			Question: h.Question, Text: h.Snippet, Confidence: h.Confidence,
		})
	}
	return mcpText(result)
}

// mcpNote tells a model what it may do.
func (s *Server) mcpNote(found *index.Response, results int) string {
	contact := ""
	if zh, en := s.handover(simplified, ""), s.handover(english, ""); zh != nil { // MCP has no trails
		contact = " " + strings.TrimSpace(strings.Join(slices.Compact([]string{zh.Text, en.Text, zh.URL}), " "))
	}
	switch d := found.Decision; {
	case found.Reasons.Why == index.WhyNoQuestion:
		return "没有提问,无需查找。Nothing was asked, there is nothing to look up."
	case results == 0:
		return "没有可靠的答案:不要自行编造,请建议联系人工。There is no reliable answer: make nothing up, offer a human." + contact
	case d == index.Answer:
		return "第一条可以直接作答。The first result may be given as the answer."
	case d == index.Choose:
		return "有几条相近:请先问清是哪一条。Several are nearly as good: ask which one is meant."
	}
	return "只作为参考链接,不要当作答案。Show these as links, do not state them as the answer." + contact
}

// mcpFetch is the tool fetch.
func (s *Server) mcpFetch(ctx context.Context, req *mcp.CallToolRequest, args mcpID) (*mcp.CallToolResult, any, error) {
	a, err := s.index.Article(ctx, args.ID, callerOf(ctx).audiences)
	if err != nil {
		return nil, nil, s.mcpProblem(err, req)
	}
	article := mcpArticle{
		ID: a.ID, Title: a.Title, Text: s.markdown(ctx, a.Body, a.Path, s.address(a.ID, "")), URL: s.address(a.ID, ""),
		Metadata: map[string]string{"path": a.Path, "kind": string(a.Kind), "lang": a.Lang},
	}
	for name, value := range map[string]string{
		"category":    a.Category,
		"tags":        strings.Join(a.Tags, ", "),
		"updated":     mcpDate(a.Updated),
		"valid_from":  mcpDate(a.ValidFrom),
		"valid_until": mcpDate(a.ValidUntil),
	} {
		if value != "" {
			article.Metadata[name] = value
		}
	}
	if !a.Valid(time.Now()) {
		article.Metadata["note"] = "不在有效期内:不要当作现在的答案。Not valid now: do not give it as an answer."
	}
	return mcpText(article)
}

func mcpDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// mcpText is a result of one text item.
func mcpText(v any) (*mcp.CallToolResult, any, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, nil, err
	}
	text := strings.TrimSuffix(b.String(), "\n")
	return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: text}}}, nil, nil
}

// mcpList lists the articles that the caller may see, a page at a time. The cursor is the number of those before.
func (s *Server) mcpList(ctx context.Context, params *mcp.ListResourcesParams) (mcp.Result, error) {
	offset := 0
	if params != nil && params.Cursor != "" {
		var err error
		if offset, err = strconv.Atoi(params.Cursor); err != nil || offset < 0 {
			return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: "the cursor is none that this server gave"}
		}
	}
	infos, total, err := s.index.Articles(ctx, index.ListRequest{Limit: mcpPage, Offset: offset, Audiences: callerOf(ctx).audiences})
	if err != nil {
		return nil, s.mcpProblem(err, nil)
	}
	result := &mcp.ListResourcesResult{Resources: make([]*mcp.Resource, 0, len(infos)), Cacheable: mcp.Cacheable{CacheScope: "private"}}
	for _, a := range infos {
		r := &mcp.Resource{
			URI:         (&url.URL{Scheme: "jieda", Host: "articles", Path: "/" + a.ID}).String(),
			Name:        a.ID,
			Title:       a.Title,
			Description: a.Description,
			MIMEType:    mcpMarkdown,
		}
		if !a.Updated.IsZero() {
			r.Annotations = &mcp.Annotations{LastModified: a.Updated.Format(time.RFC3339)}
		}
		result.Resources = append(result.Resources, r)
	}
	if offset+len(infos) < total {
		result.NextCursor = strconv.Itoa(offset + len(infos))
	}
	return result, nil
}

// mcpRead reads an article as a resource.
func (s *Server) mcpRead(ctx context.Context, req *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
	id, err := url.PathUnescape(strings.TrimPrefix(req.Params.URI, mcpArticles))
	if err != nil {
		return nil, mcp.ResourceNotFoundError(req.Params.URI)
	}
	a, err := s.index.Article(ctx, id, callerOf(ctx).audiences)
	if errors.Is(err, index.ErrNotFound) {
		return nil, mcp.ResourceNotFoundError(req.Params.URI)
	}
	if err != nil {
		return nil, s.mcpProblem(err, nil)
	}
	return &mcp.ReadResourceResult{Contents: []*mcp.ResourceContents{{
		URI: req.Params.URI, MIMEType: mcpMarkdown,
		Text: s.markdown(ctx, a.Body, a.Path, s.address(a.ID, "")),
	}}}, nil
}

// mcpProblem puts an error into the words of a problem, which a model passes on. What is a failure of ours is logged.
func (s *Server) mcpProblem(err error, req *mcp.CallToolRequest) error {
	r := refusalOf(err)
	if r.status >= http.StatusInternalServerError {
		s.log.Error("mcp", "error", err)
	}
	l := simplified
	if req != nil && req.Extra != nil {
		l = languageOf(req.Extra.Header.Get("Accept-Language"))
	}
	p := r.problem(l, "")
	text := fmt.Sprintf("%s: %s %s", p.Code, p.Title, p.Detail)
	if p.Errors != nil {
		for _, f := range *p.Errors {
			text += fmt.Sprintf(" (%s %s)", f.Field, f.Message)
		}
	}
	return errors.New(text)
}
