// SPDX-License-Identifier: GPL-2.0-or-later
/* What every command says alike: complaints, the end of the output, the style. */
#include "cli.h"

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../report/sheet.h"

int cli_say(enum exit_code code, const char *fmt, ...)
{
	va_list args;

	fputs("finwait: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	return code;
}

int cli_fault(enum exit_code code, const struct fault *fault)
{
	char text[512];

	return cli_say(code, "%s", fault_text(fault, text, sizeof(text)));
}

/* Whoever read has read enough: a pipe without a reader. */
static bool stdout_is_unread(void)
{
	struct pollfd fd = {.fd = STDOUT_FILENO, .events = POLLOUT};

	return poll(&fd, 1, 0) == 1 && (fd.revents & POLLERR);
}

int cli_finish(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	if (errno == EPIPE || stdout_is_unread())
		return EXIT_NOT_RUN;
	return cli_say(EXIT_NOT_RUN, "cannot write to standard output: %s", strerror(errno));
}

struct report_style cli_style(void)
{
	const char *no_colour = getenv("NO_COLOR");
	struct winsize size = {0};
	bool terminal = isatty(STDOUT_FILENO);

	if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		size.ws_col = 0;
	return (struct report_style){
		.colour = terminal && !(no_colour && *no_colour),
		.width = size.ws_col ? size.ws_col : 110,
	};
}

#define TEXT_WIDTH 110 /* where there is no terminal */
#define TEXT_WIDTH_LEAST 60

void cli_text(unsigned int indent, const char *fmt, ...)
{
	struct report_style style = cli_style();
	struct sheet sheet = sheet_open(stdout, &style, TEXT_WIDTH, TEXT_WIDTH_LEAST);
	char *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	sheet_text(&sheet, indent, ATTR_PLAIN, text ? text : "(no memory for these words)");
	free(text);
}

static bool quiet;

void cli_be_quiet(void)
{
	quiet = true;
}

bool cli_is_quiet(void)
{
	return quiet;
}

void cli_advise(const char *fmt, ...)
{
	va_list args;

	if (quiet)
		return;
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
}

bool cli_shows_progress(void)
{
	return !quiet && isatty(STDERR_FILENO);
}

void cli_keep_to_ascii(void)
{
	(void)setlocale(LC_CTYPE, "C"); /* which every machine has */
}
