// SPDX-License-Identifier: GPL-2.0-or-later
#include "article.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

static const struct article articles[] = {
	{'A', "TCP四次挥手中如果服务端没收到第四次挥手请求,服务端会一直等待吗?",
         "if the server never gets the fourth wave, does it wait for ever?"},
	{'B', "为什么需要 TIME_WAIT 状态 (阿兵云原生)", "why the state TIME_WAIT is needed"},
	{'C', "活久见!TCP两次挥手,你见过吗?那四次握手呢? (小白debug)",
         "two waves to close, four to open: have you seen that?"},
	{'D', "TCP 三次握手与四次挥手面试题 (小林coding)",
         "interview questions on the three-way handshake and the four waves"},
	{'P', "What people ask",
         "answers that are repeated in forums, issue trackers and handbooks"},
};
#define ARTICLES (sizeof(articles) / sizeof(articles[0]))

const struct article *article_at(unsigned int i)
{
	return i < ARTICLES ? &articles[i] : NULL;
}

const struct article *article_find(const char *letter)
{
	for (size_t i = 0; i < ARTICLES && letter[0] && !letter[1]; i++)
		if (articles[i].letter == toupper((unsigned char)letter[0]))
			return &articles[i];
	return NULL;
}

bool article_is_cited(const struct article *article, const char *letters)
{
	return strchr(letters, article->letter) != NULL;
}
