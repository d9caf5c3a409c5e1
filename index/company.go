package index

import (
	"unicode/utf8"

	"jieda/index/analysis"
)

// 华为手表能配 iPhone 吗 is not answered by what a shop says of its own watches, however alike the words are. Other companies
// are known by their names; the list is short, because a name must mean nothing else (苹果, 平安 and 美的 do) and must not be
// what customers ask any site about: couriers and means of payment (能发圆通吗, 支持银联吗).

// companies are names, folded, of whose products and services customers ask: phones and devices, shops, banks and insurers,
// software.
var companies = newPhrases([]string{
	"华为", "小米手机", "小米手环", "小米手表", "小米耳机", "小米充电宝", "红米", "三星", "oppo", "vivo", "魅族", "realme",
	"一加手机", "荣耀手机", "诺基亚", "苹果手机", "苹果手表", "苹果耳机", "苹果电脑", "苹果充电器", "airpods", "索尼", "松下电器", "飞利浦",
	"戴森", "西门子", "博世", "海尔", "格力", "戴尔", "惠普", "华硕", "宏碁", "联想电脑", "联想笔记本", "漫步者", "大疆", "科沃斯",
	"石头科技", "特斯拉", "比亚迪", "京东", "淘宝", "天猫", "拼多多", "唯品会", "亚马逊", "苏宁", "虾皮", "shopee", "pchome",
	"hktvmall", "星巴克", "瑞幸", "麦当劳", "肯德基", "携程", "美团", "中国银行", "工商银行", "建设银行", "农业银行", "农行",
	"交通银行", "招商银行", "招行", "邮储银行", "浦发银行", "中信银行", "民生银行", "光大银行", "兴业银行", "平安银行", "广发银行", "汇丰",
	"恒生", "渣打", "花旗", "中银香港", "东亚银行", "星展银行", "大新银行", "众安银行", "天星银行", "国泰世华", "台新银行", "中国信托", "玉山",
	"富邦", "永丰", "兆丰", "第一银行", "新光人寿", "hsbc", "citibank", "中国人寿", "平安保险", "中国平安", "太平洋保险", "友邦",
	"保诚", "安盛", "宏利", "南山人寿", "国泰人寿", "富邦人寿", "阿里云", "腾讯云", "华为云", "百度云", "aws", "azure", "钉钉",
	"飞书", "腾讯会议", "zoom", "webex", "slack", "中国移动", "中国联通", "中国电信", "中华电信",
})

// notCompanies are names that hold one's: 北京东站.
var notCompanies = newPhrases([]string{"北京", "南京", "东京"})

// A companyName is a company that a question names.
type companyName struct {
	name string
	ids  []uint32 // of the pairs of characters, or the name, that an article about it holds; nil when some occur nowhere
}

// companiesIn lists the companies that a folded question names, without those that the site writes of everywhere: that is
// the site's own, or one whose name says nothing here.
func (v *view) companiesIn(folded string) (list []companyName) {
	for i := 0; i < len(folded); {
		n := companies.prefixLen(folded[i:])
		if other := notCompanies.prefixLen(folded[i:]); other > 0 {
			i += other
			continue
		}
		if n == 0 || folded[i] < utf8.RuneSelf && i > 0 && isNameByte(folded[i-1]) {
			_, n = utf8.DecodeRuneInString(folded[i:])
			i += n
			continue
		}
		if c, usual := v.company(folded[i : i+n]); !usual {
			list = append(list, c)
		}
		i += n
	}
	return list
}

// usualCompany: a company that more than one passage of so many names is the site's own.
const usualCompany = 20

// company looks a name up; usual tells whether it is named everywhere.
func (v *view) company(name string) (c companyName, usual bool) {
	c.name = name
	least := uint32(v.Passages)
	for _, t := range analysis.Terms(nil, name, nil) {
		if t.Kind != analysis.Bigram && t.Kind != analysis.Latin {
			continue
		}
		id, inText, _, known := v.find(t.Key)
		if !known {
			c.ids = nil
			return c, false
		}
		c.ids = append(c.ids, id)
		least = min(least, inText)
	}
	return c, least > 1 && int(least) > v.Passages/usualCompany
}

// heldBy says whether the text of a vector names the company.
func (c *companyName) heldBy(vector []byte) bool {
	for _, id := range c.ids {
		if !(&decoder{b: vector}).holds(id) {
			return false
		}
	}
	return len(c.ids) > 0
}
