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
#include "format.h"

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

static int stdout_close(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	if (errno == EPIPE || stdout_is_unread())
		return EXIT_NOT_RUN;
	return cli_say(EXIT_NOT_RUN, "cannot write to standard output: %s", strerror(errno));
}

int cli_finish(int code)
{
	return format_exit_code(stdout_close(code));
}

#define TEXT_WIDTH 110 /* where there is no terminal and nobody says */
#define TEXT_WIDTH_LEAST 60
#define COLUMNS_MOST 10000

/* COLUMNS, which goes before the terminal's own (POSIX.1-2017, 8.3); 0: nothing that is a width. */
static unsigned int columns_asked(void)
{
	const char *text = getenv("COLUMNS");
	unsigned long columns;
	char *end;

	if (!text || *text < '0' || *text > '9')
		return 0;
	columns = strtoul(text, &end, 10);
	return *end || columns > COLUMNS_MOST ? 0 : (unsigned int)columns;
}

static unsigned int columns_of_terminal(void)
{
	struct winsize size = {0};

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col;
}

struct report_style cli_style(void)
{
	const char *no_colour = getenv("NO_COLOR");
	bool terminal = isatty(STDOUT_FILENO);
	unsigned int width = columns_asked();

	if (!width && terminal)
		width = columns_of_terminal();
	return (struct report_style){
		.colour = terminal && !(no_colour && *no_colour),
		.width = width ? width : TEXT_WIDTH,
		.piped = !width,
	};
}

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
