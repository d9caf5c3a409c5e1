package content

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// decode turns the bytes of a file into clean text: UTF-8 with "\n" line ends and without byte order mark or control
// characters. Line numbers stay those of the file.
func decode(name string, data []byte) (text string, problems []Problem) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		decoded, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
		if err == nil {
			data = decoded
			problems = append(problems, Problem{Path: name, Code: encodingUTF16})
		}
	}
	if !utf8.Valid(data) {
		if decoded, ok := decodeGBK(data); ok {
			data = decoded
			problems = append(problems, Problem{Path: name, Code: encodingGBK})
		} else {
			var bad, line int
			data, bad, line = blankInvalid(data)
			problems = append(problems, Problem{Path: name, Line: line, Code: encodingInvalid, Args: []string{strconv.Itoa(bad)}})
		}
	}
	return clean(string(data)), problems
}

// decodeGBK decodes GB18030, of which GBK and GB2312 are parts, if that is what the bytes most likely are. Almost any
// bytes can be decoded that way, so it asks for three things: UTF-8 fails often and not just here and there; decoding
// finds no error; and most characters are among the 3,755 everyday ones (GB2312 level 1, whose first byte is B0–D7) or
// are Chinese punctuation (A1–A3).
func decodeGBK(data []byte) (decoded []byte, ok bool) {
	invalid, other := 0, 0
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			invalid++
		} else if size > 1 {
			other += size
		}
		i += size
	}
	if invalid < other/4 {
		return nil, false
	}
	decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
		return nil, false
	}
	common, pairs := 0, 0
	for i := 0; i < len(data); i++ {
		if data[i] < 0x80 {
			continue
		}
		pairs++
		if i+1 < len(data) && data[i+1] >= 0xa1 && (data[i] >= 0xb0 && data[i] <= 0xd7 || data[i] >= 0xa1 && data[i] <= 0xa3) {
			common++
		}
		i++
	}
	return decoded, common*10 >= pairs*7
}

// blankInvalid replaces every byte that is not part of valid UTF-8 by a blank, counts them, and says in which line,
// from 1, the first one is.
func blankInvalid(data []byte) (fixed []byte, bad, line int) {
	fixed = make([]byte, 0, len(data))
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			if bad == 0 {
				line = 1 + bytes.Count(data[:i], []byte("\n"))
			}
			bad++
			fixed = append(fixed, ' ')
		} else {
			fixed = append(fixed, data[i:i+size]...)
		}
		i += size
	}
	return fixed, bad, line
}

// clean makes "\n" of "\r\n" and of a lone "\r", and drops all control characters but the tab.
func clean(s string) string {
	if strings.IndexFunc(s, isControl) < 0 {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case isControl(r):
			return -1
		}
		return r
	}, s)
}

func isControl(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == '\ufeff'
}
