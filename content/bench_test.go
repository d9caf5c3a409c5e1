package content

import (
	"bytes"
	"testing"
	"testing/fstest"
)

// BenchmarkRead reads 1,000 articles of 2 KB.
func BenchmarkRead(b *testing.B) {
	folder := fstest.MapFS{}
	article := []byte("---\ntitle: 如何退款\nkind: faq\n---\n\n" + string(bytes.Repeat([]byte("打开“我的订单”，找到要退的商品，点击 **申请退款**；APP 3.2 起可用。\n\n- 七天无理由\n- 原路退回\n\n"), 15)))
	for i := range 1000 {
		folder["faq/"+string(rune('一'+i))+".md"] = &fstest.MapFile{Data: article}
	}
	b.SetBytes(int64(len(article) * len(folder)))
	for b.Loop() {
		if _, err := Read(b.Context(), folder, nil); err != nil {
			b.Fatal(err)
		}
	}
}
