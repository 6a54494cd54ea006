/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: base64, hex and UTF-8.  What decodes encodes back to text of the
 * same bytes, and UTF-8 is judged a second time by decoding code points.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "libtee/text.h"

const char fuzz_target[] = "text";

static bool
check_base64(const char *s, size_t len)
{
	size_t size = 0, again_size = 0;
	uint8_t *bytes = tee_base64_decode(s, len, &size), *again;
	char *text;

	if (bytes == NULL)
		return false;
	fuzz_must(size <= len / 4 * 3 && size > 0, "size of base64");
	fuzz_touch(bytes, size);
	text = tee_base64_encode(bytes, size);
	fuzz_must(text != NULL && strlen(text) == len, "length of base64");
	/* Bits of the last character that carry nothing may differ. */
	fuzz_must(len < 4 || memcmp(text, s, len - 4) == 0, "canonical");
	again = tee_base64_decode(text, len, &again_size);
	fuzz_must(again != NULL && again_size == size &&
		memcmp(again, bytes, size) == 0,
	    "base64 both ways");
	free(again);
	free(text);
	free(bytes);
	return true;
}

static void
check_encoders(const uint8_t *data, size_t size)
{
	char *hex = malloc(2 * size + 1), *base64;
	uint8_t *bytes = malloc(size + 1);
	size_t got = 0;

	fuzz_must(hex != NULL && bytes != NULL, "there is memory");
	tee_hex_encode(data, size, hex);
	fuzz_must(strlen(hex) == 2 * size &&
		tee_hex_decode(hex, 2 * size, bytes, size) &&
		memcmp(bytes, data, size) == 0,
	    "hex both ways");
	free(bytes);
	base64 = tee_base64_encode(data, size);
	fuzz_must(base64 != NULL, "base64 of anything");
	bytes = tee_base64_decode(base64, strlen(base64), &got);
	fuzz_must(size == 0 ||
		(bytes != NULL && got == size &&
		    memcmp(bytes, data, size) == 0),
	    "base64 of anything comes back");
	free(bytes);
	free(base64);
	free(hex);
}

static bool
check_hex(const char *s, size_t len)
{
	size_t size = len / 2;
	uint8_t *bytes = malloc(size + 1);
	bool ok = tee_hex_decode(s, len, bytes, size);
	size_t digits = 0;

	for (size_t i = 0; i < len; i++)
		digits += s[i] != '\0' &&
		    strchr("0123456789abcdefABCDEF", s[i]) != NULL;
	fuzz_must(ok == (len % 2 == 0 && digits == len), "hex digits only");
	free(bytes);
	return ok && len > 0;
}

/* RFC 3629 by value: decode, then ask whether that was the shortest form. */
static size_t
code_point(const uint8_t *p, size_t left)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = p[0] < 0x80 ? 1 :
	    p[0] >> 5 == 6     ? 2 :
	    p[0] >> 4 == 14    ? 3 :
	    p[0] >> 3 == 30    ? 4 :
				 0;
	uint32_t v = n > 1 ? p[0] & (0xffu >> (n + 1)) : p[0];

	if (n == 0 || n > left)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		v = v << 6 | (p[i] & 0x3f);
	}
	return v < least[n] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff) ?
	    0 :
	    n;
}

static bool
utf8(const uint8_t *data, size_t size)
{
	size_t i = 0, n;

	while (i < size) {
		n = code_point(data + i, size - i);
		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data;
	char line[64];

	fuzz_must(tee_utf8_valid(s, size) == utf8(data, size), "UTF-8");
	tee_text_printable(s, size, line, sizeof(line));
	fuzz_must(memchr(line, '\0', sizeof(line)) != NULL, "a field ends");
	for (const char *p = line; *p != '\0'; p++)
		fuzz_must(*p > ' ' && *p <= '~', "printable");
	check_encoders(data, size);
	fuzz_accepted = check_base64(s, size);
	fuzz_accepted = check_hex(s, size) || fuzz_accepted;
	return 0;
}
