package content

import (
	"cmp"
	"crypto/sha256"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A comparison checks the articles of a library against each other.
type comparison struct {
	pages    []*page // with an article, sorted by path
	files    map[string]bool
	problems []Problem

	byID   map[string]*page
	byPath map[string]*page
}

func (c *comparison) warn(p *page, line int, code Code, args ...string) {
	c.problems = append(c.problems, Problem{Path: p.article.Path, Line: line, Code: code, Args: args})
}

// ids makes the IDs unique: the first file that claims one keeps it, but what an editor wrote goes before what was
// derived from a path.
func (c *comparison) ids() {
	c.byID, c.byPath = make(map[string]*page), make(map[string]*page)
	order := slices.Clone(c.pages)
	slices.SortStableFunc(order, func(a, b *page) int {
		return cmp.Compare(btoi(b.givenID), btoi(a.givenID))
	})
	for _, p := range order {
		a := p.article
		c.byPath[a.Path] = p
		owner, taken := c.byID[a.ID]
		if taken {
			old := a.ID
			id := deriveID(a.Path)
			if c.byID[id] != nil {
				id = cleanID(a.Path) // with its extension
			}
			for n := 2; c.byID[id] != nil; n++ {
				id = cleanID(a.Path) + "-" + strconv.Itoa(n)
			}
			a.setID(id)
			c.warn(p, p.idLine, idDuplicate, old, owner.article.Path, id)
		}
		c.byID[a.ID] = p
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// setID changes the ID of an article and of its passages.
func (a *Article) setID(id string) {
	for i := range a.Passages {
		a.Passages[i].ID = id + strings.TrimPrefix(a.Passages[i].ID, a.ID)
	}
	a.ID = id
}

// aliases finds those that lead to another article: an id or path goes before an alias, and of two articles with the
// same alias the first has it. Slashes around an alias do not count.
func (c *comparison) aliases() {
	first := make(map[string]*page)
	for _, p := range c.pages {
		for _, alias := range p.article.Aliases {
			name := strings.Trim(alias, "/")
			owner := cmp.Or(c.byID[name], c.byPath[name], first[name])
			switch owner {
			case nil:
				first[name] = p
			case p:
			default:
				c.warn(p, p.aliasLine, aliasTaken, alias, owner.article.Path)
			}
		}
	}
}

// audiences says for each audience how many articles only it may see, once, at the first of them: other programs write
// "audience: ITPro" and mean no secret by it. The names public and staff are ours, so whoever writes them means it.
func (c *comparison) audiences() {
	type use struct {
		first    *page
		articles int
	}
	uses := make(map[string]*use)
	var names []string // in the order in which they occur
	for _, p := range c.pages {
		if slices.Contains(p.onlyFor, "staff") {
			continue
		}
		for _, name := range p.onlyFor {
			if uses[name] == nil {
				uses[name] = &use{first: p}
				names = append(names, name)
			}
			uses[name].articles++
		}
	}
	for _, name := range names {
		c.warn(uses[name].first, uses[name].first.audienceLine, audienceOnly, name, strconv.Itoa(uses[name].articles))
	}
}

// texts finds articles of which one is a copy of the other.
func (c *comparison) texts() {
	first := make(map[[sha256.Size]byte]*page)
	for _, p := range c.pages {
		body := strings.TrimSpace(p.article.Body)
		if body == "" {
			continue
		}
		sum := sha256.Sum256([]byte(body))
		if other, ok := first[sum]; ok {
			c.warn(p, 0, articleTwice, other.article.Path)
			p.asked = nil // every question of a copy is asked twice, once is enough to say so
			continue
		}
		first[sum] = p
	}
}

// questions finds questions that two passages answer.
func (c *comparison) questions() {
	type place struct {
		page *page
		line int
	}
	first := make(map[string]place)
	for _, p := range c.pages {
		for _, q := range p.asked {
			key := fold(q.text)
			if key == "" || utf8.RuneCountInString(key) < 5 && !isQuestion(q.text) {
				continue // 概述, 更新历史: a heading that says nothing by itself
			}
			other, ok := first[key]
			if !ok {
				first[key] = place{p, q.line}
				continue
			}
			if other.page == p && other.line == q.line {
				continue
			}
			at := other.page.article.Path + ":" + strconv.Itoa(other.line)
			c.warn(p, q.line, questionTwice, cutText(q.text, 40), at)
		}
	}
}

// related finds related articles that do not exist.
func (c *comparison) related() {
	for _, p := range c.pages {
		for _, to := range p.article.Related {
			name, _, _ := strings.Cut(to, "#")
			if name == "" || c.byID[name] != nil || c.byPath[strings.TrimPrefix(name, "/")] != nil ||
				c.target(path.Join(path.Dir(p.article.Path), name)) != "" {
				continue
			}
			c.warn(p, p.relatedLine, relatedMissing, to)
		}
	}
}

// links finds links and images that lead nowhere.
func (c *comparison) links() {
	lower := make(map[string]string, len(c.files))
	for name := range c.files {
		key := strings.ToLower(name)
		if have, ok := lower[key]; !ok || name < have {
			lower[key] = name
		}
	}
	aliases := make(map[string]bool)
	for _, p := range c.pages {
		for _, alias := range p.article.Aliases {
			aliases[strings.Trim(alias, "/")] = true
		}
	}
	for _, p := range c.pages {
		for _, l := range p.links {
			name, fragment, local := resolve(p.article.Path, l.dest)
			if !local {
				if name != "" {
					c.warn(p, l.line, linkOutside, l.dest)
				}
				continue
			}
			target := c.target(name)
			switch {
			case target != "":
				if to := c.byPath[target]; to != nil && fragment != "" && !to.places[strings.ToLower(fragment)] {
					c.warn(p, l.line, anchorMissing, target, fragment)
				}
			case aliases[name]:
			case lower[strings.ToLower(name)] != "":
				c.warn(p, l.line, linkCase, l.dest, lower[strings.ToLower(name)])
			case strings.HasPrefix(l.dest, "/") && !c.isFile(name):
				// a page of the site that embeds us, which we cannot know
			default:
				c.warn(p, l.line, linkBroken, l.dest)
			}
		}
	}
}

// isFile says whether a path that does not exist was meant to be a file of the folder.
func (c *comparison) isFile(name string) bool { return isMarkdown(name) }

// target returns the file that a path below the content folder leads to: itself, with an extension added, or the page
// of the folder; "" when there is none. Folders themselves are "/".
func (c *comparison) target(name string) string {
	if name == "." || name == "" {
		return "/"
	}
	for _, candidate := range []string{name, name + ".md", name + "/index.md", name + "/_index.md", name + "/README.md"} {
		if c.files[candidate] {
			return candidate
		}
	}
	if strings.HasSuffix(name, ".html") {
		return c.target(strings.TrimSuffix(name, ".html"))
	}
	return ""
}

// resolve makes a path below the content folder of a link in the article at path from: "../faq/退货.md#条件" in
// "training/新人.md" is "faq/退货.md" and "条件". A link that begins with "/" counts from the content folder. A link
// with a scheme or a host is not local, nor is one that is not UTF-8; for those name is empty. One that leads out of the
// folder is not local either, and name begins with "..".
func resolve(from, dest string) (name, fragment string, local bool) {
	dest = strings.TrimSpace(dest)
	u, err := url.Parse(dest)
	if err != nil {
		u = &url.URL{}
		u.Path, u.Fragment, _ = strings.Cut(dest, "#")
		if strings.Contains(u.Path, ":") {
			return "", "", false
		}
	}
	if u.Scheme != "" || u.Host != "" || u.Opaque != "" || u.User != nil || strings.HasPrefix(dest, "//") {
		return "", "", false
	}
	if u.Path == "" {
		if u.Fragment == "" {
			return "", "", false
		}
		return from, u.Fragment, true
	}
	if strings.HasPrefix(u.Path, "/") {
		name = path.Clean(u.Path)[1:]
	} else {
		name = path.Join(path.Dir(from), u.Path)
	}
	if !utf8.ValidString(name + u.Fragment) {
		return "", "", false
	}
	if name == ".." || strings.HasPrefix(name, "../") {
		return name, "", false
	}
	return name, u.Fragment, true
}
