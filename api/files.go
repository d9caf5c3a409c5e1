package api

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // the formats of which imageSize knows the size
	_ "image/jpeg" //
	_ "image/png"  //
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"
)

// A served file is one of these types. What a browser could run as a page of ours is only ever downloaded.
type served struct {
	mime     string
	download bool
	sandbox  bool // may hold scripts: they must not run
}

// fileType says how a file of the content folder is served, if it is: images, documents and archives are, by their
// names. Markdown sources, the rules in _search, and whatever else lies in an editor's folder are not.
func fileType(name string) (t served, ok bool) {
	if !fs.ValidPath(name) {
		return t, false
	}
	for _, segment := range strings.Split(name, "/") {
		if segment[0] == '.' || segment[0] == '_' {
			return t, false
		}
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".png":
		return served{mime: "image/png"}, true
	case ".jpg", ".jpeg":
		return served{mime: "image/jpeg"}, true
	case ".gif":
		return served{mime: "image/gif"}, true
	case ".webp":
		return served{mime: "image/webp"}, true
	case ".avif":
		return served{mime: "image/avif"}, true
	case ".svg":
		return served{mime: "image/svg+xml", sandbox: true}, true
	case ".pdf":
		return served{mime: "application/pdf"}, true
	case ".mp4":
		return served{mime: "video/mp4"}, true
	case ".webm":
		return served{mime: "video/webm"}, true
	case ".mp3":
		return served{mime: "audio/mpeg"}, true
	case ".zip", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".csv", ".txt":
		return served{mime: "application/octet-stream", download: true}, true
	}
	return t, false
}

// file answers GET /files/*: with the logo, and with a file that an article uses which the caller may open; with 404 for
// every other.
func (s *Server) file(c echo.Context) error {
	missing := &refusal{status: http.StatusNotFound, code: ProblemCodeNotFound}
	name := pathParam(c, "*")
	t, ok := fileType(name)
	if !ok || s.files == nil {
		return missing
	}
	who := callerOf(c.Request().Context())
	shown := name == s.opts.Brand.logoFile() // which is on every page and seldom in an article
	if !shown {
		var err error
		if shown, err = s.index.Shows(name, who.audiences); err != nil {
			return err
		}
	}
	if !shown {
		return missing
	}
	f, err := s.files.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return missing
	}
	if err != nil {
		return fmt.Errorf("open a file of the content folder: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("read a file of the content folder: %w", err)
	}
	if !info.Mode().IsRegular() {
		return missing
	}
	body, ok := f.(io.ReadSeeker)
	if !ok {
		return fmt.Errorf("the content folder's %T cannot seek", f)
	}
	h := c.Response().Header()
	h.Set("Content-Type", t.mime)
	h.Add("Vary", echo.HeaderAuthorization)
	if who.isPublic() {
		h.Set("Cache-Control", "public, max-age=3600")
	} else { // a cache that many share would show it to those without the key
		h.Set("Cache-Control", "private, max-age=3600")
	}
	switch {
	case t.download:
		h.Set("Content-Disposition", "attachment")
	case t.sandbox:
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	default:
		h.Del("Content-Security-Policy") // the browser's own PDF viewer needs more than our pages do
	}
	http.ServeContent(c.Response(), c.Request(), "", info.ModTime(), body)
	return nil
}

// imageSize returns the width and height of an image of the content folder in pixels, from the first bytes of the file; 0
// for what is no PNG, JPEG or GIF.
func (s *Server) imageSize(name string) (width, height int) {
	if t, ok := fileType(name); !ok || !strings.HasPrefix(t.mime, "image/") || s.files == nil {
		return 0, 0
	}
	f, err := s.files.Open(name)
	if err != nil {
		return 0, 0
	}
	defer f.Close()
	config, _, err := image.DecodeConfig(bufio.NewReader(f))
	if err != nil {
		return 0, 0
	}
	return config.Width, config.Height
}
