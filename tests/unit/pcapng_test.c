// SPDX-License-Identifier: GPL-2.0-or-later
/* The capture file of canned records, read back block by block. */
#include "canned.h"

#include <errno.h>

#include "../../harness/report/report.h"

enum { SECTION = 0x0a0d0d0a, INTERFACE = 1, PACKET = 6 };
enum { COMMENT = 1, NAME = 2 };

struct file {
	uint8_t *data;
	size_t size;
	unsigned int sections, interfaces, packets, comments;
	int64_t last_ns;
	char text[65536]; /* all comments and names */
};

static uint32_t get32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static uint16_t get16(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* The options from @at on; a block that has others than the end must have that, too. */
static void options_read(struct file *file, const uint8_t *at, const uint8_t *end, bool of_packet)
{
	while (at < end) {
		uint16_t option = get16(at), length = get16(at + 2);

		if (!option) {
			assert_int_equal(length, 0);
			assert_ptr_equal(at + 4, end);
			return;
		}
		if (option == COMMENT || option == NAME)
			snprintf(file->text + strlen(file->text),
			         sizeof(file->text) - strlen(file->text), "%.*s\n", length,
			         (const char *)at + 4);
		file->comments += of_packet && option == COMMENT;
		at += 4 + (length + 3u) / 4 * 4;
	}
	assert_true(false); /* no end */
}

static void packet_read(struct file *file, const uint8_t *body, const uint8_t *end)
{
	uint32_t captured = get32(body + 12), length = get32(body + 16);
	int64_t t_ns = (int64_t)((uint64_t)get32(body + 4) << 32 | get32(body + 8));

	assert_true(get32(body) < file->interfaces);
	assert_true(t_ns >= file->last_ns);
	assert_true(captured <= length && captured >= 34);
	file->last_ns = t_ns;
	file->packets++;
	options_read(file, body + 20 + (captured + 3u) / 4 * 4, end, true);
}

static void blocks_read(struct file *file)
{
	for (size_t at = 0; at < file->size;) {
		const uint8_t *block = file->data + at;
		uint32_t length = get32(block + 4);

		assert_true(length >= 12 && !(length % 4) && at + length <= file->size);
		assert_int_equal(get32(block + length - 4), length);
		switch (get32(block)) {
		case SECTION:
			assert_int_equal(get32(block + 8), 0x1a2b3c4d);
			file->sections++;
			options_read(file, block + 24, block + length - 4, false);
			break;
		case INTERFACE:
			file->interfaces++;
			options_read(file, block + 16, block + length - 4, false);
			break;
		case PACKET:
			packet_read(file, block + 8, block + length - 4);
			break;
		default:
			fail_msg("block of type %u", get32(block));
		}
		at += length;
	}
}

static void file_of(const struct record *rec, struct file *file)
{
	char *data = NULL;
	FILE *out = open_memstream(&data, &file->size);

	assert_non_null(out);
	assert_int_equal(pcapng_write(rec, out), 0);
	fclose(out);
	file->data = (uint8_t *)data;
	blocks_read(file);
}

static unsigned int packets_of(const struct record *rec)
{
	unsigned int count = 0;

	for (size_t i = 0; i < rec->event_count; i++)
		count += rec->events[i].kind == EVENT_PACKET;
	return count;
}

static void all_packets_are_there(void **state)
{
	static const char *const names[] = {
		"four-waves.jsonl",          "self-connect.jsonl",
		"held-fins.jsonl",           "true/orphan.icmp-error.late.jsonl",
		"true/self.by-chance.jsonl", "true/open.fast.jsonl"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct file *file = calloc(1, sizeof(*file));
		struct record *rec = canned_record(names[i]);

		assert_non_null(file);
		file_of(rec, file);
		assert_int_equal(file->sections, 1);
		assert_int_equal(file->packets, packets_of(rec));
		free(file->data);
		free(file);
		record_free(rec);
	}
}

static void packets_say_what_became_of_them(void **state)
{
	struct file *file = calloc(1, sizeof(*file));
	struct record *rec = canned_record("lost-fin.jsonl");

	(void)state;
	assert_non_null(file);
	file_of(rec, file);
	assert_int_equal(file->interfaces, 2);
	assert_non_null(strstr(file->text, "client\n"));
	assert_non_null(strstr(file->text, "net.ipv4.tcp_orphan_retries = "));
	assert_non_null(strstr(file->text, "dropped on the wire: rule 1, drop "));
	assert_non_null(strstr(file->text, "retransmission number 1 of this segment"));
	assert_non_null(strstr(file->text, "client c1: close()"));
	assert_non_null(strstr(file->text, "client c1: SYN_SENT -> ESTABLISHED"));
	free(file->data);
	free(file);
	record_free(rec);
}

/* No rule of the wire took these. */
static void what_a_full_queue_drops_is_not_the_wires(void **state)
{
	struct file *file = calloc(1, sizeof(*file));
	struct record *rec = canned_record("true/queue.netdev-backlog.jsonl");

	(void)state;
	assert_non_null(file);
	file_of(rec, file);
	assert_non_null(strstr(file->text, "its queue was full"));
	assert_null(strstr(file->text, "dropped on the wire"));
	free(file->data);
	free(file);
	record_free(rec);
}

/* What is longer than one option can be goes on in the next; nothing is cut. */
static void a_long_text_is_whole(void **state)
{
	struct file *file = calloc(1, sizeof(*file));
	struct record *rec = canned_record("lost-fin.jsonl");
	char *title = malloc(70001);

	(void)state;
	assert_non_null(file);
	assert_non_null(title);
	memset(title, 't', 70000);
	title[70000] = '\0';
	rec->title = title;
	file_of(rec, file);
	assert_int_equal(file->packets, packets_of(rec));
	assert_true(file->size > 70000);
	free(file->data);
	free(file);
	free(title);
	record_free(rec);
}

static void without_packets_there_is_no_file(void **state)
{
	struct record *rec = canned_record("lost-fin.jsonl");
	FILE *out = fopen("/dev/null", "w");
	size_t kept = 0;

	(void)state;
	assert_non_null(out);
	for (size_t i = 0; i < rec->event_count; i++)
		if (rec->events[i].kind != EVENT_PACKET)
			rec->events[kept++] = rec->events[i];
	rec->event_count = kept;
	assert_int_equal(pcapng_write(rec, out), -ENODATA);
	fclose(out);
	record_free(rec);
}

static void a_full_disk_is_told(void **state)
{
	struct record *rec = canned_record("lost-fin.jsonl");
	FILE *out = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(out);
	assert_int_equal(pcapng_write(rec, out), -EIO);
	fclose(out);
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_packets_are_there),
		cmocka_unit_test(packets_say_what_became_of_them),
		cmocka_unit_test(what_a_full_queue_drops_is_not_the_wires),
		cmocka_unit_test(a_long_text_is_whole),
		cmocka_unit_test(without_packets_there_is_no_file),
		cmocka_unit_test(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
