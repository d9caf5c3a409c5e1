package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"jieda/content"
	"jieda/index"
	"jieda/index/analysis"
	"jieda/index/learn"
	"jieda/searchlog"
)

func (p *program) learnCommand() *cobra.Command {
	var asJSON bool
	days := 90
	c := &cobra.Command{
		Use:   "learn",
		Short: p.say(text{"从文章和搜索日志里找出可以补充的同义词和相似问", "suggest synonyms and other questions from articles and search log"}),
		Long: p.say(text{`从文章和搜索日志里找出可以补充的内容:同义词、相似问、没有答案的问题、几乎相同的问题。

全部只是建议,附有依据和次数,不会自动生效;请逐条看过,再把同意的粘贴到文章或 _search/synonyms.yaml。
只读取文章和搜索日志,服务正在运行时也可以使用。含电话、订单号、邮箱等的搜索不会列出。`,
			`Find what could be added: expressions that mean the same, other ways to ask, questions that nothing answers, and
questions that stand in two articles.

All of it are suggestions with their evidence, and none is ever applied by itself: read each, and paste what is right
into the article or _search/synonyms.yaml. Only articles and search log are read, so a server may be running meanwhile.
Searches with telephone numbers, order numbers or mail addresses are left out.`}),
		Example: "  jieda learn --content my-help\n  jieda learn --content my-help --days 30 --json",
		Args:    p.arguments(0, 0),
		RunE: func(c *cobra.Command, _ []string) error {
			if days < 1 {
				return p.usagef(text{"--days 至少是 1", "--days must be at least 1"})
			}
			cfg, err := p.readConfig(c.Flags())
			if err != nil {
				return err
			}
			if cfg.sources["log.level"] == fromDefault {
				cfg.Log.Level = "warn"
			}
			return p.learn(c.Context(), cfg, time.Now().AddDate(0, 0, -days), asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, p.say(text{"输出 JSON", "print JSON"}))
	c.Flags().IntVar(&days, "days", days, p.say(text{"`N` 看最近多少天的搜索 [默认 90]", "`N` days of searches to look at [default 90]"}))
	p.addSettings(c, "content", "data", "searchlog.store", "log.level", "log.format")
	return c
}

func (p *program) learn(ctx context.Context, cfg *configuration, since time.Time, asJSON bool) error {
	folder, err := p.openContent(cfg.Content)
	if err != nil {
		return err
	}
	if err := p.checkApart(cfg.Content, cfg.Data); err != nil {
		return err
	}
	data, err := p.dataFolder(cfg)
	if err != nil {
		return err
	}
	library, err := content.Read(ctx, folder, nil)
	if err != nil {
		return p.errorf(text{"读不了文章文件夹:%w", "cannot read the folder of articles: %w"}, err)
	}
	words := make([]analysis.SiteWord, len(library.Words))
	for i, w := range library.Words {
		words[i] = analysis.SiteWord(w)
	}
	segmenter, err := analysis.NewJieba(filepath.Join(data, "dict"), words)
	if err != nil {
		return p.errorf(text{"词典写不进数据文件夹 %s:%w;请检查它的权限和空间", "cannot write the dictionaries to the data folder %s: %w; check its permissions and room"}, data, err)
	}
	defer segmenter.Close()
	searches, err := readSearches(ctx, cfg, data, since, newLogger(cfg, p.stderr))
	if err != nil {
		return p.errorf(text{"读不了搜索日志:%w", "cannot read the search log: %w"}, err)
	}
	found, err := learn.Find(ctx, learn.Input{Library: library, Segmenter: segmenter, Searches: searches})
	if err != nil {
		return err
	}
	if asJSON {
		enc := json.NewEncoder(p.stdout)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(found)
	}
	return p.printSuggestions(p.stdout, found, len(library.Articles), len(searches))
}

// readSearches reads the search log; a file that is not there is not made.
func readSearches(ctx context.Context, cfg *configuration, data string, since time.Time, log *slog.Logger) ([]learn.Search, error) {
	file := logFile(cfg, data)
	if file == "" {
		return nil, nil
	}
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	from, err := openLog(cfg, data, log)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	var searches []learn.Search
	err = from.Since(ctx, since, func(f searchlog.Found) error {
		searches = append(searches, learnSearch(f))
		return nil
	})
	return searches, err
}

// learnSearch says what a search came to: an article that was said not to help is not one that was found, and one that
// an agent copied was opened at least.
func learnSearch(f searchlog.Found) learn.Search {
	s := learn.Search{Query: f.Query, Decision: index.Decision(f.Decision), Time: f.Time, Session: f.Session}
	for _, shown := range f.Shown {
		s.Shown = append(s.Shown, learn.Answer{Article: shown.ArticleID, Passage: shown.PassageID})
	}
	add := func(to *[]string, id string) {
		if id != "" && !slices.Contains(*to, id) {
			*to = append(*to, id)
		}
	}
	for _, e := range f.Events {
		switch e.Type {
		case searchlog.Open, searchlog.Copied:
			add(&s.Opened, e.ArticleID)
		case searchlog.Helpful:
			add(&s.Helpful, e.ArticleID)
		}
	}
	for _, e := range f.Events {
		if e.Type == searchlog.Unhelpful {
			s.Opened = slices.DeleteFunc(s.Opened, func(id string) bool { return id == e.ArticleID })
		}
	}
	return s
}

// printSuggestions writes YAML: each list can be pasted where its heading says, and comments hold the evidence.
func (p *program) printSuggestions(to io.Writer, s *learn.Suggestions, articles, searches int) error {
	w := bufio.NewWriter(to)
	fmt.Fprintf(w, p.say(text{
		"# 来自 %d 篇文章、%d 次搜索的建议。请逐条看过再用:次数多不等于正确。\n",
		"# Suggestions from %d articles and %d searches. Read each before use: many times is not right.\n"}), articles, searches)
	p.heading(w, text{"同义词:同意的粘贴到 _search/synonyms.yaml", "Synonyms: paste what is right into _search/synonyms.yaml"}, len(s.Synonyms))
	for _, y := range s.Synonyms {
		item := "[" + yamlText(y.Words[0]) + ", " + yamlText(y.Words[1]) + "]"
		if y.OneWay {
			item = yamlText(y.Words[0]) + ": [" + yamlText(y.Words[1]) + "]"
		}
		why := map[learn.Source]text{
			learn.FromQuestions: {"%d 个段落的问法只差这个词", "the questions of %d passages differ in nothing else"},
			learn.FromTexts:     {"%d 个段落这样写", "written so in %d passages"},
			learn.FromLog:       {"%d 次搜索打开了这样问的文章", "%d searches ended in an article that asks so"},
		}[y.Source]
		var examples []string
		for _, e := range y.Examples {
			examples = append(examples, strings.Join(e, " / "))
		}
		fmt.Fprintf(w, "- %s  # "+p.say(why)+": %s\n", item, y.Count, oneLine(strings.Join(examples, "; ")))
	}
	p.heading(w, text{
		"客户会说、本站从不写的词:请找出本站的说法,写成“- 本站的词: [客户的词]”",
		"Words that customers use and the site never does: find the site's own, and write \"- own: [theirs]\""}, len(s.Unwritten))
	for _, u := range s.Unwritten {
		fmt.Fprintf(w, p.say(text{"#   %s: %d 次搜索,打开了 %s: %s\n", "#   %s: %d searches, which opened %s: %s\n"}),
			oneLine(u.Word), u.Count, oneLine(shortList(u.Articles)), oneLine(strings.Join(u.Examples, " / ")))
	}
	p.heading(w, text{"相似问:同意的写进文章的 questions(或标题下的“相似问:”)", "Other ways to ask: add what is right to the article's questions"}, len(s.Alternates))
	last := ""
	for _, a := range s.Alternates {
		if place := fmt.Sprintf("# %s:%d  %s\n", oneLine(a.Path), a.Line, oneLine(a.Standard)); place != last {
			fmt.Fprint(w, place)
			last = place
		}
		fmt.Fprintf(w, "- %s  # "+p.say(text{"%d 次搜索,%d 次说有用", "%d searches, %d said helpful"})+"%s\n",
			yamlText(a.Text), a.Count, a.Helpful, p.others(a.Others))
	}
	p.heading(w, text{"没有答案的问题:需要的话请写文章", "Questions that nothing answers: write an article if need be"}, len(s.Gaps))
	for _, g := range s.Gaps {
		fmt.Fprintf(w, "- %s  # "+p.say(text{"%d 次", "%d times"})+"%s\n", yamlText(g.Text), g.Count, p.others(g.Others))
	}
	p.heading(w, text{"几乎相同的问题:请合并,或在问题里写明区别", "Questions that are nearly the same: merge them, or say in them what is different"}, len(s.Duplicates))
	for _, d := range s.Duplicates {
		advice := text{"答案不同,请写明区别", "the answers differ: say how"}
		if d.SameAnswer {
			advice = text{"答案几乎相同,请合并", "the answers are nearly the same: merge"}
		}
		fmt.Fprintf(w, "- [%s, %s]  # %.2f %s:%d %s:%d %s\n", yamlText(d.Questions[0]), yamlText(d.Questions[1]), d.Similarity,
			oneLine(d.Places[0].Path), d.Places[0].Line, oneLine(d.Places[1].Path), d.Places[1].Line, p.say(advice))
	}
	return w.Flush()
}

// heading begins a document of the YAML stream, which keeps each list apart.
func (p *program) heading(w io.Writer, t text, n int) {
	fmt.Fprintf(w, "---\n# %s (%d)\n", p.say(t), n)
}

func (p *program) others(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return oneLine(p.say(text{";还有:", "; also: "}) + shortList(list))
}

// shortList names at most five.
func shortList(list []string) string {
	const most = 5
	if len(list) > most {
		return strings.Join(list[:most], " / ") + " …"
	}
	return strings.Join(list, " / ")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// yamlText writes a text as it is when nothing in it means anything to YAML, and quoted otherwise.
func yamlText(s string) string {
	s = oneLine(s)
	plain := strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) &&
		!strings.ContainsFunc(s, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" ？！，。、", r)
		})
	if plain {
		return s
	}
	return strconv.Quote(s)
}
