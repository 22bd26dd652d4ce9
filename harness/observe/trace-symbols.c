// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace-symbols.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What a function on the stack means. */
enum meaning { MEANS_CAUSE, MEANS_REARM, MEANS_EXPIRE };

struct known {
	const char *name;
	enum meaning meaning;
	enum trace_cause cause;
};

/*
 * Kept to functions that are entered for one reason only. tcp_done(), tcp_set_state()
 * or tcp_time_wait() say nothing. Names differ between kernels: what is missing
 * in one is harmless, as a function further out still tells.
 */
static const struct known known[] = {
	{.name = "tcp_v4_rcv", .cause = TRACE_CAUSE_PACKET},
	{.name = "tcp_v6_rcv", .cause = TRACE_CAUSE_PACKET},
	{.name = "tcp_v4_do_rcv", .cause = TRACE_CAUSE_PACKET},
	{.name = "tcp_v6_do_rcv", .cause = TRACE_CAUSE_PACKET},
	{.name = "tcp_rcv_state_process", .cause = TRACE_CAUSE_PACKET},
	{.name = "tcp_rcv_established", .cause = TRACE_CAUSE_PACKET},
	{.name = "tcp_child_process", .cause = TRACE_CAUSE_PACKET},
	{.name = "tcp_check_req", .cause = TRACE_CAUSE_PACKET},
	{.name = "tcp_v4_syn_recv_sock", .cause = TRACE_CAUSE_PACKET},
	{.name = "tcp_v6_syn_recv_sock", .cause = TRACE_CAUSE_PACKET},
	{.name = "tcp_v4_err", .cause = TRACE_CAUSE_ICMP},
	{.name = "tcp_v6_err", .cause = TRACE_CAUSE_ICMP},
	{.name = "tcp_v4_connect", .cause = TRACE_CAUSE_CONNECT},
	{.name = "tcp_v6_connect", .cause = TRACE_CAUSE_CONNECT},
	{.name = "__inet_stream_connect", .cause = TRACE_CAUSE_CONNECT},
	{.name = "inet_stream_connect", .cause = TRACE_CAUSE_CONNECT},
	{.name = "inet_listen", .cause = TRACE_CAUSE_LISTEN},
	{.name = "__inet_listen_sk", .cause = TRACE_CAUSE_LISTEN},
	{.name = "inet_csk_listen_start", .cause = TRACE_CAUSE_LISTEN},
	{.name = "tcp_sendmsg", .cause = TRACE_CAUSE_SENDMSG},
	{.name = "tcp_sendmsg_locked", .cause = TRACE_CAUSE_SENDMSG},
	{.name = "inet_shutdown", .cause = TRACE_CAUSE_SHUTDOWN},
	{.name = "tcp_shutdown", .cause = TRACE_CAUSE_SHUTDOWN},
	{.name = "tcp_close", .cause = TRACE_CAUSE_CLOSE},
	{.name = "__tcp_close", .cause = TRACE_CAUSE_CLOSE},
	{.name = "inet_csk_listen_stop", .cause = TRACE_CAUSE_CLOSE},
	{.name = "inet_release", .cause = TRACE_CAUSE_CLOSE},
	{.name = "tcp_setsockopt", .cause = TRACE_CAUSE_SETSOCKOPT},
	{.name = "do_tcp_setsockopt", .cause = TRACE_CAUSE_SETSOCKOPT},
	{.name = "tcp_write_timer", .cause = TRACE_CAUSE_TIMER_WRITE},
	{.name = "tcp_write_timer_handler", .cause = TRACE_CAUSE_TIMER_WRITE},
	{.name = "tcp_retransmit_timer", .cause = TRACE_CAUSE_TIMER_WRITE},
	{.name = "tcp_keepalive_timer", .cause = TRACE_CAUSE_TIMER_KEEPALIVE},
	{.name = "tcp_delack_timer", .cause = TRACE_CAUSE_TIMER_DELACK},
	{.name = "tcp_delack_timer_handler", .cause = TRACE_CAUSE_TIMER_DELACK},
	{.name = "reqsk_timer_handler", .cause = TRACE_CAUSE_TIMER_REQUEST},
	{.name = "tw_timer_handler", .cause = TRACE_CAUSE_TIMER_TIME_WAIT},
	{.name = "tcp_abort", .cause = TRACE_CAUSE_DESTROY},
	{.name = "tcp_sk_exit_batch", .cause = TRACE_CAUSE_NETNS_EXIT},
	{.name = "inet_twsk_purge", .cause = TRACE_CAUSE_NETNS_EXIT},
	{.name = "cleanup_net", .cause = TRACE_CAUSE_NETNS_EXIT},
	{.name = "__mod_timer", .meaning = MEANS_REARM},
	{.name = "mod_timer", .meaning = MEANS_REARM},
	{.name = "mod_timer_pending", .meaning = MEANS_REARM},
	{.name = "__run_timers", .meaning = MEANS_EXPIRE},
	{.name = "__run_timer_base", .meaning = MEANS_EXPIRE},
	{.name = "run_timer_base", .meaning = MEANS_EXPIRE},
	{.name = "run_timer_softirq", .meaning = MEANS_EXPIRE},
	{.name = "expire_timers", .meaning = MEANS_EXPIRE},
};
#define KNOWN (sizeof(known) / sizeof(known[0]))

struct symbol {
	uint64_t start, end;
	const struct known *known; /* NULL: only an end to the one before */
	bool entry; /* the function begins here; else it is a part of it that gcc has put elsewhere */
};

struct trace_symbols {
	struct symbol *items; /* all text at first, then the known ones, by address */
	size_t count, space;
};

/* The known ones in the order of their names: a hundred thousand lines look there. */
struct index {
	const struct known *items[KNOWN];
};

static int known_compare(const void *a, const void *b)
{
	const struct known *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static void index_make(struct index *by_name)
{
	for (size_t i = 0; i < KNOWN; i++)
		by_name->items[i] = &known[i];
	qsort(by_name->items, KNOWN, sizeof(by_name->items[0]), known_compare);
}

/* gcc's clones count as the function: "tcp_time_wait.cold", "x.isra.0". */
static const struct known *index_find(const struct index *by_name, const char *name)
{
	size_t low = 0, high = KNOWN, length = strcspn(name, ".\t \n");

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct known *item = by_name->items[middle];
		int order = strncmp(name, item->name, length);

		if (!order && !item->name[length])
			return item;
		if (order > 0)
			low = middle + 1;
		else
			high = middle; /* also when @name is the beginning of the item's */
	}
	return NULL;
}

/* strtoull() is half the time of the whole otherwise. */
static uint64_t hex_read(const char **text)
{
	uint64_t value = 0;

	for (;; (*text)++) {
		if (**text >= '0' && **text <= '9')
			value = value << 4 | (uint64_t)(**text - '0');
		else if (**text >= 'a' && **text <= 'f')
			value = value << 4 | (uint64_t)(**text - 'a' + 10);
		else
			return value;
	}
}

/* clang's ThinLTO puts ".llvm.123" behind the name of what was static, which is still all of it. */
static bool name_is_whole(const char *name)
{
	size_t length = strcspn(name, ".\t \n");

	return name[length] != '.' || !strncmp(name + length, ".llvm.", strlen(".llvm."));
}

/* One line of kallsyms: "ffffffff82010f40 T __tcp_close". False without memory. */
static bool symbol_add(struct trace_symbols *symbols, const struct index *by_name, const char *line)
{
	uint64_t address = hex_read(&line);
	struct symbol *items;

	if (line[0] != ' ' || !line[1] || !strchr("tTwW", line[1]) || line[2] != ' ' || !address)
		return true;
	if (symbols->count == symbols->space) {
		size_t space = symbols->space ? symbols->space * 2 : 1 << 17;

		items = reallocarray(symbols->items, space, sizeof(*items));
		if (!items)
			return false;
		symbols->items = items;
		symbols->space = space;
	}
	symbols->items[symbols->count++] = (struct symbol){
		.start = address,
		.known = index_find(by_name, line + 3),
		.entry = name_is_whole(line + 3),
	};
	return true;
}

static int symbol_compare(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/* Order them, find where each known one ends, forget the others. */
static void symbols_settle(struct trace_symbols *symbols)
{
	struct symbol *items = symbols->items;
	uint64_t end = 0; /* of the last one: unknown, so it has no code */
	bool sorted = true; /* as it is but for modules */
	size_t kept = 0;

	for (size_t i = 1; i < symbols->count; i++)
		sorted &= items[i - 1].start <= items[i].start;
	if (!sorted)
		qsort(items, symbols->count, sizeof(*items), symbol_compare);
	for (size_t i = symbols->count; i-- > 0;) {
		items[i].end = end ? end : items[i].start;
		if (i && items[i - 1].start != items[i].start)
			end = items[i].start;
	}
	for (size_t i = 0; i < symbols->count; i++) {
		if (items[i].known)
			items[kept++] = items[i];
	}
	symbols->count = kept;
}

/*
 * Behind the kernel's own text come its data and the modules: half of it all, at a
 * microsecond a line and more. Of what is looked for only IPv6 may be a module.
 */
static bool symbols_complete(const struct trace_symbols *symbols, const char *line)
{
	const char *name = strrchr(line, ' ');

	if (!name || strcmp(name, " _etext\n") != 0)
		return false;
	for (size_t i = 0; i < symbols->count; i++)
		if (symbols->items[i].known && !strcmp(symbols->items[i].known->name, "tcp_v6_rcv"))
			return true;
	return false;
}

struct trace_symbols *trace_symbols_read(FILE *kallsyms, struct fault *f)
{
	struct trace_symbols *symbols = calloc(1, sizeof(*symbols));
	bool enough = symbols != NULL;
	struct index by_name;
	char line[512] = "";

	index_make(&by_name);
	while (enough && !symbols_complete(symbols, line) && fgets(line, sizeof(line), kallsyms))
		enough = symbol_add(symbols, &by_name, line);
	if (!enough) {
		fault_set(f, ENOMEM, "keep the kernel's symbols");
	} else if (ferror(kallsyms)) {
		fault_set(f, EIO, "read the kernel's symbols");
		enough = false;
	} else if (!symbols->count) {
		fault_set(f, EACCES, "the kernel hides its symbols (kernel.kptr_restrict)");
		enough = false;
	}
	if (!enough) {
		trace_symbols_free(symbols);
		return NULL;
	}
	symbols_settle(symbols);
	return symbols;
}

void trace_symbols_free(struct trace_symbols *symbols)
{
	if (!symbols)
		return;
	free(symbols->items);
	free(symbols);
}

uint64_t trace_symbols_address(const struct trace_symbols *symbols, const char *name)
{
	for (size_t i = 0; i < symbols->count; i++) {
		const struct symbol *symbol = &symbols->items[i];

		if (symbol->entry && !strcmp(symbol->known->name, name))
			return symbol->start;
	}
	return 0;
}

size_t trace_symbols_code(const struct trace_symbols *symbols, enum trace_timer_code code,
                          struct trace_code_range *ranges, size_t max)
{
	enum meaning meaning = code == TRACE_TIMER_REARM ? MEANS_REARM : MEANS_EXPIRE;
	size_t count = 0;

	for (size_t i = 0; i < symbols->count; i++) {
		if (symbols->items[i].known->meaning != meaning)
			continue;
		if (count < max)
			ranges[count] = (struct trace_code_range){
				.start = symbols->items[i].start,
				.end = symbols->items[i].end,
			};
		count++;
	}
	return count;
}

static const struct known *frame_known(const struct trace_symbols *symbols, uint64_t address)
{
	size_t low = 0, high = symbols->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct symbol *symbol = &symbols->items[middle];

		if (address < symbol->start)
			high = middle;
		else if (address >= symbol->end)
			low = middle + 1;
		else
			return symbol->known;
	}
	return NULL;
}

enum trace_cause trace_symbols_cause(const struct trace_symbols *symbols, const __u64 *frames,
                                     size_t count)
{
	enum trace_cause cause = TRACE_CAUSE_UNKNOWN;

	for (size_t i = 0; i < count && frames[i]; i++) {
		/* A return address may be one past the end of a function that never returns. */
		const struct known *function = frame_known(symbols, frames[i] - 1);

		if (!function || function->meaning != MEANS_CAUSE)
			continue;
		if (cause == TRACE_CAUSE_CONNECT && function->cause == TRACE_CAUSE_SENDMSG)
			return TRACE_CAUSE_SENDMSG;
		if (cause == TRACE_CAUSE_UNKNOWN)
			cause = function->cause;
		if (cause != TRACE_CAUSE_UNKNOWN && cause != TRACE_CAUSE_CONNECT)
			return cause;
	}
	return cause;
}
