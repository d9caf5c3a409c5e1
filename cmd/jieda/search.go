package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"jieda/api"
	"jieda/index"
)

func (p *program) searchCommand() *cobra.Command {
	var explain, asJSON bool
	var limit int
	c := &cobra.Command{
		Use:   "search QUESTION",
		Short: p.say(text{"在命令行搜索", "search from the command line"}),
		Long: p.say(text{`在命令行搜索,结果与网页和接口一致。需要时先更新索引。`,
			`Search from the command line: the same results as on the page and over HTTP. The index is brought up to date first.`}),
		Example: "  jieda search 怎么退货\n  jieda search --explain --content my-help 发票抬头写错了",
		Args:    p.arguments(1, 100),
		RunE: func(c *cobra.Command, args []string) error {
			if explain && asJSON {
				return p.usagef(text{"--explain 和 --json 只能用一个", "use either --explain or --json"})
			}
			if limit < 1 || limit > 50 {
				return p.usagef(text{"--limit 只能是 1 到 50", "--limit must be 1 to 50"})
			}
			question := strings.Join(args, " ")
			switch length := utf8.RuneCountInString(strings.TrimSpace(question)); {
			case length == 0:
				return p.usagef(text{"问题是空的;请写出要搜索的内容", "the question is empty: write what to search for"})
			case length > index.MaxQuery:
				return p.usagef(text{"问题有 %d 个字,最多 %d 个;请缩短", "the question has %d characters, %d at most: shorten it"}, length, index.MaxQuery)
			}
			cfg, err := p.readConfig(c.Flags())
			if err != nil {
				return err
			}
			if cfg.sources["log.level"] == fromDefault {
				cfg.Log.Level = "warn" // the answer is wanted here, not the story of the index
			}
			cfg.Semantic.Timeout = max(cfg.Semantic.Timeout, commandPatience)
			bar := newProgress(p.stderr, p.lang)
			log := newLogger(cfg, bar)
			s, err := p.openSite(cfg, log, bar.report(log))
			if err != nil {
				return err
			}
			defer s.close()
			_, err = s.update(c.Context(), false)
			bar.clear()
			if err != nil {
				return p.errorf(text{"建立索引失败:%w", "building the index failed: %w"}, err)
			}
			s.awaitMeanings(c.Context(), log)
			switch {
			case explain:
				err = p.explain(c.Context(), s, question, limit)
			case asJSON:
				err = p.searchJSON(c.Context(), s, question, limit)
			default:
				err = p.search(c.Context(), s, question, limit)
			}
			if err != nil {
				return p.errorf(text{"搜索失败:%w", "the search failed: %w"}, err)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&explain, "explain", false, p.say(text{"说明为什么是这些结果、为什么这样判断", "say why these results, and why this decision"}))
	c.Flags().BoolVar(&asJSON, "json", false, p.say(text{"输出 JSON,与 GET /api/v1/search 相同", "print JSON, the same as GET /api/v1/search"}))
	c.Flags().IntVar(&limit, "limit", 10, p.say(text{"`N` 最多显示几条 [默认 10]", "`N` results at most [default 10]"}))
	p.addSettings(c, "content", "data", "engine", "semantic.url", "semantic.model", "log.level", "log.format")
	return c
}

func (p *program) explain(ctx context.Context, s *site, question string, limit int) error {
	explanation, err := s.index.Explain(ctx, index.Request{Query: question, Limit: limit})
	if err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, strings.TrimRight(explanation, "\n"))
	return nil
}

// searchJSON asks the handler of the API, so that the answer is the API's to the letter.
func (p *program) searchJSON(ctx context.Context, s *site, question string, limit int) error {
	server, err := api.New(api.Options{Index: s.index, Keeper: s.keeper})
	if err != nil {
		return err
	}
	query := url.Values{"q": {question}, "limit": {strconv.Itoa(limit)}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "/api/v1/search?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	response := &recorder{header: http.Header{}, status: http.StatusOK}
	server.Handler().ServeHTTP(response, request)
	if response.status != http.StatusOK {
		return errors.New(strings.TrimSpace(response.body.String()))
	}
	fmt.Fprintln(p.stdout, strings.TrimRight(response.body.String(), "\n"))
	return nil
}

// A recorder keeps the answer of a handler.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header                  { return r.header }
func (r *recorder) WriteHeader(status int)               { r.status = status }
func (r *recorder) Write(data []byte) (n int, err error) { return r.body.Write(data) }

func (p *program) search(ctx context.Context, s *site, question string, limit int) error {
	response, err := s.index.Search(ctx, index.Request{Query: question, Limit: limit})
	if err != nil {
		return err
	}
	p.printResponse(p.stdout, response)
	return nil
}

// printResponse prints what a person wants to see of a response. Highlights are in 【】, as a terminal may show no
// colours.
func (p *program) printResponse(w io.Writer, r *index.Response) {
	decision := map[index.Decision]text{
		index.Answer:  {"可以直接回答", "answer: safe to say"},
		index.Choose:  {"请客户选一个", "choose: ask the customer which"},
		index.Suggest: {"只作为参考链接", "suggest: show as links"},
		index.None:    {"没有答案,请转人工", "none: offer a human"},
	}[r.Decision]
	fmt.Fprintf(w, p.say(text{"%s(%s),共 %d 篇\n", "%s (%s), %d articles\n"}), p.say(decision), r.Reasons.Why, r.Total)
	if r.Rescued != nil {
		fmt.Fprintf(w, p.say(text{"按 %q 搜索\n", "searched for %q instead\n"}), r.Rescued.Query)
	}
	for i, hit := range r.Hits {
		fmt.Fprintf(w, "\n%d. %s  %.2f\n   %s\n", i+1, hit.Question, hit.Confidence, hit.PassageID)
		if hit.Snippet != "" {
			fmt.Fprintf(w, "   %s\n", strings.ReplaceAll(marked(hit.Snippet, hit.Highlights), "\n", "\n   "))
		}
	}
}

// marked puts 【】 around the highlights, which are rune offsets.
func marked(snippet string, highlights [][2]int) string {
	runes := []rune(snippet)
	var b strings.Builder
	done := 0
	for _, h := range highlights {
		b.WriteString(string(runes[done:h[0]]))
		b.WriteString("【" + string(runes[h[0]:h[1]]) + "】")
		done = h[1]
	}
	b.WriteString(string(runes[done:]))
	return b.String()
}
