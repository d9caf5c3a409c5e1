package content

import (
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// TestFilesOfArticle: every way in which an article can show or link to a file.
func TestFilesOfArticle(t *testing.T) {
	lib, err := Read(t.Context(), fstest.MapFS{"faq/售后/退货.md": {Data: []byte(`# 退货 ![标题](标题.png)

![步骤](步骤.png) ![又一次](./步骤.png?v=2) [单子](/附件/%E5%8D%95%E5%AD%90.docx#1) [换货](换货.md) [无](../目录)
[外](https://example.com/x.png) ![出去](../../../x.png) [引用][a] ` + "`![代码](代码.png)`" + `

<div><video src="片.mp4" controls></video><audio><source src="音.mp3"></audio></div> 行内 <img src="行内.png"> <a href='双.pdf'>双</a>

- 列表 ![项](项.gif)
  > 引用 ![引](引.webp)

| 表 |
|---|
| ![格](格.avif) |

脚注[^1]

[^1]: 见 ![注](注.jpg)

[a]: 引用.zip
`)}}, nil)
	if err != nil || len(lib.Articles) != 1 {
		t.Fatal(lib, err)
	}
	a := lib.Articles[0]
	want := []string{
		"faq/售后/双.pdf", "faq/售后/引.webp", "faq/售后/引用.zip", "faq/售后/标题.png", "faq/售后/格.avif", "faq/售后/步骤.png",
		"faq/售后/注.jpg", "faq/售后/片.mp4", "faq/售后/行内.png", "faq/售后/音.mp3", "faq/售后/项.gif", "附件/单子.docx",
	}
	if diff := cmp.Diff(want, a.Files); diff != "" {
		t.Errorf("files (-want +got)\n%s", diff)
	}
	checkFiles(t, &a)
}

// checkFiles fails the test when a page of the article leads to a file that is not among its Files.
func checkFiles(t *testing.T, a *Article) {
	t.Helper()
	has := map[string]bool{}
	for _, name := range a.Files {
		has[name] = true
	}
	_, _, err := Render(a, RenderOptions{Link: func(target string) string {
		name, _, _ := strings.Cut(target, "#")
		if !has[name] && !has[target] && !isMarkdown(name) && path.Ext(name) != "" {
			t.Errorf("%s leads to %q, which is not among its files %q", a.Path, target, a.Files)
		}
		return ""
	}})
	if err != nil {
		t.Error(err)
	}
}
