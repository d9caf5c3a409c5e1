// Package sample is a small built-in knowledge base, so that a fresh jieda has something to search.
//
// It is what an editor's folder looks like in earnest: the frequently asked questions and the training articles of
// 星澜数码, an electronics shop that we invented, with its products, prices and error codes. It holds on purpose what
// makes searching hard: pairs that look alike (开通自动续费, 关闭自动续费), model numbers, a few articles in traditional
// Chinese, articles for the staff only, one that has expired (双十一 2025) and one that is not valid yet.
//
// It is data: nothing here knows how articles are read or found.
package sample

import (
	"embed"
	"io/fs"
)

//go:embed all:faq all:training all:images all:_search
var files embed.FS

// FS returns the folder: faq, training, images and _search are at its top, as in a folder of one's own.
func FS() fs.FS {
	return files
}

// Questions returns three questions that the sample answers, for an empty search page to offer. lang is the language
// of the page, a BCP 47 tag such as "zh-CN", "zh-TW" or "en"; any other gets those of "zh-CN".
func Questions(lang string) []string {
	switch lang {
	case "zh-TW", "zh-HK", "zh-Hant":
		return []string{"退貨運費要自己付嗎", "M30 滑鼠連不上電腦", "發票怎麼打統編"}
	case "en":
		return []string{"how to pair BT200", "where is the serial number", "Do you ship overseas?"}
	default:
		return []string{"钱啥时候退回来", "M30 滑鼠連不上電腦", "BT200 怎么连 iPhone"}
	}
}
