// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation
 *
 * The question is cut into words; those that every question has are dropped. A probe is
 * worth, for each word, what the best field that has it is worth (id, title, question,
 * claims, kernel path, whatever its source names: sysctls, errors, counters, states), times how
 * rare the word is among the probes. Words are compared without case and without '_', so that
 * FIN_WAIT2 is finwait2, and by their stems, so that "retransmits" is "retransmitted". A word
 * that means nearly the same counts half.
 */
#include "search.h"

#include <ctype.h>
#include <string.h>

#define WORD_SIZE 48
#define WORDS_MOST 24 /* of a question: what comes behind is not looked at */
#define STEM_LEAST 4 /* letters that two words of one stem share */
#define STEM_ENDING 4 /* letters that one of them may have more */

struct question {
	char words[WORDS_MOST][WORD_SIZE];
	unsigned int rarity[WORDS_MOST];
	size_t count;
};

/* What a field that has the word is worth. */
enum worth { WORTH_SOURCE = 1, WORTH_PATH = 2, WORTH_TEXT = 4, WORTH_TITLE = 6, WORTH_ID = 8 };

static const char *const common[] = {
	"a",     "an",    "and", "are",  "as",   "at",   "be",    "by",  "can",   "does", "do",
	"for",   "from",  "has", "have", "how",  "i",    "if",    "in",  "is",    "it",   "its",
	"long",  "many",  "me",  "my",   "not",  "of",   "on",    "or",  "our",   "so",   "tcp",
	"than",  "that",  "the", "then", "this", "to",   "up",    "was", "we",    "what", "when",
	"where", "which", "who", "why",  "will", "with", "would", "you", "after",
};

/* Words that people use for one thing. */
static const char *const alike[][8] = {
	{"stuck", "forever", "ever", "hangs", "hours", "stays", "limit", "waits"},
	{"vanished", "dead", "gone", "crash", "unplugged", "died"},
	{"lost", "drop", "loss", "dropped", "missing"},
	{"reset", "rst", "econnreset"},
	{"reuse", "restart", "eaddrinuse", "bind", "address"},
	{"refused", "econnrefused", "closed"},
	{"timeout", "etimedout", "gives", "expires"},
	{"flood", "attack", "syncookies", "ddos"},
	{"retransmit", "retry", "retries", "resend", "again"},
	{"simultaneous", "crossing", "both"},
	{"exhausted", "exhaustion", "eaddrnotavail", "ports"},
	{"sigpipe", "epipe", "broken"},
	{"leak", "pile", "accumulate", "thousands"},
};

static size_t word_length(const char *text)
{
	size_t length = 0;

	while (isalnum((unsigned char)text[length]) || text[length] == '_')
		length++;
	return length;
}

/* Small letters, without '_'. */
static void word_take(const char *text, size_t length, char word[WORD_SIZE])
{
	size_t used = 0;

	for (size_t i = 0; i < length && used < WORD_SIZE - 1; i++)
		if (text[i] != '_')
			word[used++] = (char)tolower((unsigned char)text[i]);
	word[used] = '\0';
}

static bool is_common(const char *word)
{
	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		if (!strcmp(common[i], word))
			return true;
	return !*word;
}

static bool words_match(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), same = 0;

	while (same < la && same < lb && a[same] == b[same])
		same++;
	if (same == la && same == lb)
		return true;
	if (isdigit((unsigned char)a[la - 1]) || isdigit((unsigned char)b[lb - 1]))
		return false;
	return same >= STEM_LEAST && la - same <= STEM_ENDING && lb - same <= STEM_ENDING &&
	       (la - same <= 1 || lb - same <= 1);
}

static bool text_has(const char *text, const char *word)
{
	while (*text) {
		size_t length = word_length(text);
		char own[WORD_SIZE];

		if (!length) {
			text++;
			continue;
		}
		word_take(text, length, own);
		if (*own && words_match(own, word))
			return true;
		text += length;
	}
	return false;
}

static bool settings_have(const struct probe *probe, const char *word)
{
	for (int i = 0; i < SETTINGS_PER_PROBE; i++)
		if ((probe->sysctls[i].name && text_has(probe->sysctls[i].name, word)) ||
		    (probe->params[i].name && text_has(probe->params[i].name, word)))
			return true;
	return false;
}

static bool claims_have(const struct probe *probe, const char *word)
{
	for (int i = 0; i < CLAIMS_PER_PROBE && probe->claims[i].id; i++)
		if (text_has(probe->claims[i].text, word) || text_has(probe->claims[i].id, word))
			return true;
	return false;
}

static unsigned int word_worth(const struct registry_row *row, const char *word)
{
	const struct probe *probe = row->probe;

	if (text_has(probe->id, word))
		return WORTH_ID;
	if (text_has(probe->title, word))
		return WORTH_TITLE;
	if (text_has(probe->question, word) || claims_have(probe, word) ||
	    settings_have(probe, word))
		return WORTH_TEXT;
	if (text_has(probe->kernel_path, word))
		return WORTH_PATH;
	return text_has(row->words, word) ? WORTH_SOURCE : 0;
}

/* Of those that mean nearly the same as @word the best. */
static unsigned int alike_worth(const struct registry_row *row, const char *word)
{
	unsigned int most = 0;

	for (size_t i = 0; i < sizeof(alike) / sizeof(alike[0]); i++) {
		bool is_of = false;

		for (size_t j = 0; j < 8 && alike[i][j]; j++)
			is_of |= words_match(alike[i][j], word);
		for (size_t j = 0; is_of && j < 8 && alike[i][j]; j++) {
			unsigned int worth = word_worth(row, alike[i][j]);

			most = worth > most ? worth : most;
		}
	}
	return most;
}

/* Twice what the word itself is worth, or once what one that means nearly the same is. */
static unsigned int row_worth(const struct registry_row *row, const char *word)
{
	unsigned int own = 2 * word_worth(row, word), other = alike_worth(row, word);

	return own > other ? own : other;
}

/* 1 for a word of every probe, one more each time that half as many have it. */
static unsigned int word_rarity(const struct registry_row *rows, size_t count, const char *word)
{
	unsigned int rarity = 1;
	size_t having = 0;

	for (size_t i = 0; i < count; i++)
		having += word_worth(&rows[i], word) > WORTH_SOURCE;
	for (having = having ? having : 1; having < count; having *= 2)
		rarity++;
	return rarity;
}

static void question_take(struct question *question, const char *text,
                          const struct registry_row *rows, size_t count)
{
	while (*text && question->count < WORDS_MOST) {
		size_t length = word_length(text);
		char *word = question->words[question->count];

		word_take(text, length, word);
		if (length && !is_common(word)) {
			question->rarity[question->count] = word_rarity(rows, count, word);
			question->count++;
		}
		text += length ? length : 1;
	}
}

static unsigned int row_score(const struct registry_row *row, const struct question *question)
{
	unsigned int score = 0;

	for (size_t i = 0; i < question->count; i++)
		score += question->rarity[i] * row_worth(row, question->words[i]);
	return score;
}

/* Into its place among the best, of which there is one a probe. */
static size_t hit_add(struct search_hit *hits, size_t count, size_t most, struct search_hit hit)
{
	size_t at = count;

	for (size_t i = 0; i < count; i++)
		if (hits[i].row->probe == hit.row->probe)
			return count;
	while (at && hits[at - 1].score < hit.score)
		at--;
	if (at >= most)
		return count;
	if (count == most)
		count--;
	memmove(&hits[at + 1], &hits[at], (count - at) * sizeof(*hits));
	hits[at] = hit;
	return count + 1;
}

size_t search_probes(const char *text, struct search_hit *hits, size_t most)
{
	struct question question = {0};
	size_t count, found = 0;
	const struct registry_row *rows = registry_rows(&count);

	question_take(&question, text, rows, count);
	for (size_t i = 0; i < count; i++) {
		struct search_hit hit = {&rows[i], row_score(&rows[i], &question)};

		if (hit.score)
			found = hit_add(hits, found, most, hit);
	}
	return found;
}
