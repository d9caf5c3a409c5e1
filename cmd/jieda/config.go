package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"
)

// A source is a place where settings are read. Later ones win.
type source int

const (
	fromDefault source = iota
	fromFile
	fromEnv
	fromFlag
)

// A configuration is the settings that were read: the Config, and for each key where its value came from.
type configuration struct {
	Config
	file    string // path of the YAML file, empty when there is none
	sources map[string]source
	values  map[string]any // by key, of the kind's Go type
}

// A configReader collects settings and every mistake in them, so that an operator sees all of them at once.
type configReader struct {
	p        *program
	table    []setting
	merged   *koanf.Koanf
	sources  map[string]source
	mistakes []string
}

// readConfig reads the settings in the order defaults < file < environment < flags. flags holds those the command
// defines (see addSettings) and --config. Mistakes come back as one usageError that names each of them.
func (p *program) readConfig(flags *pflag.FlagSet) (*configuration, error) {
	r := &configReader{p: p, table: settings(), merged: koanf.New("."), sources: map[string]source{}}
	for _, s := range r.table {
		r.set(s.key, s.def, fromDefault)
	}
	path := lookup(p.environ, "JIEDA_CONFIG")
	if f := flags.Lookup("config"); f != nil && f.Changed {
		path = f.Value.String()
	}
	if path != "" {
		r.readFile(path)
	}
	r.readEnv()
	r.readFlags(flags)
	c := &configuration{file: path, sources: r.sources, values: r.merged.All()}
	r.readSecretFiles()
	if len(r.mistakes) == 0 {
		if err := r.merged.UnmarshalWithConf("", &c.Config, koanf.UnmarshalConf{}); err != nil {
			return nil, fmt.Errorf("reading settings: %w", err)
		}
		if c.Lang != "" {
			p.lang = language(c.Lang)
		}
		return c, nil
	}
	return nil, &usageError{strings.Join(r.mistakes, "\n       ")}
}

func (r *configReader) set(key string, value any, from source) {
	if err := r.merged.Set(key, value); err != nil {
		r.mistakes = append(r.mistakes, fmt.Sprintf("%s: %v", key, err))
	}
	r.sources[key] = from
}

// mistake notes something an operator must change. where is the key, variable or flag as the operator wrote it.
func (r *configReader) mistake(where string, wrong text, args ...any) {
	r.mistakes = append(r.mistakes, fmt.Sprintf("%s: %s", where, fmt.Sprintf(r.p.say(wrong), args...)))
}

// take checks one value and keeps it.
func (r *configReader) take(s setting, where string, value any, from source) {
	if s.secret && value == mask {
		r.mistake(where, text{
			"这是 config print 遮住密钥用的星号,请填真正的密钥",
			"these are the stars with which config print hides a secret: put the secret itself"})
		return
	}
	parsed, wrong := s.parse(value)
	if wrong != (text{}) {
		shown := fmt.Sprintf("%q", fmt.Sprint(value))
		if s.secret {
			shown = mask
		}
		r.mistake(where, text{"%s 不行," + wrong.zh, "%s will not do, it " + wrong.en}, shown)
		return
	}
	r.set(s.key, parsed, from)
}

func (r *configReader) readFile(path string) {
	read := koanf.New(".")
	err := read.Load(file.Provider(path), yaml.Parser())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.mistake(path, text{"没有这个配置文件;请检查 --config 或 JIEDA_CONFIG", "there is no such file: check --config or JIEDA_CONFIG"})
		return
	case err != nil:
		r.mistake(path, text{"读不懂这个配置文件:%v", "cannot read this file of settings: %v"}, err)
		return
	}
	r.merge(read, fromFile, func(key string) string { return path + ": " + key })
}

// kubernetesService matches the variables that Kubernetes sets in every pod beside a Service that is named "jieda".
var kubernetesService = regexp.MustCompile(`^JIEDA_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$`)

func (r *configReader) readEnv() {
	inKubernetes := lookup(r.p.environ, "KUBERNETES_SERVICE_HOST") != ""
	read := koanf.New(".")
	err := read.Load(env.Provider(".", env.Opt{
		Prefix:      "JIEDA_",
		EnvironFunc: func() []string { return r.p.environ },
		TransformFunc: func(name, value string) (string, any) {
			i := slices.IndexFunc(r.table, func(s setting) bool { return s.env() == name })
			switch {
			case name == "JIEDA_CONFIG", inKubernetes && kubernetesService.MatchString(name):
				return "", nil
			case i < 0:
				r.unknown(name, name, setting.env)
				return "", nil
			case value == "": // as good as not set: what a compose file makes of ${UNSET}
				return "", nil
			}
			return r.table[i].key, value
		},
	}), nil)
	if err != nil {
		r.mistakes = append(r.mistakes, err.Error())
		return
	}
	r.merge(read, fromEnv, func(key string) string { return setting{key: key}.env() })
}

func (r *configReader) readFlags(flags *pflag.FlagSet) {
	read := koanf.New(".")
	err := read.Load(posflag.ProviderWithFlag(flags, ".", nil, func(f *pflag.Flag) (string, any) {
		i := slices.IndexFunc(r.table, func(s setting) bool { return s.flag() == f.Name })
		if i < 0 {
			return "", nil // --help, --json: not a setting
		}
		return r.table[i].key, f.Value.String()
	}), nil)
	if err != nil {
		r.mistakes = append(r.mistakes, err.Error())
		return
	}
	r.merge(read, fromFlag, func(key string) string { return "--" + setting{key: key}.flag() })
}

// merge takes over what was read in one source; spell writes a key as the operator wrote it there.
func (r *configReader) merge(read *koanf.Koanf, from source, spell func(key string) string) {
	for _, key := range read.Keys() { // sorted
		value := read.Get(key)
		s, known := findSetting(r.table, key)
		switch {
		case value == nil && (known || r.isSection(key)): // "site:" with nothing behind it
		case known:
			r.take(s, spell(key), value, from)
		default:
			r.unknown(spell(key), key, func(s setting) string { return s.key })
		}
	}
}

func (r *configReader) isSection(key string) bool {
	return slices.ContainsFunc(r.table, func(s setting) bool { return strings.HasPrefix(s.key, key+".") })
}

// readSecretFiles replaces a secret by the content of its file, when the file was named in a later source than the
// secret itself.
func (r *configReader) readSecretFiles() {
	for _, s := range r.table {
		if !s.secret {
			continue
		}
		fileKey := s.key + "_file"
		path := r.merged.String(fileKey)
		switch {
		case path == "" || r.sources[s.key] > r.sources[fileKey]:
			continue
		case r.sources[s.key] == r.sources[fileKey] && r.merged.String(s.key) != "":
			r.mistake(s.key, text{"与 %s 只能设一个", "set either this or %s, not both"}, fileKey)
			continue
		}
		data, err := os.ReadFile(path)
		secret := strings.TrimRight(string(data), "\r\n")
		switch {
		case err != nil:
			r.mistake(fileKey, text{"读不了密钥文件:%v", "cannot read the file of the secret: %v"}, err)
		case secret == "":
			r.mistake(fileKey, text{"密钥文件 %s 是空的", "the file of the secret, %s, is empty"}, path)
		default:
			if _, wrong := s.parse(secret); wrong != (text{}) {
				r.mistake(fileKey, text{"密钥文件 %s 的内容" + wrong.zh, "what is in the file of the secret, %s, " + wrong.en}, path)
				continue
			}
			r.set(s.key, secret, r.sources[s.key])
		}
	}
}

// unknown refuses a key that no setting has and offers the nearest one; spell writes a setting as the operator did.
func (r *configReader) unknown(where, key string, spell func(setting) string) {
	names := make([]string, len(r.table))
	for i, s := range r.table {
		names[i] = spell(s)
	}
	near := nearest(key, names)
	for _, name := range names {
		if strings.HasSuffix(name, "."+key) { // contact_url written outside its section, site
			near = name
		}
	}
	if near != "" {
		r.mistake(where, text{"没有这个设置项,是不是 %s?", "there is no such setting; did you mean %s?"}, near)
		return
	}
	r.mistake(where, text{
		"没有这个设置项;全部设置项见 jieda config print",
		"there is no such setting; see all of them with: jieda config print"})
}

// nearest returns the name with the smallest edit distance to word, empty when none is near.
func nearest(word string, names []string) string {
	best, bestDistance := "", max(2, len(word)/3)+1
	for _, name := range names {
		if d := editDistance(word, name); d < bestDistance {
			best, bestDistance = name, d
		}
	}
	return best
}

// editDistance counts the bytes to insert, delete or replace to make b from a (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

const mask = "********" // what config print shows of a secret

// print writes the settings as a YAML file that jieda reads back, with where each value came from. Secrets are masked,
// so a file made of it still needs them.
func (c *configuration) print(p *program) {
	section := ""
	for _, s := range settings() {
		group, name, nested := strings.Cut(s.key, ".")
		indent := "  "
		if !nested {
			group, name, indent = "", s.key, ""
		}
		if group != section {
			fmt.Fprintf(p.stdout, "%s:\n", group)
			section = group
		}
		line := fmt.Sprintf("%s%s: %s", indent, name, c.yamlValue(s))
		origin := ""
		switch c.sources[s.key] {
		case fromFile:
			origin = "  # " + c.file
		case fromEnv:
			origin = "  # " + s.env()
		case fromFlag:
			origin = "  # --" + s.flag()
		}
		fmt.Fprintln(p.stdout, line+origin)
	}
}

func (c *configuration) yamlValue(s setting) string {
	switch v := c.values[s.key].(type) {
	case string:
		if s.secret && v != "" {
			v = mask
		}
		return fmt.Sprintf("%q", v) // Go and YAML quote alike, as far as paths, addresses and Chinese go
	case []string:
		quoted := make([]string, len(v))
		for i, item := range v {
			quoted[i] = fmt.Sprintf("%q", item)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	case time.Duration:
		return shortDuration(v)
	default:
		return fmt.Sprint(v)
	}
}

// shortDuration writes 5m, not 5m0s.
func shortDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
