// SPDX-License-Identifier: GPL-2.0-or-later
#include "article.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct article articles[] = {
	{
		.letter = 'A',
		.title = "TCP四次挥手中如果服务端没收到第四次挥手请求,服务端会一直等待吗? "
			 "(小白debug)",
		.english = "if the server never gets the fourth wave, does it wait for ever?",
		.published = "2022-08-13",
		.address = "https://www.51cto.com/article/716299.html",
	},
	{
		.letter = 'B',
		.title = "为什么需要 TIME_WAIT 状态 (阿兵云原生)",
		.english = "why the state TIME_WAIT is needed",
		.published = "",
		.address = "",
	},
	{
		.letter = 'C',
		.title = "活久见!TCP两次挥手,你见过吗?那四次握手呢? (小白debug)",
		.english = "two waves to close, four to open: have you seen that?",
		.published = "2021-09-25",
		.address = "https://mp.weixin.qq.com/s/Z0EqSihRaRbMscrZJl-zxQ",
	},
	{
		.letter = 'D',
		.title = "TCP 三次握手与四次挥手面试题 (小林coding)",
		.english = "interview questions on the three-way handshake and the four waves",
		.published = "",
		.address = "https://xiaolincoding.com/network/3_tcp/tcp_interview.html",
	},
	{
		.letter = 'P',
		.title = "What people ask",
		.english = "answers that are repeated in forums, issue trackers and handbooks",
		.published = "",
		.address = "",
	},
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

const char *article_source(const struct article *article, char buf[ARTICLE_SOURCE_SIZE])
{
	if (!*article->address)
		snprintf(buf, ARTICLE_SOURCE_SIZE, "no address is known");
	else
		snprintf(buf, ARTICLE_SOURCE_SIZE, "%s, %s",
		         *article->published ? article->published : "undated", article->address);
	return buf;
}
