package content

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// decode turns the bytes of a file into clean text: UTF-8 with "\n" line ends and without byte order mark or control
// characters. Line numbers stay those of the file. When an Error is among the problems there is no text.
func decode(name string, data []byte) (text string, problems []Problem) {
	if isClean(data) {
		return string(data), nil
	}
	return repair(name, data)
}

// repair does what decode says.
func repair(name string, data []byte) (text string, problems []Problem) {
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
		if decoded, code := decodeChinese(data); code != "" {
			data = decoded
			problems = append(problems, Problem{Path: name, Code: code})
		}
	}
	if isGarbled(data) {
		return "", []Problem{{Path: name, Code: encodingUnreadable}}
	}
	if !utf8.Valid(data) {
		var bad, line int
		data, bad, line = blankInvalid(data)
		problems = append(problems, Problem{Path: name, Line: line, Code: encodingInvalid, Args: []string{strconv.Itoa(bad)}})
	}
	return clean(string(data)), problems
}

// isClean says whether a file is what nearly all are: UTF-8 with nothing in it that decode would change or report.
func isClean(data []byte) bool {
	for i := 0; i < len(data); {
		c := data[i]
		if c < utf8.RuneSelf {
			if isControl(rune(c)) {
				return false
			}
			i++
			continue
		}
		if c-0xE4 <= 0xE9-0xE4 && i+2 < len(data) && data[i+1]&0xC0 == 0x80 && data[i+2]&0xC0 == 0x80 {
			i += 3 // U+4000 to U+9FFF: nearly every Chinese character
			continue
		}
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError || isControl(r) {
			return false
		}
		i += size
	}
	return true
}

// decodeChinese decodes GB18030, of which GBK and GB2312 are parts, or Big5, if that is what the bytes most likely are;
// code is empty when they are neither. Almost any bytes can be decoded in one way or the other, so it asks for three
// things: UTF-8 fails often and not just here and there; decoding finds no error; and most characters are everyday ones
// or Chinese punctuation. Where both encodings will do, the one with more such characters is taken.
func decodeChinese(data []byte) (decoded []byte, code Code) {
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
		return nil, ""
	}
	best := 0.7
	for _, try := range []struct {
		code     Code
		encoding encoding.Encoding
		common   func(first, second byte) bool
	}{
		{encodingGBK, simplifiedchinese.GB18030, commonGBK},
		{encodingBig5, traditionalchinese.Big5, commonBig5},
	} {
		share := commonShare(data, try.common)
		if share < best || share == best && code != "" {
			continue
		}
		text, err := try.encoding.NewDecoder().Bytes(data)
		if err == nil && !bytes.ContainsRune(text, utf8.RuneError) {
			decoded, code, best = text, try.code, share
		}
	}
	return decoded, code
}

// commonGBK knows the 3,755 everyday characters of GB2312, level 1, and the punctuation.
func commonGBK(first, second byte) bool {
	return second >= 0xa1 && (first >= 0xb0 && first <= 0xd7 || first >= 0xa1 && first <= 0xa3)
}

// commonBig5 knows the 5,401 everyday characters of Big5, level 1, and the punctuation.
func commonBig5(first, second byte) bool {
	return first >= 0xa1 && first <= 0xc6 && (second >= 0x40 && second <= 0x7e || second >= 0xa1)
}

// commonShare is how many of the characters of two bytes are common, from 0 to 1.
func commonShare(data []byte, common func(first, second byte) bool) float64 {
	n, pairs := 0, 0
	for i := 0; i < len(data); i++ {
		if data[i] < 0x80 {
			continue
		}
		pairs++
		if i+1 < len(data) && common(data[i], data[i+1]) {
			n++
		}
		i++
	}
	return float64(n) / float64(max(pairs, 1))
}

// isGarbled says whether this is no text at all, such as a picture, or one in an encoding that we do not know: more
// than a tenth is not valid UTF-8, was lost earlier ("�"), or controls a terminal. Three bytes are forgiven in any case,
// which is what remains of a character when a file is cut off in its middle.
func isGarbled(data []byte) bool {
	bad, all := 0, 0
	for _, r := range string(data) {
		all++
		if r == utf8.RuneError || r != '\r' && r != '\ufeff' && isControl(r) {
			bad++
		}
	}
	return bad > 3 && bad*10 > all
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
