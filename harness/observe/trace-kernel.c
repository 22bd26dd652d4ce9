// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace-kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

static char complaints[192];
static char complaint_program[32]; /* that the kernel refused to load */

/* Of the verifier's log, which libbpf gives in one piece: the verdict alone. */
static char *verdict_find(char *text)
{
	char *end = strstr(text, "\nprocessed "), *start;

	if (!strstr(text, "BEGIN PROG LOAD LOG") || !end)
		return text;
	*end = '\0';
	start = strrchr(text, '\n');
	return start ? start + 1 : text;
}

__attribute__((format(printf, 2, 0))) static int complaint_keep(enum libbpf_print_level level,
                                                                const char *fmt, va_list args)
{
	char *text, *line, *quote;
	size_t used = strlen(complaints), length;

	if (level != LIBBPF_WARN || vasprintf(&text, fmt, args) < 0)
		return 0;
	quote = strstr(text, "': failed to load:");
	if (quote && !strncmp(text, "libbpf: prog '", 14)) {
		*quote = '\0';
		snprintf(complaint_program, sizeof(complaint_program), "%s", text + 14);
		*quote = '\'';
	}
	line = verdict_find(text);
	line[strcspn(line, "\n")] = '\0';
	if (!strncmp(line, "libbpf: ", 8))
		line += 8;
	length = strlen(line) + 2;
	if (used && used + length >= sizeof(complaints))
		used = 0; /* the last ones count */
	snprintf(complaints + used, sizeof(complaints) - used, "%s%s", used ? "; " : "", line);
	free(text);
	return 0;
}

void libbpf_listen(void)
{
	complaint_program[0] = complaints[0] = '\0';
	libbpf_set_print(complaint_keep);
}

const char *libbpf_complaints(void)
{
	return complaints;
}

const char *libbpf_refused_program(void)
{
	return complaint_program;
}

int tracepoint_args(const struct btf *btf, const char *name)
{
	const struct btf_type *type;
	char typedef_name[64];
	int id;

	snprintf(typedef_name, sizeof(typedef_name), "btf_trace_%s", name);
	id = btf__find_by_name_kind(btf, typedef_name, BTF_KIND_TYPEDEF);
	if (id < 0)
		return -1;
	type = btf__type_by_id(btf, btf__type_by_id(btf, (uint32_t)id)->type);
	if (!type || !btf_is_ptr(type))
		return -1;
	type = btf__type_by_id(btf, type->type);
	/* The first parameter is the tracer's own. */
	return type && btf_is_func_proto(type) ? btf_vlen(type) - 1 : -1;
}

void reasons_free(struct trace_reasons *reasons)
{
	for (size_t i = 0; i < reasons->count; i++)
		free(reasons->names[i]);
	free(reasons->names);
	*reasons = (struct trace_reasons){0};
}

bool reasons_read(const struct btf *btf, struct trace_reasons *reasons)
{
	static const char prefix[] = "SKB_DROP_REASON_";
	int id = btf__find_by_name_kind(btf, "skb_drop_reason", BTF_KIND_ENUM);
	const struct btf_type *type;
	const struct btf_enum *value;

	if (id < 0)
		return false;
	type = btf__type_by_id(btf, (uint32_t)id);
	value = btf_enum(type);
	reasons->names = calloc(btf_vlen(type), sizeof(*reasons->names));
	if (!reasons->names)
		return false;
	reasons->count = btf_vlen(type);
	for (int i = 0; i < btf_vlen(type); i++, value++) {
		const char *name = btf__name_by_offset(btf, value->name_off);

		/* SKB_DROP_REASON_SUBSYS_MASK is no reason; the reasons begin at 0. */
		if (!name || value->val < 0 || (size_t)value->val >= reasons->count ||
		    reasons->names[value->val])
			continue;
		if (!strncmp(name, prefix, strlen(prefix)))
			name += strlen(prefix);
		reasons->names[value->val] = strdup(name);
	}
	return true;
}

uint32_t reason_value(const struct trace_reasons *reasons, const char *name)
{
	for (size_t i = 0; i < reasons->count; i++) {
		if (reasons->names[i] && !strcmp(reasons->names[i], name))
			return (uint32_t)i;
	}
	return 0; /* SKB_NOT_DROPPED_YET, which is ignored anyhow */
}

bool struct_has(const struct btf *btf, const char *name, const char *member)
{
	int id = btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT);
	const struct btf_type *type;
	const struct btf_member *members;

	if (id < 0)
		return false;
	type = btf__type_by_id(btf, (uint32_t)id);
	members = btf_members(type);
	for (int i = 0; i < btf_vlen(type); i++) {
		const char *found = btf__name_by_offset(btf, members[i].name_off);

		if (found && !strcmp(found, member))
			return true;
	}
	return false;
}
