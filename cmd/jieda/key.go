package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"jieda/keys"
)

// defaultPerMinute is the rate limit of a key whose maker does not say: a gateway with many customers stays below it.
const defaultPerMinute = 6000

func (p *program) keyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "key",
		Short: p.say(text{"创建、查看、吊销接口密钥", "make, list and revoke API keys"}),
		Long: p.say(text{`创建、查看、吊销接口密钥。客服网关、Dify 等程序用密钥访问接口:Authorization: Bearer <密钥>。

密钥存放在数据文件夹的 keys.json 中(只存散列值)。正在运行的服务约一秒内生效,不用重启。容器中可以用 --file 另写
一个文件,作为 auth.keys_file 挂载进去。`,
			`Make, list and revoke API keys. Gateways, Dify and other programs send one with every request:
Authorization: Bearer <key>.

Keys are kept in keys.json in the data folder, as hashes only. A running server takes changes over within about a second.
For containers, write another file with --file, and mount it as auth.keys_file.`}),
		Args: p.noSuchCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	subs := []*cobra.Command{p.keyCreateCommand(), p.keyListCommand(), p.keyRevokeCommand()}
	for _, sub := range subs {
		sub.Flags().String("file", "", p.say(text{"`FILE` 密钥文件;不设则是数据文件夹中的 keys.json", "`FILE` of keys; keys.json in the data folder when not set"}))
		p.addSettings(sub, "content", "data")
	}
	c.AddCommand(subs...)
	return c
}

func (p *program) keyCreateCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "create NAME",
		Short: p.say(text{"创建一个密钥,只显示一次", "make a key, which is shown once"}),
		Long: p.say(text{`创建一个密钥。NAME 说明是谁在用。密钥打印到标准输出,只显示这一次;说明打印到标准错误。

权限(scope):search 搜索和阅读;suggest 给网关的建议答案;admin 管理接口。
不设 --audience 时只看得到公开文章。`,
			`Make a key. NAME says who uses it. The key goes to standard output, once; what is said about it to standard error.

Scopes: search, to find and read; suggest, answers for a gateway; admin, the routes of those who run the site.
Without --audience it shows public articles only.`}),
		Example: "  jieda key create 企业微信网关\n  jieda key create 客服桌面 --audience staff --expires 365d",
		Args:    p.arguments(1, 1),
	}
	flags := c.Flags()
	scopes := flags.StringSlice("scope", []string{string(keys.Search), string(keys.Suggest)},
		p.say(text{"`SCOPE,…` 权限:search、suggest、admin [默认 search,suggest]", "`SCOPE,…` what it opens: search, suggest, admin [default search,suggest]"}))
	audiences := flags.StringSlice("audience", nil,
		p.say(text{"`NAME,…` 除公开文章外,还能看哪些读者的文章,例如 staff", "`NAME,…` whose articles it shows besides the public ones, such as staff"}))
	expires := flags.String("expires", "",
		p.say(text{"`DATE|DAYS` 有效期:2027-06-30(含当天)或 90d;不设则不过期", "`DATE|DAYS` until when it is valid: 2027-06-30 (that day included) or 90d; for ever when not set"}))
	perMinute := flags.Int("rate-limit", defaultPerMinute,
		p.say(text{"`N` 平均每分钟最多请求数,0 表示不限 [默认 6000]", "`N` requests a minute on average, 0 for any number [default 6000]"}))
	c.RunE = func(c *cobra.Command, args []string) error {
		path, err := p.keysPath(c)
		if err != nil {
			return err
		}
		k := keys.Key{Name: strings.TrimSpace(args[0]), Audiences: slices.Compact(slices.Sorted(slices.Values(*audiences))), PerMinute: *perMinute}
		if k.Name == "" {
			return p.usagef(text{"名称不能为空:它说明是谁在用这个密钥", "the name must not be empty: it says who uses the key"})
		}
		for _, s := range *scopes {
			scope := keys.Scope(s)
			if !slices.Contains(keys.Scopes(), scope) {
				return p.usagef(text{"没有 %q 这种权限,--scope 只能是 search、suggest、admin", "there is no scope %q: --scope may be search, suggest and admin"}, s)
			}
			if !slices.Contains(k.Scopes, scope) {
				k.Scopes = append(k.Scopes, scope)
			}
		}
		if slices.Contains(k.Audiences, "public") {
			return p.usagef(text{"公开文章谁都看得到,--audience 里不用写 public", "everybody sees public articles: leave public out of --audience"})
		}
		now := time.Now()
		if k.Expires, err = p.expiry(*expires, now); err != nil {
			return err
		}
		secret, err := keys.New(&k, now)
		if err != nil {
			return p.usagef(text{"密钥的设置有误:%v", "this cannot be a key: %v"}, err)
		}
		if err := keys.Update(path, func(list []keys.Key) ([]keys.Key, error) { return append(list, k), nil }); err != nil {
			return p.keysError(err)
		}
		fmt.Fprintf(p.stderr, p.say(text{"密钥 %s(%s)已写入 %s。完整密钥只显示这一次:\n", "Key %s (%s) was written to %s. It is shown this once:\n"}), k.ID, k.Name, path)
		fmt.Fprintln(p.stdout, secret)
		return nil
	}
	return c
}

// expiry reads --expires: a day, which is still included, or a number of days from now; zero for "".
func (p *program) expiry(written string, now time.Time) (time.Time, error) {
	if written == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation(time.DateOnly, written, time.Local)
	if err == nil {
		at = at.AddDate(0, 0, 1)
	} else if days, err := strconv.Atoi(strings.TrimSuffix(written, "d")); err == nil && strings.HasSuffix(written, "d") && days > 0 && days <= 36500 {
		at = now.AddDate(0, 0, days)
	} else {
		return at, p.usagef(text{"--expires %q 不行:写成日期 2027-06-30,或天数 90d", "--expires cannot be %q: write a day, 2027-06-30, or a number of days, 90d"}, written)
	}
	if !at.After(now) {
		return at, p.usagef(text{"--expires %s 已经过去了", "--expires %s is in the past"}, written)
	}
	return at.UTC().Truncate(time.Second), nil
}

func (p *program) keyListCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "list",
		Short: p.say(text{"列出密钥(不含密钥本身)", "list the keys, without the keys themselves"}),
		Args:  p.arguments(0, 0),
	}
	asJSON := c.Flags().Bool("json", false, p.say(text{"以 JSON 输出", "print JSON"}))
	c.RunE = func(c *cobra.Command, _ []string) error {
		path, err := p.keysPath(c)
		if err != nil {
			return err
		}
		list, err := keys.Read(path)
		if err != nil {
			return p.keysError(err)
		}
		if *asJSON {
			return p.listKeysJSON(list)
		}
		if len(list) == 0 {
			fmt.Fprintf(p.stderr, p.say(text{"%s 中还没有密钥;创建:jieda key create 名称\n", "there is no key in %s yet; to make one: jieda key create NAME\n"}), path)
			return nil
		}
		return p.listKeys(list)
	}
	return c
}

// listKeys prints a table. Names come last, because a Chinese character is as wide as two letters.
func (p *program) listKeys(list []keys.Key) error {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSTATE\tSCOPES\tAUDIENCES\tPER MINUTE\tCREATED\tEXPIRES\tNAME")
	for _, k := range list {
		scopes := make([]string, len(k.Scopes))
		for i, s := range k.Scopes {
			scopes[i] = string(s)
		}
		audiences, limit, expires := "-", "-", "-"
		if len(k.Audiences) > 0 {
			audiences = strings.Join(k.Audiences, ",")
		}
		if k.PerMinute > 0 {
			limit = strconv.Itoa(k.PerMinute)
		}
		if !k.Expires.IsZero() {
			expires = k.Expires.Local().Format("2006-01-02 15:04")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.State(time.Now()), strings.Join(scopes, ","), audiences, limit,
			k.Created.Local().Format(time.DateOnly), expires, k.Name)
	}
	return w.Flush()
}

func (p *program) listKeysJSON(list []keys.Key) error {
	type listed struct {
		keys.Key
		State  string `json:"state"`
		SHA256 string `json:"sha256,omitempty"` // left out: nobody needs it here
	}
	out := make([]listed, len(list))
	for i, k := range list {
		out[i] = listed{Key: k, State: k.State(time.Now())}
	}
	e := json.NewEncoder(p.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func (p *program) keyRevokeCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "revoke ID",
		Short: p.say(text{"吊销一个密钥", "revoke a key"}),
		Long: p.say(text{`吊销一个密钥,给出它的编号、名称或密钥本身。正在运行的服务约一秒内生效。`,
			`Revoke a key, named by its id, its name, or the key itself. A running server refuses it within about a second.`}),
		Args: p.arguments(1, 1),
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		path, err := p.keysPath(c)
		if err != nil {
			return err
		}
		var revoked keys.Key
		again := false
		err = keys.Update(path, func(list []keys.Key) ([]keys.Key, error) {
			at, err := p.findKey(list, args[0], path)
			if err != nil {
				return nil, err
			}
			k := &list[at]
			again = !k.Revoked.IsZero()
			if !again {
				k.Revoked = time.Now().UTC().Truncate(time.Second)
			}
			revoked = *k
			return list, nil
		})
		var usage *usageError
		if errors.As(err, &usage) {
			return err
		}
		if err != nil {
			return p.keysError(err)
		}
		done := text{"密钥 %s(%s)已吊销\n", "key %s (%s) is revoked\n"}
		if again {
			done = text{"密钥 %s(%s)早已吊销\n", "key %s (%s) was revoked before\n"}
		}
		fmt.Fprintf(p.stdout, p.say(done), revoked.ID, revoked.Name)
		return nil
	}
	return c
}

// findKey returns the position of the key that a person means: by id, by the key itself, or by a name that only one key
// has which is not revoked.
func (p *program) findKey(list []keys.Key, meant, path string) (int, error) {
	id := meant
	if of := keys.IDOf(meant); of != "" {
		id = of
	}
	if at := slices.IndexFunc(list, func(k keys.Key) bool { return k.ID == id }); at >= 0 {
		return at, nil
	}
	var found []int
	var ids []string
	for i, k := range list {
		if k.Name == meant && k.Revoked.IsZero() {
			found, ids = append(found, i), append(ids, k.ID)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return 0, p.usagef(text{"%s 中没有密钥 %q;全部密钥见 jieda key list", "there is no key %[2]q in %[1]s; see them with: jieda key list"}, path, id)
	}
	return 0, p.usagef(text{"有几个密钥都叫 %q,请给出编号:%s", "several keys are named %q; give the id of one: %s"}, meant, strings.Join(ids, ", "))
}

// keysPath is the file that a command works on: --file, or that of the data folder.
func (p *program) keysPath(c *cobra.Command) (string, error) {
	cfg, err := p.readConfig(c.Flags())
	if err != nil {
		return "", err
	}
	if path := c.Flag("file").Value.String(); path != "" {
		return path, nil
	}
	if err := p.checkApart(cfg.Content, cfg.Data); err != nil {
		return "", err
	}
	data, err := p.dataFolder(cfg)
	if err != nil {
		return "", err
	}
	return keysFile(data), nil
}

// keysFile is where the keys of a data folder are.
func keysFile(data string) string { return filepath.Join(data, "keys.json") }

// openKeys reads the keys of a server.
func (p *program) openKeys(cfg *configuration, data string) (*keys.Ring, error) {
	sources := keys.Sources{Data: keysFile(data), Text: cfg.Auth.Keys}
	if cfg.Auth.KeysFile != "" && cfg.sources["auth.keys"] <= cfg.sources["auth.keys_file"] {
		sources.File, sources.Text = cfg.Auth.KeysFile, "" // which readSecretFiles put there, but may change
	}
	ring, err := keys.Open(sources)
	if err != nil {
		return nil, p.keysError(err)
	}
	return ring, nil
}

func (p *program) keysError(err error) error {
	return p.errorf(text{
		"密钥文件不能用:%w;请修正或恢复这个文件",
		"the file of API keys cannot be used: %w; mend it or restore it"}, err)
}
