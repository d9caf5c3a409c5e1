package semantic

/*
#cgo CFLAGS: -O3
#include <stddef.h>
#include <stdint.h>

// In blocks whose sum fits 32 bits whatever the numbers are, because on these compilers work with many at a time.
static int64_t dot(const int16_t *a, const int8_t *b, size_t n) {
	int64_t sum = 0;
	while (n > 0) {
		size_t block = n < 256 ? n : 256;
		int32_t part = 0;
		for (size_t i = 0; i < block; i++)
			part += (int32_t)a[i] * b[i];
		sum += part;
		a += block;
		b += block;
		n -= block;
	}
	return sum;
}
*/
// #cgo noescape dot
// #cgo nocallback dot
import "C"

// dot is the sum of products of two lists of the same length. It is in C, which jieba needs anyhow, because C compilers
// multiply eight numbers at a time: five times faster than the loop in Go, unrolled or not.
func dot(a []int16, b []int8) int64 {
	if len(a) == 0 {
		return 0
	}
	return int64(C.dot((*C.int16_t)(&a[0]), (*C.int8_t)(&b[:len(a)][0]), C.size_t(len(a))))
}
