// SPDX-License-Identifier: GPL-2.0-or-later
#include <assert.h>
#include <langinfo.h>
#include <string.h>

#include "../record/event.h"
#include "text.h"

static const char *const attr_codes[] = {
	[ATTR_PLAIN] = "",           [ATTR_BOLD] = "\033[1m",     [ATTR_DIM] = "\033[2m",
	[ATTR_RED] = "\033[1;31m",   [ATTR_GREEN] = "\033[32m",   [ATTR_YELLOW] = "\033[33m",
	[ATTR_BLUE] = "\033[1;34m",  [ATTR_MAGENTA] = "\033[35m", [ATTR_CYAN] = "\033[36m",
	[ATTR_STATE] = "\033[1;36m",
};
static_assert(sizeof(attr_codes) / sizeof(attr_codes[0]) == ATTR_COUNT, "a code for every one");

/* East Asian wide characters: two columns each. First and last of each block. */
static const uint32_t wide_blocks[][2] = {
	{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf}, {0xac00, 0xd7a3},
	{0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60}, {0xffe0, 0xffe6},
	{0x1f300, 0x1faff}, {0x20000, 0x3fffd},
};

bool text_is_utf8(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

const char *attr_code(enum attr attr)
{
	return attr_codes[attr];
}

/* Decodes one character of several bytes; 0: broken. */
static size_t utf8_decode(const unsigned char *s, uint32_t *code)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t length = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;

	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	*code = s[0] & (0x7f >> length);
	for (size_t i = 1; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (s[i] & 0x3f);
	}
	if (*code < least[length] || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000))
		return 0;
	return *code < 0xa0 ? 0 : length; /* C1 controls are controls */
}

static unsigned int code_columns(uint32_t code)
{
	for (size_t i = 0; i < sizeof(wide_blocks) / sizeof(wide_blocks[0]); i++) {
		if (code >= wide_blocks[i][0] && code <= wide_blocks[i][1])
			return 2;
	}
	return 1;
}

/* text_next() or text_next_utf8() */
typedef size_t next_fn(const char *s, char glyph[5], unsigned int *columns);

/* @code: of a character of several bytes; 0: of one. */
static size_t next_code(const char *s, char glyph[5], uint32_t *code)
{
	unsigned char first = (unsigned char)s[0];
	size_t length;

	*code = 0;
	if (!first)
		return 0;
	glyph[0] = first >= ' ' && first < 0x7f ? s[0] : '?';
	glyph[1] = '\0';
	if (first < 0x80)
		return 1;
	length = utf8_decode((const unsigned char *)s, code);
	return length ? length : 1;
}

static void glyph_take(const char *s, size_t length, char glyph[5])
{
	memcpy(glyph, s, length);
	glyph[length] = '\0';
}

size_t text_next(const char *s, char glyph[5], unsigned int *columns)
{
	uint32_t code;
	size_t length = next_code(s, glyph, &code);

	*columns = 1;
	if (code && text_is_utf8()) {
		glyph_take(s, length, glyph);
		*columns = code_columns(code);
	}
	return length;
}

/* Not a character, or one that changes how others are read: U+202E and its like. */
static bool code_misleads(uint32_t code)
{
	return (code & 0xfffe) == 0xfffe || (code >= 0xfdd0 && code < 0xfdf0) || code == 0x61c ||
	       (code >= 0x200e && code < 0x2010) || (code >= 0x2028 && code < 0x202f) ||
	       (code >= 0x2066 && code < 0x206a);
}

size_t text_next_utf8(const char *s, char glyph[5], unsigned int *columns)
{
	uint32_t code;
	size_t length = next_code(s, glyph, &code);

	*columns = 1;
	if (code && !code_misleads(code)) {
		glyph_take(s, length, glyph);
		*columns = code_columns(code);
	}
	return length;
}

static unsigned int columns_by(next_fn *next, const char *s)
{
	unsigned int total = 0, columns;
	char glyph[5];
	size_t n;

	while ((n = next(s, glyph, &columns))) {
		total += columns;
		s += n;
	}
	return total;
}

unsigned int text_columns(const char *s)
{
	return columns_by(text_next, s);
}

unsigned int text_columns_utf8(const char *s)
{
	return columns_by(text_next_utf8, s);
}

static size_t copy_clean(next_fn *next, const char *s, size_t bytes, char *line, size_t size)
{
	size_t used = 0, at = 0, n;
	unsigned int columns;
	char glyph[5];

	while (at < bytes && (n = next(s + at, glyph, &columns))) {
		size_t length = strlen(glyph);

		if (used + length >= size)
			break;
		memcpy(line + used, glyph, length);
		used += length;
		at += n;
	}
	line[used] = '\0';
	return at;
}

/* Where a word may be broken, behind a mark inside it: the last of each kind. */
struct joints {
	size_t call, part, any; /* "connect(", "net.", "tcp_"; 0: none */
};

static void joints_take(struct joints *joints, char mark, size_t at)
{
	if (mark == '(')
		joints->call = at;
	if (mark == '.' || mark == '/')
		joints->part = at;
	if (strchr("._/,-", mark))
		joints->any = at;
}

/* Does what is left of the word behind @at go into one line? */
static bool rest_fits(next_fn *next, const char *s, size_t at, unsigned int width)
{
	unsigned int used = 0, columns;
	char glyph[5];
	size_t n;

	for (; (n = next(s + at, glyph, &columns)) && s[at] != ' '; at += n)
		used += columns;
	return used <= width;
}

/* The best of them: "connect(" goes before the address, "net.ipv4." before the name. */
static size_t joint_best(next_fn *next, const char *s, const struct joints *joints,
                         unsigned int width)
{
	if (joints->call && rest_fits(next, s, joints->call, width))
		return joints->call;
	if (joints->part && rest_fits(next, s, joints->part, width))
		return joints->part;
	return joints->any;
}

/* "60.00 s" is one word. */
static bool unit_follows(const char *s, size_t blank)
{
	static const char *const units[] = {"s", "ms", "us", "min", "h"};
	const char *word = s + blank + 1;
	size_t length = strcspn(word, " ;,.)");

	if (!blank || s[blank - 1] < '0' || s[blank - 1] > '9')
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (length == strlen(units[i]) && !strncmp(word, units[i], length))
			return true;
	return false;
}

static bool fold_by(next_fn *next, const char **rest, unsigned int width, char *line, size_t size)
{
	const char *s = *rest + strspn(*rest, " ");
	struct joints joints = {0};
	size_t at = 0, blank = 0, n;
	unsigned int used = 0, columns;
	char glyph[5];

	if (!*s) {
		*rest = s;
		return false;
	}
	while ((n = next(s + at, glyph, &columns))) {
		if (s[at] == ' ' && !unit_follows(s, at))
			blank = at;
		if (at)
			joints_take(&joints, s[at - 1], at);
		if (width && used + columns > width && at)
			break;
		used += columns;
		at += n;
	}
	if (s[at] && blank)
		at = blank;
	else if (s[at] && joint_best(next, s, &joints, width))
		at = joint_best(next, s, &joints, width);
	at = copy_clean(next, s, at, line, size);
	*rest = s + at + strspn(s + at, " ");
	return at > 0;
}

bool text_fold(const char **rest, unsigned int width, char *line, size_t size)
{
	return fold_by(text_next, rest, width, line, size);
}

bool text_fold_utf8(const char **rest, unsigned int width, char *line, size_t size)
{
	return fold_by(text_next_utf8, rest, width, line, size);
}

void text_print(FILE *out, const char *text, enum attr attr, bool colour, unsigned int width)
{
	const char *code = colour ? attr_code(attr) : "";
	unsigned int used = 0, columns;
	char glyph[5];
	size_t n;

	fputs(code, out);
	while ((n = text_next(text, glyph, &columns))) {
		fputs(glyph, out);
		used += columns;
		text += n;
	}
	if (*code)
		fputs("\033[0m", out);
	for (; used < width; used++)
		fputc(' ', out);
}

const char *duration_text(int64_t ns, char *buf, size_t size)
{
	double abs_ns = ns < 0 ? -(double)ns : (double)ns;

	if (abs_ns >= 99.95 * NS_PER_S)
		snprintf(buf, size, "%.0f s", (double)ns / NS_PER_S);
	else if (abs_ns >= 9.995 * NS_PER_S)
		snprintf(buf, size, "%.1f s", (double)ns / NS_PER_S);
	else if (abs_ns >= 0.9995 * NS_PER_S)
		snprintf(buf, size, "%.2f s", (double)ns / NS_PER_S);
	else if (abs_ns >= 9.995 * NS_PER_MS)
		snprintf(buf, size, "%.0f ms", (double)ns / NS_PER_MS);
	else if (abs_ns >= 0.9995 * NS_PER_MS)
		snprintf(buf, size, "%.2f ms", (double)ns / NS_PER_MS);
	else
		snprintf(buf, size, "%.0f us", (double)ns / 1000);
	return buf;
}
