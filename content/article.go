package content

import "time"

// Kind says how an article is cut into passages.
type Kind string

const (
	// FAQ articles hold one question with its answer, or several questions, one heading each.
	FAQ Kind = "faq"
	// Training articles are longer texts; each section is a passage.
	Training Kind = "training"
)

// Public is the audience of articles that everybody may see.
const Public = "public"

// An Article 文章 is one Markdown file, as its editor meant it: front matter where there is some, everything
// else derived from headings, file name and folders.
type Article struct {
	// ID is stable while the file is edited: front matter "id", or else derived from the path. It is unique in a
	// Library and is made of letters (Chinese ones too), digits and "-_./" only.
	ID string
	// Path is the file's slash-separated path below the content folder, "faq/退货.md".
	Path        string
	Kind        Kind
	Title       string
	Description string
	// Category is a slash-separated path, "售后/退货"; empty for articles at the top.
	Category string
	// Keywords and Tags are in the editor's order, without duplicates.
	Keywords []string
	Tags     []string
	// Lang is a BCP 47 tag, "zh-CN", "zh-TW", "en"; detected from the text when the editor does not say.
	Lang string
	// Weight orders lists: smaller first, as in Hugo; 0 means "not set" and comes last.
	Weight int
	// Audience says who may see it; never empty. [Public] unless the editor says otherwise.
	Audience []string
	Channel  []string
	Owner    string
	// Date, Updated, ReviewBy, ValidFrom and ValidUntil are zero when unknown. ValidUntil is the first moment at
	// which the article is no longer valid: "valid_until: 2026-12-31" means through the whole of that day, local time.
	Date, Updated, ReviewBy time.Time
	ValidFrom, ValidUntil   time.Time
	// Aliases are old URL paths of this article; Related are IDs or paths of others, as the editor wrote them.
	Aliases []string
	Related []string
	// Files are the images and attachments that the article shows or links to, as paths below the content folder, sorted;
	// some may not exist. Who may see none of the articles of a file should not see the file.
	Files []string
	// Hidden articles ("search: false") can be opened but are never found.
	Hidden bool
	// Body is the Markdown below the front matter, valid UTF-8 with "\n" line ends; what Render takes.
	Body string
	// Passages is never empty, in the order of the text. Hidden articles have passages too.
	Passages []Passage
}

// A Passage 段落 is the unit that is found: one question with its answer, or one section of a training article.
type Passage struct {
	// ID is the article's ID, followed by "#" and Anchor when Anchor is not empty. A passage of more than 20,000
	// characters is cut into several with the same Question and Anchor; "~2", "~3" … follow the ID of the later ones.
	ID string
	// Anchor is the id of the heading in the rendered article, unique in it; empty for what stands before the first
	// heading and for articles of a single passage.
	Anchor string
	// Line is where the passage begins in the file, from 1.
	Line int
	// Headings are the headings above the passage, outermost first, without the article's title and without its
	// own heading.
	Headings []string
	// Question 标准问 is the passage's standard question: its heading, in an FAQ without numbers and "Q:" before it, or
	// the article's title. Never empty.
	Question string
	// Alternates 相似问 are other ways customers ask it; Negatives 反例问 look alike and must not get it.
	Alternates []string
	Negatives  []string
	Keywords   []string
	// Text is the plain text of the passage without its question, paragraphs separated by "\n": table cells by a
	// blank, no Markdown signs, image alt texts kept. Empty when there is a question and nothing else.
	Text string
	// Markdown is the same as the editor wrote it, without the lines that are not shown (相似问 …).
	Markdown string
}

// Shown says whether an article may be found by somebody who belongs to any of the audiences.
func (a *Article) Shown(audiences []string) bool {
	for _, have := range a.Audience {
		if have == Public {
			return true
		}
		for _, want := range audiences {
			if have == want {
				return true
			}
		}
	}
	return false
}

// Valid says whether the article is valid at the given moment.
func (a *Article) Valid(at time.Time) bool {
	return (a.ValidFrom.IsZero() || !at.Before(a.ValidFrom)) && (a.ValidUntil.IsZero() || at.Before(a.ValidUntil))
}
