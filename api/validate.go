package api

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/labstack/echo/v4"

	"jieda/index"
)

//go:embed openapi.yaml
var openapiYAML []byte

// document reads the contract. It stands whole in the program, while the generated code embeds only the operations
// that it implements.
func document() (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromData(openapiYAML)
	if err != nil {
		return nil, fmt.Errorf("api: read openapi.yaml: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("api: openapi.yaml: %w", err)
	}
	return doc, nil
}

// operations maps every operationId of the document to what the validator needs to know of it.
func operations(doc *openapi3.T) map[string]*routers.Route {
	routes := map[string]*routers.Route{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			routes[op.OperationID] = &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: op}
		}
	}
	return routes
}

// checked lets a request through to next when it is what the document says about the operation. It panics when the
// document does not know the operation, which only a programmer can cause and every test would see.
func (s *Server) checked(operationID string, next echo.HandlerFunc) echo.HandlerFunc {
	route, ok := s.operations[operationID]
	if !ok {
		panic("api: openapi.yaml has no operation " + operationID)
	}
	options := &openapi3filter.Options{
		MultiError:         true,
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, // keys are checked before
	}
	return func(c echo.Context) error {
		r := c.Request()
		if faults := repeated(route.Operation.Parameters, r.URL.Query()); len(faults) > 0 {
			return invalid(faults...)
		}
		var body []byte
		if route.Operation.RequestBody != nil {
			var err error
			if body, err = io.ReadAll(r.Body); err != nil {
				return refusalOfReading(err)
			}
			if !utf8.Valid(body) { // JSON is UTF-8; read as such, GBK would be a message without a word that we know
				return invalid(fieldFault{in: FieldErrorInBody, rule: ruleEncoding})
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		params := map[string]string{}
		for i, name := range c.ParamNames() {
			params[name] = c.ParamValues()[i]
		}
		err := openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
			Request:    r,
			PathParams: params,
			Route:      route,
			Options:    options,
		})
		if err != nil {
			return refusalOfValidator(err)
		}
		if len(body) > 0 && !json.Valid(body) { // the validator looked at the first value only
			return invalid(fieldFault{in: FieldErrorInBody, rule: ruleTrailing})
		}
		return next(c)
	}
}

// repeated are the query parameters that were given more than once, of which only one would be heard.
func repeated(params openapi3.Parameters, query url.Values) (faults []fieldFault) {
	for _, p := range params {
		if p.Value.In == openapi3.ParameterInQuery && len(query[p.Value.Name]) > 1 {
			faults = append(faults, fieldFault{in: FieldErrorInQuery, field: p.Value.Name, rule: ruleRepeated})
		}
	}
	return faults
}

// refusalOfReading says why a body could not be read to its end.
func refusalOfReading(err error) error {
	var tooLarge *echo.HTTPError // the body limit strikes while we read
	switch {
	case errors.As(err, &tooLarge):
		return tooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &refusal{status: http.StatusRequestTimeout, code: ProblemCodeTimeout, cause: err}
	}
	return invalid(fieldFault{in: FieldErrorInBody, rule: ruleSyntax})
}

// refusalOfValidator collects every field that the validator complained about.
func refusalOfValidator(err error) error {
	var faults []fieldFault
	for _, f := range faultsOf(err, FieldErrorInBody, "") {
		if !slices.Contains(faults, f) { // the validator names an object once for each of its unknown fields
			faults = append(faults, f)
		}
	}
	if len(faults) > 0 {
		return invalid(faults...)
	}
	return &refusal{status: http.StatusUnsupportedMediaType, code: ProblemCodeUnsupportedMediaType}
}

// A rule is what a field broke; it is the field error's code, stable.
type rule string

const (
	ruleRequired  rule = "required"
	ruleType      rule = "type"
	ruleMinimum   rule = "minimum"
	ruleMaximum   rule = "maximum"
	ruleEnum      rule = "enum"
	ruleMaxLength rule = "maxLength"
	ruleMinLength rule = "minLength"
	ruleMaxItems  rule = "maxItems"
	ruleUnknown   rule = "unknown"
	ruleNull      rule = "nullable"
	ruleEncoding  rule = "encoding"
	ruleSyntax    rule = "syntax"
	ruleTrailing  rule = "trailing"
	ruleRepeated  rule = "repeated"
	ruleDate      rule = "date"
	rulePattern   rule = "pattern"
	ruleTrail     rule = "trail"
	ruleExpired   rule = "expired"
)

// A fieldFault is a field that breaks a rule.
type fieldFault struct {
	in    FieldErrorIn
	field string
	rule  rule
	limit string // of the rule: the maximum, the values allowed one per line …
}

// faultsOf walks the tree of errors that kin-openapi returns. The outer errors know the field, the inner ones the
// rule; in and field are what the outer ones have told so far. An unsupported content type yields none.
func faultsOf(err error, in FieldErrorIn, field string) []fieldFault {
	var faults []fieldFault
	switch e := err.(type) {
	case openapi3.MultiError:
		for _, inner := range e {
			faults = append(faults, faultsOf(inner, in, field)...)
		}
		return faults
	case *openapi3filter.RequestError:
		if e.Parameter != nil {
			in, field = FieldErrorIn(e.Parameter.In), e.Parameter.Name
		}
		if e.Err == nil {
			return nil
		}
		return faultsOf(e.Err, in, field)
	case *openapi3.SchemaError:
		if path := e.JSONPointer(); in == FieldErrorInBody && len(path) > 0 {
			field = strings.Join(path, ".")
		}
		if unknown := unknownFields(e); len(unknown) > 0 {
			for _, name := range unknown {
				faults = append(faults, fieldFault{in: in, field: strings.TrimPrefix(field+"."+name, "."), rule: ruleUnknown})
			}
			return faults
		}
		return append(faults, faultOfSchema(e, in, field))
	}
	switch {
	case errors.Is(err, openapi3filter.ErrInvalidRequired):
		return append(faults, fieldFault{in: in, field: field, rule: ruleRequired})
	case errors.Is(err, openapi3filter.ErrInvalidEmptyValue):
		return append(faults, fieldFault{in: in, field: field, rule: ruleMinLength, limit: "1"})
	case in == FieldErrorInBody:
		return append(faults, fieldFault{in: in, field: field, rule: ruleSyntax})
	}
	return append(faults, fieldFault{in: in, field: field, rule: ruleType})
}

// unknownFields are the fields of an object that its schema does not have, in alphabetical order.
func unknownFields(e *openapi3.SchemaError) (names []string) {
	object, ok := e.Value.(map[string]any)
	if !ok || e.SchemaField != "properties" {
		return nil
	}
	for name := range object {
		if _, known := e.Schema.Properties[name]; !known {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func faultOfSchema(e *openapi3.SchemaError, in FieldErrorIn, field string) fieldFault {
	f := fieldFault{in: in, field: field, rule: rule(e.SchemaField)}
	switch f.rule {
	case ruleMinimum:
		f.limit = fmt.Sprint(*e.Schema.Min)
	case ruleMaximum:
		f.limit = fmt.Sprint(*e.Schema.Max)
	case ruleMinLength:
		f.limit = fmt.Sprint(e.Schema.MinLength)
	case ruleMaxLength:
		f.limit = fmt.Sprint(*e.Schema.MaxLength)
	case ruleMaxItems:
		f.limit = fmt.Sprint(*e.Schema.MaxItems)
	case ruleEnum:
		values := make([]string, len(e.Schema.Enum))
		for i, v := range e.Schema.Enum {
			values[i] = fmt.Sprint(v)
		}
		f.limit = strings.Join(values, "\n")
	case ruleType, ruleNull:
		if e.Schema.Type != nil {
			f.limit = strings.Join(e.Schema.Type.Slice(), ", ")
		}
	}
	return f
}

// problem puts the fault into words.
func (f fieldFault) problem(l language) FieldError {
	return FieldError{In: f.in, Field: f.field, Code: string(f.rule), Message: f.message(l)}
}

func (f fieldFault) message(l language) string {
	switch f.rule {
	case ruleRequired:
		return l.pick("必须填写", "必須填寫", "is required")
	case ruleType:
		if f.limit == "" {
			return l.pick("类型不对", "類型不對", "has the wrong type")
		}
		return l.pick("类型应为 ", "類型應為 ", "must be of type ") + f.limit
	case ruleMinimum:
		return l.pick("不能小于 ", "不能小於 ", "must be at least ") + f.limit
	case ruleMaximum:
		return l.pick("不能大于 ", "不能大於 ", "must be at most ") + f.limit
	case ruleEnum:
		return l.pick("只能是：", "只能是：", "must be one of: ") + strings.ReplaceAll(f.limit, "\n", l.pick("、", "、", ", "))
	case ruleMinLength:
		return l.pick("不能为空", "不能為空", "must not be empty")
	case ruleMaxLength:
		return l.pick("字数不能超过 ", "字數不能超過 ", "may have so many characters at most: ") + f.limit
	case ruleMaxItems:
		return l.pick("项数不能超过 ", "項數不能超過 ", "may have so many items at most: ") + f.limit
	case ruleUnknown:
		return l.pick("没有这个字段，请检查拼写", "沒有這個欄位，請檢查拼寫", "is not a field we know; check its spelling")
	case ruleNull:
		return l.pick("不能是 null，没有内容就不要写这个字段；类型应为 ", "不能是 null，沒有內容就不要寫這個欄位；類型應為 ",
			"must not be null, leave it out when there is none; must be of type ") + f.limit
	case ruleEncoding:
		return l.pick("不是 UTF-8 编码（例如是 GBK），请转换后重发", "不是 UTF-8 編碼（例如是 Big5），請轉換後重發", "is not UTF-8, but GBK for example; convert it")
	case ruleSyntax:
		return l.pick("不是有效的 JSON", "不是有效的 JSON", "is not valid JSON")
	case ruleTrailing:
		return l.pick("JSON 对象后面还有多余的内容", "JSON 物件後面還有多餘的內容", "has something after the JSON object")
	case ruleDate:
		return l.pick("应为日期（2026-10-01）、时刻（2026-10-01T08:00:00+08:00）或 Unix 秒数", "應為日期（2026-10-01）、時刻（2026-10-01T08:00:00+08:00）或 Unix 秒數",
			"must be a date (2026-10-01), a moment (2026-10-01T08:00:00+08:00) or Unix seconds")
	case rulePattern:
		return l.pick("格式不对，请原样填写收到的值", "格式不對，請原樣填寫收到的值", "is malformed; send it as you got it")
	case ruleTrail:
		return l.pick("不是本站签发的 trail，请原样填写 suggest 返回的值", "不是本站簽發的 trail，請原樣填寫 suggest 回傳的值", "is not a trail of this site; send what suggest returned, unchanged")
	case ruleExpired:
		return l.pick("已过期，请使用这位客户最近一次的 trail", "已過期，請使用這位客戶最近一次的 trail", "has expired; send the customer's latest trail")
	case ruleRepeated:
		return l.pick("只能出现一次", "只能出現一次", "may be given only once")
	}
	return l.pick("不符合接口文档", "不符合介面文件", "is not what the document says")
}

// question checks what a customer asked, in the field of that name, and returns it clean.
func question(in FieldErrorIn, field, raw string) (string, error) {
	q := clean(raw)
	switch {
	case q == "":
		return "", invalid(fieldFault{in: in, field: field, rule: ruleMinLength, limit: "1"})
	case utf8.RuneCountInString(q) > index.MaxQuery:
		return "", invalid(fieldFault{in: in, field: field, rule: ruleMaxLength, limit: fmt.Sprint(index.MaxQuery)})
	}
	return q, nil
}

// clean is text as it is kept: without blanks around it and without characters that nobody sees, which phones and chat
// programs put in. Invalid UTF-8 becomes a blank.
func clean(raw string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Cf) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(raw, " ")))
}

// pathParam is the unescaped value of a path parameter: echo matches on the escaped path when there is one.
func pathParam(c echo.Context, name string) string {
	raw := c.Param(name)
	if c.Request().URL.RawPath == "" {
		return raw
	}
	if value, err := url.PathUnescape(raw); err == nil {
		return value
	}
	return raw
}
