package main

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"jieda/api"
	"jieda/index"
	"jieda/index/semantic"
	"jieda/searchlog"
)

// Config is everything an operator can set, read from defaults, file, environment and flags by readConfig. Each field
// belongs to the setting of the same key in the table below, which says what it means.
type Config struct {
	Content   string `koanf:"content"`
	Data      string `koanf:"data"`
	Addr      string `koanf:"addr"`
	PublicURL string `koanf:"public_url"`
	Engine    string `koanf:"engine"`
	Lang      string `koanf:"lang"`
	Site      struct {
		Name          string `koanf:"name"`
		ContactURL    string `koanf:"contact_url"`
		ContactText   string `koanf:"contact_text"`
		ContactTextEN string `koanf:"contact_text_en"`
		ContactScript string `koanf:"contact_script"`
		Logo          string `koanf:"logo"`
		Accent        string `koanf:"accent"`
		Footer        string `koanf:"footer"`
		FooterEN      string `koanf:"footer_en"`
	} `koanf:"site"`
	Admin struct {
		Key     string `koanf:"key"` // what stands in KeyFile, when that is what was set
		KeyFile string `koanf:"key_file"`
	} `koanf:"admin"`
	Auth struct {
		Keys     string `koanf:"keys"` // what stands in KeysFile, when that is what was set
		KeysFile string `koanf:"keys_file"`
	} `koanf:"auth"`
	Dify struct {
		Knowledge []string `koanf:"knowledge"`
	} `koanf:"dify"`
	Log struct {
		Level  string `koanf:"level"`
		Format string `koanf:"format"`
	} `koanf:"log"`
	SearchLog struct {
		Store    string `koanf:"store"`
		KeepDays int    `koanf:"keep_days"`
	} `koanf:"searchlog"`
	Trail struct {
		Secret     string `koanf:"secret"` // what stands in SecretFile, when that is what was set
		SecretFile string `koanf:"secret_file"`
	} `koanf:"trail"`
	Server struct {
		QueryTimeout      time.Duration `koanf:"query_timeout"`
		MaxConcurrent     int           `koanf:"max_concurrent"`
		ReadHeaderTimeout time.Duration `koanf:"read_header_timeout"`
		ReadTimeout       time.Duration `koanf:"read_timeout"`
		IdleTimeout       time.Duration `koanf:"idle_timeout"`
		DrainDelay        time.Duration `koanf:"drain_delay"`
		ShutdownTimeout   time.Duration `koanf:"shutdown_timeout"`
		TrustedProxies    []string      `koanf:"trusted_proxies"`
		RateLimit         int           `koanf:"rate_limit"`
		CORSOrigins       []string      `koanf:"cors_origins"`
	} `koanf:"server"`
	Decision gates `koanf:"decision"`
	Semantic struct {
		URL            string        `koanf:"url"`
		Model          string        `koanf:"model"`
		Key            string        `koanf:"key"` // what stands in KeyFile, when that is what was set
		KeyFile        string        `koanf:"key_file"`
		Dimensions     int           `koanf:"dimensions"`
		QuestionPrefix string        `koanf:"question_prefix"`
		PassagePrefix  string        `koanf:"passage_prefix"`
		Timeout        time.Duration `koanf:"timeout"`
		BatchTimeout   time.Duration `koanf:"batch_timeout"`
		Batch          int           `koanf:"batch"`
		SuggestFrom    float64       `koanf:"suggest_from"`
		ChooseFrom     float64       `koanf:"choose_from"`
		AnswerFrom     float64       `koanf:"answer_from"`
	} `koanf:"semantic"`
	Watch struct {
		Enabled  bool          `koanf:"enabled"`
		Debounce time.Duration `koanf:"debounce"`
		Rescan   time.Duration `koanf:"rescan"`
	} `koanf:"watch"`
}

// gates are [index.Gates] as settings.
type gates struct {
	NoneBelow   float64 `koanf:"none_below"`
	SuggestFrom float64 `koanf:"suggest_from"`
	AnswerFrom  float64 `koanf:"answer_from"`
}

// A setting is one line of the table: everything known about one key.
type setting struct {
	key   string // as in the YAML file, "site.contact_url"
	kind  kind
	def   any    // of the kind's Go type
	value string // what the value is, for the help: DIR, URL
	help  text
	// secret values are masked wherever they would be printed. A secret "x.key" has a sibling "x.key_file".
	secret bool
	// choices lists the values that are allowed, any when empty.
	choices []string
	// valid says in a few words what is wrong with a value that is not empty; the zero text when nothing is.
	valid func(value string) text
}

// env is the environment variable of the setting: site.contact_url is JIEDA_SITE_CONTACT_URL.
func (s setting) env() string {
	return "JIEDA_" + strings.ToUpper(strings.ReplaceAll(s.key, ".", "_"))
}

// flag is the flag of the setting, without dashes in front: site.contact_url is site-contact-url.
func (s setting) flag() string {
	return strings.NewReplacer(".", "-", "_", "-").Replace(s.key)
}

// A kind says how the value of a setting is written. Its Go type stands beside it.
type kind int

const (
	word     kind = iota // string
	onOff                // bool
	count                // int, from 1
	number               // int, from 0
	duration             // time.Duration, not negative
	list                 // []string; in environment and flags separated by commas
	share                // float64, above 0, at most 1
)

// settings returns the table, in the order in which it is shown.
func settings() []setting {
	defaults, hybrid := index.DefaultGates(), index.DefaultHybridGates()
	return []setting{
		{key: "content", def: "", value: "DIR", help: text{
			"放 Markdown 文章的文件夹;不设则使用内置示例知识库",
			"folder of Markdown articles; the built-in sample when not set"}},
		{key: "data", def: "", value: "DIR", help: text{
			"存放索引的文件夹;不设则放在当前用户的状态文件夹($XDG_STATE_HOME/jieda)下,内置示例放在缓存文件夹下",
			"folder for the index; when not set, below the user's state folder ($XDG_STATE_HOME/jieda), or the cache folder for the built-in sample"}},
		{key: "addr", def: "127.0.0.1:8080", value: "HOST:PORT", valid: validAddr, help: text{
			"监听地址;:8080 表示所有网卡,端口 0 表示任选一个空闲端口",
			"address to listen on; :8080 means every interface, port 0 any free port"}},
		{key: "public_url", def: "", value: "URL", valid: validPublicURL, help: text{
			"客户访问本站的网址,用于生成完整链接,例如 https://help.example.com",
			"address at which customers reach this site, for absolute links, such as https://help.example.com"}},
		{key: "engine", def: "local", value: "NAME", choices: []string{"local"}, help: text{
			"索引引擎",
			"index engine"}},
		{key: "lang", def: "", value: "LANG", choices: []string{"zh", "en"}, help: text{
			"提示信息的语言;不设则看 LC_ALL、LANG",
			"language of messages; from LC_ALL, LANG when not set"}},
		{key: "site.name", def: "", value: "TEXT", help: text{
			"页面上显示的站点名称",
			"name of the site, shown on pages"}},
		{key: "site.contact_url", def: "", value: "URL", valid: validContactURL, help: text{
			"转人工的链接(https:、mailto:、tel: 或本站路径),企业微信客服用 https://work.weixin.qq.com/kfid/…;{trail} 会换成客户的搜索轨迹",
			"where customers reach a human (https:, mailto:, tel:, or a path of the site); {trail} becomes the trail of what they searched"}},
		{key: "site.contact_text", def: "", value: "TEXT", help: text{
			"转人工链接的文字,例如 联系人工客服(工作日 9:00–18:00)",
			"wording of that link on Chinese pages"}},
		{key: "site.contact_text_en", def: "", value: "TEXT", help: text{
			"英文页面上转人工链接的文字",
			"wording of that link on English pages"}},
		{key: "site.contact_script", def: "", value: "URL", valid: validHTTPS, help: text{
			"在线客服脚本的网址(https),每个页面都会加载;内容安全策略只放行它的来源。轨迹在 script 标签的 data-trail 中",
			"https address of a web chat's script, loaded on every page; the content security policy allows its origin only. The trail is in data-trail of the script tag"}},
		{key: "site.logo", def: "", value: "PATH", help: text{
			"站点标志:文章文件夹中的图片路径,或 https 网址",
			"logo of the site: path of an image in the content folder, or an https address"}},
		{key: "site.accent", def: "", value: "COLOUR", valid: validColour, help: text{
			"链接和按钮的颜色,例如 #0f6e5a;看不清时会自动调深或调浅",
			"colour of links and buttons, such as #0f6e5a; made darker or lighter where it could not be read"}},
		{key: "site.footer", def: "", value: "TEXT", help: text{
			"页脚文字,例如 © 2026 公司名 · 粤ICP备00000000号",
			"text at the bottom of Chinese pages"}},
		{key: "site.footer_en", def: "", value: "TEXT", help: text{
			"英文页面的页脚文字",
			"text at the bottom of English pages"}},
		{key: "admin.key", def: "", value: "KEY", secret: true, help: text{
			"打开全部接口的密钥,但只看得到公开文章;不设时,管理接口只认有 admin 权限的接口密钥。命令行参数会被本机其他用户看到,请优先使用 admin.key_file",
			"a key of every scope that shows public articles only; without it, the admin interface takes API keys of scope admin only; other users of the machine see flags, prefer admin.key_file"}},
		{key: "admin.key_file", def: "", value: "FILE", help: text{
			"内容为管理密钥的文件(Docker、Kubernetes secret)",
			"file that holds the admin key (a Docker or Kubernetes secret)"}},
		{key: "auth.keys", def: "", value: "JSON", secret: true, help: text{
			"接口密钥,与 jieda key create --file 写出的 JSON 相同;适合只能用环境变量的容器",
			"API keys, the JSON that jieda key create --file writes; for containers that have the environment only"}},
		{key: "auth.keys_file", def: "", value: "FILE", help: text{
			"由 jieda key create --file 写出、只读挂载的密钥文件(Docker、Kubernetes secret);改动约一秒内生效。数据文件夹中的 keys.json 照常有效",
			"file of API keys written by jieda key create --file and mounted read-only (a Docker or Kubernetes secret); changes count within about a second, beside keys.json in the data folder"}},
		{key: "dify.knowledge", kind: list, def: []string(nil), value: "ID=WHAT,…", valid: validKnowledge, help: text{
			"Dify 中的外部知识库 ID 各指什么:ID=category:分类 或 ID=audience:受众;ID 为 all 时是密钥可见的全部内容,无需设置",
			"what the external knowledge ids of Dify stand for: ID=category:NAME or ID=audience:NAME; the id all is everything that the key may see and needs no setting"}},
		{key: "log.level", def: "info", value: "LEVEL", choices: []string{"debug", "info", "warn", "error"}, help: text{
			"日志级别",
			"lowest level that is logged"}},
		{key: "log.format", def: "text", value: "FORMAT", choices: []string{"text", "json"}, help: text{
			"日志格式",
			"format of log lines"}},
		{key: "searchlog.store", def: "sqlite", value: "STORE", valid: validStore, help: text{
			"搜索日志存在哪里:sqlite 表示数据文件夹中的 searchlog.db,sqlite:/路径/文件.db 表示指定的文件,none 表示不记录(也不收反馈)",
			"where the search log is kept: sqlite means searchlog.db in the data folder, sqlite:/path/to/file.db a file elsewhere, none that nothing is recorded and no feedback taken"}},
		{key: "searchlog.keep_days", kind: count, def: 180, help: text{
			"搜索日志保留多少天,更早的记录会被删除",
			"days for which the search log is kept; what is older is deleted"}},
		{key: "trail.secret", def: "", value: "SECRET", secret: true, valid: validTrailSecret, help: text{
			"为 trail 签名的密钥,至少 16 个字节;不设则自动生成并存入数据文件夹的 trail.key。多台服务器须设成相同的值",
			"secret that signs trails, at least 16 bytes; made and kept in trail.key in the data folder when not set. Several servers need the same"}},
		{key: "trail.secret_file", def: "", value: "FILE", help: text{
			"内容为 trail 密钥的文件(Docker、Kubernetes secret)",
			"file that holds the secret of trails (a Docker or Kubernetes secret)"}},
		{key: "server.query_timeout", kind: duration, def: 2 * time.Second, help: text{
			"一次搜索最长用时",
			"time that one search may take"}},
		{key: "server.max_concurrent", kind: count, def: 64, help: text{
			"同时进行的搜索数上限,超出的请求得到 503",
			"searches at the same time; what comes on top gets a 503"}},
		{key: "server.read_header_timeout", kind: duration, def: 5 * time.Second, help: text{
			"读取请求头最长用时",
			"time to read the header of a request"}},
		{key: "server.read_timeout", kind: duration, def: 30 * time.Second, help: text{
			"读取整个请求最长用时",
			"time to read a whole request"}},
		{key: "server.idle_timeout", kind: duration, def: 2 * time.Minute, help: text{
			"空闲连接保留多久",
			"time an idle connection is kept"}},
		{key: "server.drain_delay", kind: duration, def: time.Second, help: text{
			"收到停止信号后,/readyz 先返回 503 并继续服务这么久,让负载均衡把流量移走;Kubernetes 中建议 5s 以上",
			"time to go on serving, with 503 on /readyz, after a stop signal, so that load balancers move on; 5s or more in Kubernetes"}},
		{key: "server.shutdown_timeout", kind: duration, def: 10 * time.Second, help: text{
			"此后等待未完成的请求最长用时",
			"time given to unfinished requests after that"}},
		{key: "server.trusted_proxies", kind: list, def: []string(nil), value: "NETWORK,…", valid: validNetwork, help: text{
			"可信反向代理的地址或地址段;只有来自这些地址的 X-Forwarded-For 才会被采信",
			"addresses or networks of reverse proxies whose X-Forwarded-For is believed"}},
		{key: "server.rate_limit", kind: number, def: 3000, help: text{
			"不带密钥时,每个地址平均每分钟最多请求数;0 表示不限。密钥有自己的上限,见 jieda key create;图片和静态文件不计",
			"requests a minute, on average, of one address without a key; 0 means any number. Keys have limits of their own, see jieda key create; images and static files do not count"}},
		{key: "server.cors_origins", kind: list, def: []string(nil), value: "ORIGIN,…", valid: validOrigin, help: text{
			"哪些网站的页面可以在浏览器里调用接口,例如 https://www.example.com;* 表示所有网站",
			"sites whose pages may call the API in a browser, such as https://www.example.com; * means every site"}},
		{key: "decision.none_below", kind: share, def: defaults.NoneBelow, help: text{
			"最高得分不超过此值时,不直接回答,也不请客户选择;可用 jieda eval --fit 按本站的测试问题确定",
			"a best score up to this is neither answered nor offered as a choice; jieda eval --fit finds the site's own"}},
		{key: "decision.suggest_from", kind: share, def: defaults.SuggestFrom, help: text{
			"最高得分低于此值时,视为没有答案;从此值到 none_below 只作为参考链接",
			"a best score below this means that there is no answer; from here to none_below results are shown as links"}},
		{key: "decision.answer_from", kind: share, def: defaults.AnswerFrom, help: text{
			"第一条结果正确的可能性达到此值时,可以直接回答",
			"likelihood of the first result being right from which it is an answer"}},
		{key: "semantic.url", def: "", value: "URL", valid: validEndpoint, help: text{
			"语义检索:OpenAI 兼容的向量接口地址,例如 http://127.0.0.1:11434/v1;不设则关闭,见 docs/semantic.zh-CN.md",
			"search by meaning: address of an embeddings API like OpenAI's, such as http://127.0.0.1:11434/v1; off when not set, see docs/semantic.md"}},
		{key: "semantic.model", def: "", value: "NAME", help: text{
			"向量模型的名称,例如 bge-m3",
			"name of the model, such as bge-m3"}},
		{key: "semantic.key", def: "", value: "KEY", secret: true, help: text{
			"向量接口的密钥;请优先使用 semantic.key_file",
			"key of that API; prefer semantic.key_file"}},
		{key: "semantic.key_file", def: "", value: "FILE", help: text{
			"内容为该密钥的文件",
			"file that holds the key"}},
		{key: "semantic.dimensions", kind: number, def: 0, help: text{
			"要求的向量维数;0 表示用模型自己的,多数模型不能改",
			"dimensions to ask for; 0 means those of the model, which most models do not let one choose"}},
		{key: "semantic.question_prefix", def: "", value: "TEXT", help: text{
			"加在问题前面的文字,有的模型需要,例如 E5 的 \"query: \"",
			"text to put before questions, which some models want, such as \"query: \" for E5"}},
		{key: "semantic.passage_prefix", def: "", value: "TEXT", help: text{
			"加在段落前面的文字,例如 E5 的 \"passage: \";改动后所有段落重新取向量",
			"text to put before passages, such as \"passage: \" for E5; a change asks for all vectors anew"}},
		{key: "semantic.timeout", kind: duration, def: semantic.DefaultTimeout, help: text{
			"一次搜索最多等向量接口多久,过时只按字词搜索",
			"time that a search waits for the API; then words alone decide"}},
		{key: "semantic.batch_timeout", kind: duration, def: semantic.DefaultBatchTimeout, help: text{
			"后台取一批段落的向量最长用时",
			"time for the vectors of a batch of passages, in the background"}},
		{key: "semantic.batch", kind: count, def: semantic.DefaultBatch, help: text{
			"一批几个段落",
			"passages in a batch"}},
		{key: "semantic.suggest_from", kind: share, def: hybrid.SuggestFrom, help: text{
			"字词搜不到时,语义接近度达到此值的结果作为参考链接;可用 jieda eval --fit 确定",
			"closeness in meaning from which a result that words would not offer is shown as a link; jieda eval --fit finds the site's own"}},
		{key: "semantic.choose_from", kind: share, def: hybrid.ChooseFrom, help: text{
			"接近度达到此值的结果可以请客户选择",
			"closeness from which customers may be asked to choose it"}},
		{key: "semantic.answer_from", kind: share, def: hybrid.AnswerFrom, help: text{
			"字词与语义合起来的可能性达到此值时直接回答;1 表示不用,只回答字词本来就会回答、语义也排第一的",
			"likelihood, by words and meaning, from which the first result is an answer; 1 means not to use it: only what words alone would answer is answered, if meaning puts it first too"}},
		{key: "watch.enabled", kind: onOff, def: true, help: text{
			"文件有变化时自动重建索引",
			"reindex when files change"}},
		{key: "watch.debounce", kind: duration, def: 300 * time.Millisecond, help: text{
			"文件安静多久后才重建",
			"quiet time to wait for after a change"}},
		{key: "watch.rescan", kind: duration, def: time.Minute, help: text{
			"隔多久完整检查一次文件夹(网络盘上收不到变化通知);0 表示不检查",
			"how often the folder is looked through anyway, for network disks that report no changes; 0 means never"}},
	}
}

// findSetting returns the setting of a key.
func findSetting(table []setting, key string) (setting, bool) {
	i := slices.IndexFunc(table, func(s setting) bool { return s.key == key })
	if i < 0 {
		return setting{}, false
	}
	return table[i], true
}

// parse turns a value as it stands in the YAML file (any type), in the environment or in a flag (always a string) into
// the Go type of the setting's kind. The text says what is wrong, and is zero when nothing is.
func (s setting) parse(value any) (any, text) {
	parsed, wrong := s.convert(value)
	if wrong != (text{}) {
		return nil, wrong
	}
	for _, one := range words(parsed) {
		if one == "" && s.def == any("") {
			continue // set to nothing, which is allowed
		}
		if len(s.choices) > 0 && !slices.Contains(s.choices, one) {
			all := strings.Join(s.choices, ", ")
			return nil, text{"只能是 " + all, "must be one of " + all}
		}
		if s.valid == nil {
			continue
		}
		if wrong := s.valid(one); wrong != (text{}) {
			return nil, wrong
		}
	}
	return parsed, text{}
}

// words returns the strings in a parsed value, for checks that concern strings.
func words(parsed any) []string {
	switch v := parsed.(type) {
	case string:
		return []string{v}
	case []string:
		return v
	default:
		return nil
	}
}

func (s setting) convert(value any) (any, text) {
	written := strings.TrimSpace(fmt.Sprint(value))
	switch s.kind {
	case onOff:
		if v, err := strconv.ParseBool(written); err == nil {
			return v, text{}
		}
		return nil, text{"只能是 true 或 false", "must be true or false"}
	case count:
		if v, err := strconv.Atoi(written); err == nil && v > 0 {
			return v, text{}
		}
		return nil, text{"必须是 1 或更大的整数", "must be a whole number, 1 or more"}
	case number:
		if v, err := strconv.Atoi(written); err == nil && v >= 0 {
			return v, text{}
		}
		return nil, text{"必须是 0 或更大的整数", "must be a whole number, 0 or more"}
	case duration:
		if v, err := time.ParseDuration(written); err == nil && v >= 0 {
			return v, text{}
		}
		return nil, text{"必须是带单位的时长,例如 500ms、2s、5m", "must be a time with its unit, such as 500ms, 2s or 5m"}
	case share:
		if v, err := strconv.ParseFloat(written, 64); err == nil && v > 0 && v <= 1 {
			return v, text{}
		}
		return nil, text{"必须是大于 0、不超过 1 的数,例如 0.45", "must be a number above 0 and not above 1, such as 0.45"}
	case list:
		return convertList(value)
	default:
		// A bare 012345 in YAML is the number 5349: better to refuse than to take a key for another one.
		if v, ok := value.(string); ok {
			return v, text{}
		}
		return nil, text{"必须是文字,请加上引号", "must be text: put it in quotes"}
	}
}

func convertList(value any) (any, text) {
	wrong := text{"必须是文字的列表", "must be a list of texts"}
	var out []string
	switch v := value.(type) {
	case string:
		for item := range strings.SplitSeq(v, ",") {
			if item = strings.TrimSpace(item); item != "" {
				out = append(out, item)
			}
		}
	case []any:
		for _, item := range v {
			s, ok := item.(string)
			if !ok {
				return nil, wrong
			}
			out = append(out, s)
		}
	default:
		return nil, wrong
	}
	return out, text{}
}

func validAddr(value string) text {
	_, port, err := net.SplitHostPort(value)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return text{"要写成 主机:端口,例如 127.0.0.1:8080 或 :8080", "must be host:port, such as 127.0.0.1:8080 or :8080"}
	}
	return text{}
}

func validPublicURL(value string) text {
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return text{"要写成 https://help.example.com,后面不带路径", "must look like https://help.example.com, without a path"}
	}
	return text{}
}

func validOrigin(value string) text {
	u, err := url.Parse(value)
	if value == "*" || err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Scheme+"://"+u.Host == value && u.Hostname() != "" {
		return text{}
	}
	return text{"要写成 https://www.example.com,后面不带斜线和路径;* 表示所有网站",
		"must look like https://www.example.com, without a slash or path behind it; * means every site"}
}

func validEndpoint(value string) text {
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return text{"要写成 http://127.0.0.1:11434/v1", "must look like http://127.0.0.1:11434/v1"}
	}
	return text{}
}

func validContactURL(value string) text {
	u, err := url.Parse(value)
	if err == nil {
		switch {
		case (u.Scheme == "http" || u.Scheme == "https") && u.Host != "",
			(u.Scheme == "mailto" || u.Scheme == "tel") && u.Opaque != "",
			u.Scheme == "" && strings.HasPrefix(value, "/"):
			return text{}
		}
	}
	return text{
		"必须以 https://、http://、mailto: 或 tel: 开头,或是本站的路径,例如 /contact",
		"must begin with https://, http://, mailto: or tel:, or be a path of the site, such as /contact"}
}

func validStore(value string) text {
	scheme, path, _ := strings.Cut(value, ":")
	if value == "none" || value == "sqlite" || scheme == "sqlite" && path != "" && !strings.HasPrefix(path, "//") {
		return text{}
	}
	return text{
		"只能是 sqlite、sqlite:/路径/文件.db 或 none",
		"must be sqlite, sqlite:/path/to/file.db or none"}
}

func validKnowledge(value string) text {
	if _, err := api.ParseKnowledge(value); err != nil {
		return text{"要写成 ID=category:分类 或 ID=audience:受众,ID 不能是 all", "must be ID=category:NAME or ID=audience:NAME, and the ID not all"}
	}
	return text{}
}

func validTrailSecret(value string) text {
	if value != "" && len(value) < searchlog.MinSecret {
		return text{
			fmt.Sprintf("至少要有 %d 个字节,可用 openssl rand -hex 32 生成", searchlog.MinSecret),
			fmt.Sprintf("must have at least %d bytes; openssl rand -hex 32 makes one", searchlog.MinSecret)}
	}
	return text{}
}

func validHTTPS(value string) text {
	if u, err := url.Parse(value); err == nil && u.Scheme == "https" && u.Host != "" {
		return text{}
	}
	return text{"必须以 https:// 开头", "must begin with https://"}
}

func validColour(value string) text {
	digits, ok := strings.CutPrefix(value, "#")
	if _, err := strconv.ParseUint(digits, 16, 32); ok && err == nil && (len(digits) == 6 || len(digits) == 3) {
		return text{}
	}
	return text{"要写成 #0f6e5a 这样", "must look like #0f6e5a"}
}

func validNetwork(value string) text {
	if _, err := netip.ParsePrefix(value); err == nil {
		return text{}
	}
	if _, err := netip.ParseAddr(value); err == nil {
		return text{}
	}
	return text{"必须是地址或地址段,例如 192.0.2.7 或 10.0.0.0/8", "must be an address or a network, such as 192.0.2.7 or 10.0.0.0/8"}
}
