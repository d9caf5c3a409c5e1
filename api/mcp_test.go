package api

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"jieda/index"
)

// withKey sends a key with every request.
type withKey struct{ secret string }

func (k withKey) RoundTrip(r *http.Request) (*http.Response, error) {
	if k.secret != "" {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+k.secret)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// mcpClient connects the SDK's own client to a server over HTTP.
func mcpClient(t *testing.T, s *Server, secret string) *mcp.ClientSession {
	t.Helper()
	hs := httptest.NewServer(s.Handler())
	session, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), &mcp.StreamableClientTransport{
		Endpoint:   hs.URL + mcpPath,
		HTTPClient: &http.Client{Transport: withKey{secret}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := session.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		hs.Close()
	})
	return session
}

// callTool returns the JSON in the one text item of a tool's result, or the text of its error.
func callTool[T any](t *testing.T, session *mcp.ClientSession, name string, args map[string]any) (result T, failure string) {
	t.Helper()
	got, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: name, Arguments: args})
	if err != nil {
		t.Fatalf("%s %v: %v", name, args, err)
	}
	if len(got.Content) != 1 || got.StructuredContent != nil {
		t.Fatalf("%s: %d items and structured content %v, want one item", name, len(got.Content), got.StructuredContent)
	}
	text := got.Content[0].(*mcp.TextContent).Text
	if got.IsError {
		return result, text
	}
	if err := json.Unmarshal([]byte(text), &result); err != nil {
		t.Fatalf("%s: %v in %s", name, err, text)
	}
	return result, ""
}

// TestMCPHandover: a model that has no answer learns where to send the customer, with an address that leads there.
func TestMCPHandover(t *testing.T) {
	for _, tt := range []struct {
		contact Contact
		want    string
	}{
		{Contact{URL: "/contact?t={trail}", TextZH: "联系客服", TextEN: "Chat with us"}, "offer a human. 联系客服 Chat with us https://help.example.com/contact?t="},
		{Contact{TextZH: "电话 400-820-8820"}, "offer a human. 电话 400-820-8820"},
		{Contact{}, "offer a human."},
	} {
		s := newServer(t, func(o *Options) { o.PublicURL, o.Contact = "https://help.example.com", tt.contact })
		found, failure := callTool[mcpFound](t, mcpClient(t, s, ""), "search", map[string]any{"query": "量子纠缠是什么原理"})
		if failure != "" || !strings.HasSuffix(found.Note, tt.want) {
			t.Errorf("%+v: %q %s", tt.contact, found.Note, failure)
		}
	}
}

func TestMCPSearchAndFetch(t *testing.T) {
	s, secrets := difyServer(t)
	public, staff := mcpClient(t, s, ""), mcpClient(t, s, secrets["staff"])

	tools, err := public.ListTools(t.Context(), nil)
	if err != nil || len(tools.Tools) != 2 {
		t.Fatalf("tools %v, %v", tools, err)
	}
	for _, tool := range tools.Tools {
		schema, _ := json.Marshal(tool.InputSchema)
		argument := map[string]string{"search": "query", "fetch": "id"}[tool.Name]
		if !strings.Contains(string(schema), `"required":["`+argument+`"]`) || !tool.Annotations.ReadOnlyHint {
			t.Errorf("%s: %s, %+v", tool.Name, schema, tool.Annotations)
		}
	}

	for _, tt := range []struct {
		session  *mcp.ClientSession
		question string
		decision index.Decision
		first    string // id of the first result, "" for no results
		note     string
	}{
		{public, "怎么退货", index.Answer, "faq/售后/退货", "直接作答"},
		{public, "门店的营业时间", index.Choose, "faq/门店/000", "先问清"},
		{public, "量子纠缠是什么", index.None, "", "不要自行编造"},
		{public, "双十一满减怎么算", index.None, "", "不要自行编造"}, // the only article has expired
		{public, "客服可以赔付多少钱", index.None, "", "人工"},
		{public, "你好", index.None, "", "没有提问"},
		{public, "你好,请问怎么退货?🙏", index.Answer, "faq/售后/退货", "直接作答"},
		{staff, "客服可以赔付多少钱", index.Answer, "faq/内部/赔付", "直接作答"},
	} {
		found, failure := callTool[mcpFound](t, tt.session, "search", map[string]any{"query": tt.question})
		first := ""
		if len(found.Results) > 0 {
			first = found.Results[0].ID
		}
		if failure != "" || found.Decision != tt.decision || first != tt.first || !strings.Contains(found.Note, tt.note) || found.SearchID == "" {
			t.Errorf("%s: %+v %s", tt.question, found, failure)
		}
		for _, r := range found.Results {
			article, failure := callTool[mcpArticle](t, tt.session, "fetch", map[string]any{"id": r.ID})
			if failure != "" || article.ID != r.ID || article.Title != r.Title || article.Text == "" || !strings.HasPrefix(r.URL, article.URL) {
				t.Errorf("fetch %s: %+v %s", r.ID, article, failure)
			}
		}
	}

	article, _ := callTool[mcpArticle](t, public, "fetch", map[string]any{"id": "faq/售后/退货"})
	if m := article.Metadata; !strings.Contains(article.Text, "**七天内**") || m["tags"] != "售后, 鞋" || m["category"] != "售后" || m["note"] != "" {
		t.Errorf("fetched %+v", article)
	}
	expired, _ := callTool[mcpArticle](t, public, "fetch", map[string]any{"id": "faq/活动/双十一"})
	if !strings.Contains(expired.Metadata["note"], "不在有效期内") {
		t.Errorf("expired article without a warning: %+v", expired)
	}

	// What is wrong is a result that a model can read, not a failure of the protocol.
	for _, tt := range []struct {
		tool string
		args map[string]any
		want string
	}{
		{"search", map[string]any{"query": " "}, "invalid_request"},
		{"search", map[string]any{"query": strings.Repeat("退", 501)}, "query 字数不能超过 500"},
		{"search", map[string]any{}, "query"},
		{"search", map[string]any{"query": "退货", "limit": 3}, "limit"},
		{"fetch", map[string]any{"id": "faq/没有"}, "article_not_found"},
		{"fetch", map[string]any{"id": "faq/内部/赔付"}, "article_not_found"},
	} {
		if _, failure := callTool[any](t, public, tt.tool, tt.args); !strings.Contains(failure, tt.want) {
			t.Errorf("%s %v: %q, want %q", tt.tool, tt.args, failure, tt.want)
		}
	}
	empty := mcpClient(t, newEmptyServer(t, nil), "")
	if _, failure := callTool[mcpFound](t, empty, "search", map[string]any{"query": "退货"}); !strings.Contains(failure, "not_ready") {
		t.Errorf("no index: %q", failure)
	}
}

// TestMCPResources reads every article that is listed, page by page, and none of another audience.
func TestMCPResources(t *testing.T) {
	s, secrets := difyServer(t)
	for _, tt := range []struct {
		secret string
		want   int
	}{{"", 303}, {secrets["staff"], 304}} {
		session := mcpClient(t, s, tt.secret)
		titles := map[string]string{}
		for r, err := range session.Resources(t.Context(), nil) {
			if err != nil {
				t.Fatal(err)
			}
			titles[r.URI] = r.Title
		}
		if len(titles) != tt.want { // the expired article is not listed
			t.Errorf("%d resources, want %d", len(titles), tt.want)
		}
		staffOnly := "jieda://articles/faq/%E5%86%85%E9%83%A8/%E8%B5%94%E4%BB%98"
		if _, listed := titles[staffOnly]; listed != (tt.secret != "") {
			t.Errorf("staff article listed: %v", listed)
		}
		for _, uri := range []string{"jieda://articles/faq/%E5%94%AE%E5%90%8E/%E9%80%80%E8%B4%A7", "jieda://articles/faq/售后/退货"} {
			got, err := session.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: uri})
			if err != nil || len(got.Contents) != 1 || got.Contents[0].MIMEType != mcpMarkdown || !strings.Contains(got.Contents[0].Text, "七天内") {
				t.Errorf("read %s: %+v, %v", uri, got, err)
			}
		}
		_, err := session.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: staffOnly})
		if (err == nil) != (tt.secret != "") {
			t.Errorf("staff article read: %v", err)
		}
		for _, uri := range []string{"jieda://articles/faq/none", "jieda://articles/%zz", "jieda://other/faq", "file:///etc/passwd"} {
			if _, err := session.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: uri}); err == nil {
				t.Errorf("read %s", uri)
			}
		}
	}
	templates, err := mcpClient(t, s, "").ListResourceTemplates(t.Context(), nil)
	if err != nil || len(templates.ResourceTemplates) != 1 || templates.ResourceTemplates[0].URITemplate != "jieda://articles/{+id}" {
		t.Errorf("templates %+v, %v", templates, err)
	}
}

// TestMCPRefuses: what is wrong before the protocol begins is a problem as everywhere else.
func TestMCPRefuses(t *testing.T) {
	s, secrets := difyServer(t)
	const ping = `{"jsonrpc":"2.0","id":1,"method":"ping"}`
	accept := "Accept: application/json, text/event-stream"
	for _, tt := range []struct {
		name, method, body, header string
		status                     int
		code                       ProblemCode
	}{
		{"ping", "POST", ping, "", 200, ""},
		{"unknown key", "POST", ping, "Authorization: Bearer wrong", 403, ProblemCodeKeyUnknown},
		{"key of another scope", "POST", ping, "Authorization: Bearer " + secrets["suggest"], 403, ProblemCodeScopeMissing},
		{"stream", "GET", "", "", 405, ProblemCodeMethodNotAllowed},
		{"end of a session", "DELETE", "", "", 405, ProblemCodeMethodNotAllowed},
		{"batch", "POST", " [" + ping + "," + ping + "]", "", 400, ProblemCodeInvalidRequest},
		{"large", "POST", `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"` + strings.Repeat("x", 70000) + `"}}`, "", 413, ProblemCodeBodyTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			headers := []string{accept}
			if tt.header != "" {
				headers = append(headers, tt.header)
			}
			got := do(t, s, tt.method, mcpPath, tt.body, headers...)
			if tt.code == "" {
				if got.StatusCode != tt.status {
					t.Errorf("status %d: %s", got.StatusCode, text(t, got))
				}
				return
			}
			if p := decoded[Problem](t, got, tt.status); p.Code != tt.code {
				t.Errorf("%+v", p)
			}
		})
	}
	// Nobody may keep a connection: there is nothing to announce.
	got := text(t, do(t, s, "POST", mcpPath, `{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"x","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}},"notifications":{}}}`,
		accept, "MCP-Protocol-Version: 2026-07-28", "Mcp-Method: subscriptions/listen"))
	if !strings.Contains(got, "-32601") {
		t.Errorf("listen: %s", got)
	}
}

// TestMCPForeignName: a name that was made to point to this machine opens nothing, unless it is the site's own or the
// caller has a key.
func TestMCPForeignName(t *testing.T) {
	for _, tt := range []struct {
		listens, host, publicURL, key string
		status                        int
	}{
		{"127.0.0.1:8080", "localhost:8080", "", "", 200},
		{"127.0.0.1:8080", "127.0.0.1:8080", "", "", 200},
		{"[::1]:8080", "[::1]:8080", "", "", 200},
		{"127.0.0.1:8080", "evil.example", "", "", 403},
		{"127.0.0.1:8080", "evil.example:8080", "https://help.example.com", "", 403},
		{"127.0.0.1:8080", "help.example.com", "https://help.example.com", "", 200},
		{"127.0.0.1:8080", "help.example.com", "", "key", 200},
		{"10.0.0.7:8080", "help.example.com", "", "", 200},
	} {
		t.Run(tt.listens+" as "+tt.host+tt.key, func(t *testing.T) {
			s := newServer(t, func(o *Options) { o.PublicURL = tt.publicURL })
			at, err := net.ResolveTCPAddr("tcp", tt.listens)
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequestWithContext(context.WithValue(t.Context(), http.LocalAddrContextKey, net.Addr(at)), "POST", mcpPath,
				strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"ping"}`))
			r.Host = tt.host
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Accept", "application/json, text/event-stream")
			if tt.key != "" {
				r.Header.Set("Authorization", "Bearer "+testKey)
			}
			w := httptest.NewRecorder()
			s.Handler().ServeHTTP(w, r)
			if w.Code != tt.status {
				t.Errorf("status %d, want %d: %s", w.Code, tt.status, w.Body)
			}
		})
	}
}

// TestMCPTypeScript has the clients of the TypeScript SDK, which most programs are built on, do what they do.
func TestMCPTypeScript(t *testing.T) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skip("npm is not installed")
	}
	if version, err := exec.Command("node", "-p", "parseInt(process.versions.node)").Output(); err != nil || string(version) < "20" {
		t.Skipf("Node.js 20 is needed, this is %q, %v", version, err)
	}
	dir := t.TempDir()
	for _, name := range []string{"package.json", "client.mjs"} {
		b, err := os.ReadFile(filepath.Join("testdata", "mcp", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	patient, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	install := exec.CommandContext(patient, npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("npm cannot install what package.json names: %v\n%s", err, out)
	}
	s, secrets := difyServer(t)
	hs := httptest.NewServer(s.Handler())
	defer hs.Close()
	run := exec.CommandContext(t.Context(), "node", "client.mjs", hs.URL+mcpPath, secrets["staff"])
	run.Dir = dir
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var want []string
	for _, client := range []string{"sdk", "client"} {
		for _, line := range []string{
			"tools search, fetch",
			"answer faq/售后/退货",
			"fetched 怎么申请退货 true",
			"none 0",
			"staff answer faq/内部/赔付",
			"resources 100, more true",
			"read true",
			"missing true",
		} {
			want = append(want, client+": "+line)
		}
	}
	if got := strings.Split(strings.TrimSpace(string(out)), "\n"); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", out, strings.Join(want, "\n"))
	}
}

// TestMCPFromABrowser: a page of a configured site may send the headers that the protocol needs.
func TestMCPFromABrowser(t *testing.T) {
	s := newServer(t, func(o *Options) { o.CORSOrigins = []string{"https://www.example.com"} })
	got := do(t, s, "OPTIONS", mcpPath, "", "Origin: https://www.example.com", "Access-Control-Request-Method: POST")
	for _, header := range []string{"Authorization", "Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name"} {
		if allowed := got.Header.Get("Access-Control-Allow-Headers"); !strings.Contains(allowed, header) {
			t.Errorf("%s is not allowed: %q", header, allowed)
		}
	}
}
