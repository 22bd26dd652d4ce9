/* SPDX-License-Identifier: GPL-2.0-or-later */
/* article: the texts whose claims are under test, by the letter they are cited with. */
#ifndef FINWAIT_RECORD_ARTICLE_H
#define FINWAIT_RECORD_ARTICLE_H

#include <stdbool.h>

struct article {
	char letter;
	const char *title; /* in its own language */
	const char *english; /* what that means; "" where it is English */
	const char *published; /* YYYY-MM-DD; "": unknown, or a page that is kept up to date */
	const char *address; /* its author's own if known, else a reprint's; "": unknown */
};

#define ARTICLE_SOURCE_SIZE 128

/* When and where: "2021-09-25, https://..."; of what is not known it says so. Returns @buf. */
const char *article_source(const struct article *article, char buf[ARTICLE_SOURCE_SIZE]);

/* The @i-th, in order of the letters; NULL behind the last. */
const struct article *article_at(unsigned int i);
/* By its letter, small or capital; NULL: there is none. */
const struct article *article_find(const char *letter);
/* Whether a claim that cites @letters ("A D") is of @article. */
bool article_is_cited(const struct article *article, const char *letters);

#endif
