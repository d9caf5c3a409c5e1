package api

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"math"
	"net/url"
	"path"
	"strings"
)

// A Brand makes the pages look like those of their owner. What is empty is not shown; without Accent the pages are green.
type Brand struct {
	// Logo stands before the site's name: the path of an image in the content folder, "images/logo.svg", or an https
	// address.
	Logo string
	// Accent is the one colour of links and buttons, "#0f6e5a". It is made darker or lighter where text could not be read
	// otherwise.
	Accent string
	// FooterZH and FooterEN stand at the bottom of every page, "© 2026 星澜数码 · 粤ICP备00000000号".
	FooterZH, FooterEN string
}

const defaultAccent = "#0f6e5a"

func (b Brand) check() error {
	if _, ok := parseColour(cmp.Or(b.Accent, defaultAccent)); !ok {
		return fmt.Errorf("api: Brand.Accent %q: write the colour as #0f6e5a", b.Accent)
	}
	if b.Logo != "" && b.logoURL() == "" {
		return fmt.Errorf("api: Brand.Logo %q: use the path of an image in the content folder, such as images/logo.svg, or an https: address", b.Logo)
	}
	return nil
}

// logoURL is where the logo is loaded from; empty without one, or with one that cannot be shown.
func (b Brand) logoURL() string {
	if u, err := url.Parse(b.Logo); err == nil && u.Scheme == "https" && u.Host != "" {
		return b.Logo
	}
	if name := b.logoFile(); name != "" {
		return (&url.URL{Path: "/files/" + name}).EscapedPath()
	}
	return ""
}

// logoFile is the logo's path in the content folder; empty when it does not come from there.
func (b Brand) logoFile() string {
	name := strings.TrimPrefix(b.Logo, "/")
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg":
		if _, served := fileType(name); served {
			return name
		}
	}
	return ""
}

// css sets the colours that depend on the accent, for light pages and for dark ones. Contrasts are those that WCAG 2.2
// asks of text, 4.5.
func (b Brand) css() string {
	accent, _ := parseColour(cmp.Or(b.Accent, defaultAccent))
	white, black := colour{1, 1, 1}, colour{0, 0, 0}
	light := func(paper colour) string {
		tint := accent.mix(paper, 0.92)
		on := accent.towards(black, tint)
		return variables(on, white, tint, on.mix(paper, 0.72)) // a bright accent makes edges that nobody sees
	}
	dark := func(paper colour) string {
		tint := accent.mix(paper, 0.82)
		on := accent.towards(white, tint)
		return variables(on, colour{0.04, 0.05, 0.06}, tint, on.mix(paper, 0.55))
	}
	return ":root{" + light(white) + "}\n@media (prefers-color-scheme:dark){:root{" + dark(colour{0.102, 0.114, 0.122}) + "}}\n"
}

func variables(accent, onAccent, tint, edge colour) string {
	return fmt.Sprintf("--accent:%s;--on-accent:%s;--tint:%s;--edge:%s", accent, onAccent, tint, edge)
}

// A colour is red, green and blue in sRGB, 0–1.
type colour [3]float64

func parseColour(s string) (c colour, ok bool) {
	digits, ok := strings.CutPrefix(s, "#")
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	raw, err := hex.DecodeString(digits)
	if !ok || err != nil || len(raw) != 3 {
		return c, false
	}
	for i, v := range raw {
		c[i] = float64(v) / 255
	}
	return c, true
}

func (c colour) String() string {
	var b [3]byte
	for i, v := range c {
		b[i] = byte(math.Round(v * 255))
	}
	return "#" + hex.EncodeToString(b[:])
}

// mix is c with a share of another colour, 0–1.
func (c colour) mix(other colour, share float64) colour {
	for i := range c {
		c[i] += (other[i] - c[i]) * share
	}
	return c
}

// towards mixes c with another colour, no more than is needed to read it as text on the ground.
func (c colour) towards(other, ground colour) colour {
	const steps, readable = 50, 4.6 // a little more, as colours are rounded
	for i := range steps {
		if m := c.mix(other, float64(i)/steps); m.contrast(ground) >= readable {
			return m
		}
	}
	return other
}

// contrast is the contrast ratio of WCAG 2.2, 1–21.
func (c colour) contrast(ground colour) float64 {
	a, b := c.luminance(), ground.luminance()
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

// luminance is the relative luminance of WCAG 2.2.
func (c colour) luminance() float64 {
	for i, v := range c {
		if v <= 0.04045 {
			c[i] = v / 12.92
		} else {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2]
}
