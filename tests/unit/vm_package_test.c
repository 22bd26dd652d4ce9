// SPDX-License-Identifier: GPL-2.0-or-later
/* vm: versions, packed formats, archives, modules and consoles: what needs no QEMU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <elf.h>
#include <errno.h>
#include <lz4.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "../../harness/vm/cpio.h"
#include "../../harness/vm/job.h"
#include "../../harness/vm/kernels.h"
#include "../../harness/vm/modules.h"
#include "../../harness/vm/trouble.h"
#include "../../harness/vm/unpack.h"
#include "../../harness/run/registry.h"

/* The job's decoder asks the registry; a test program has none of the probes. */
static const struct probe one_probe = {.id = "one.probe"};
const struct registry_entry registry[] = {{"one.probe", "one", &one_probe}, {0}};

static void versions_are_in_debians_order(void **state)
{
	static const char *const rising[] = {
		"5.10.262-1",         "6.1.0~rc1-1", "6.1.0-1",   "6.1.180-1",
		"6.1.192-1~deb11u1",  "6.1.192-1",   "6.1.192-2", "6.12.9-1",
		"6.12.117-1~bpo12+1", "6.12.117-1",  "7.2.13-1",  "1:1.0-1"};
	size_t count = sizeof(rising) / sizeof(rising[0]);

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++) {
			int order = debversion_compare(rising[i], rising[j]);

			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
}

static void a_name_fits_whole_numbers_only(void **state)
{
	static const char release[] = "6.12.117+deb13-cloud-amd64", version[] = "6.12.117-1";

	(void)state;
	assert_true(kernel_name_fits("6.12", release, version));
	assert_true(kernel_name_fits("6.12.117", release, version));
	assert_true(kernel_name_fits("newest", release, version));
	assert_true(kernel_name_fits(release, release, version));
	assert_false(kernel_name_fits("6.1", release, version));
	assert_false(kernel_name_fits("6.12.11", release, version));
	assert_false(kernel_name_fits("5.10", release, version));
}

static size_t text_make(char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		text[i] = (char)("finwait"[i % 7] + (char)(i / 1000 % 3));
	return size;
}

static void unpacks(const void *packed, size_t packed_size, const char *text, size_t size)
{
	struct fault fault;
	size_t unpacked;
	void *data = unpack(packed, packed_size, &unpacked, &fault);

	assert_non_null(data);
	assert_int_equal(unpacked, size);
	assert_memory_equal(data, text, size);
	free(data);
	data = unpack(packed, packed_size / 2, &unpacked, &fault);
	assert_null(data);
	assert_int_equal(fault.err, EBADMSG);
}

static void zstd_unpacks_and_torn_zstd_does_not(void **state)
{
	static char text[200000], packed[200000 + 100];
	size_t size = text_make(text, sizeof(text));

	(void)state;
	/* As in a bzImage: four bytes of length behind the end. */
	unpacks(packed, ZSTD_compress(packed, sizeof(packed), text, size, 3) + 4, text, size);
}

static void gzip_unpacks_and_torn_gzip_does_not(void **state)
{
	static char text[200000], packed[200000 + 100];
	size_t size = text_make(text, sizeof(text));
	z_stream stream = {.next_in = (Bytef *)text,
	                   .avail_in = (uInt)size,
	                   .next_out = (Bytef *)packed,
	                   .avail_out = sizeof(packed)};

	(void)state;
	assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, 0), Z_OK);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	deflateEnd(&stream);
	unpacks(packed, stream.total_out, text, size);
}

static void what_is_not_packed_is_told_so(void **state)
{
	struct fault fault;
	size_t size;

	(void)state;
	assert_false(unpack_knows("\177ELF............", 16));
	assert_null(unpack("\177ELF............", 16, &size, &fault));
	assert_int_equal(fault.err, EBADMSG);
}

static void cpio_headers_are_as_the_kernel_reads_them(void **state)
{
	char *data = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&data, &size);

	(void)state;
	assert_int_equal(cpio_folder(out, "dev"), 0);
	assert_int_equal(cpio_file(out, "init", 0755, "#!", 2), 0);
	assert_int_equal(cpio_end(out), 0);
	assert_int_equal(fclose(out), 0);
	/* 110 bytes and the name, padded to four: 116; with two bytes of file: 116 + 4. */
	assert_memory_equal(data, "07070100000000000041ed", 22);
	assert_string_equal(data + 110, "dev");
	assert_memory_equal(data + 116, "07070100000000000081ed", 22);
	assert_memory_equal(data + 116 + 54, "00000002", 8);
	assert_memory_equal(data + 116 + 116, "#!\0\0", 4);
	assert_string_equal(data + 116 + 120 + 110, "TRAILER!!!");
	assert_int_equal(size % 4, 0);
	free(data);
}

static void a_signature_is_found_and_damage_is_not_followed(void **state)
{
	/* the code, three bytes of signature, its struct module_signature, the magic */
	static const char file[] = "codesig\0\0\2\0\0\0\0\0\0\0\0\3~Module signature appended~\n";
	char damaged[sizeof(file)];
	size_t size = sizeof(file) - 1;

	(void)state;
	assert_int_equal(module_unsigned_size(file, size), 4);
	assert_int_equal(module_unsigned_size(file, size - 1), size - 1);
	assert_int_equal(module_unsigned_size(file + 7, size - 7), size - 7);
	assert_int_equal(module_unsigned_size(file + 10, size - 10), size - 10);
	assert_int_equal(module_unsigned_size("code", 4), 4);
	memcpy(damaged, file, sizeof(file));
	damaged[15] = 1; /* longer than the file */
	assert_int_equal(module_unsigned_size(damaged, size), size);
}

/* "lz4 -l" of @text: the magic number, and one block with its size before it. */
static size_t lz4_pack(const char *text, size_t size, uint8_t *packed, size_t space)
{
	static const uint8_t magic[] = {0x02, 0x21, 0x4c, 0x18};
	int length = LZ4_compress_default(text, (char *)packed + 8, (int)size, (int)space - 8);

	assert_true(length > 0 && length < 65536);
	memcpy(packed, magic, sizeof(magic));
	packed[4] = (uint8_t)length;
	packed[5] = (uint8_t)(length >> 8);
	packed[6] = packed[7] = 0;
	return (size_t)length + 8;
}

static void lz4_is_unpacked_and_nonsense_refused(void **state)
{
	char text[20000];
	uint8_t packed[30000];
	size_t size = text_make(text, sizeof(text));
	size_t packed_size = lz4_pack(text, size, packed, sizeof(packed)), unpacked;
	struct fault fault;

	(void)state;
	unpacks(packed, packed_size, text, size);
	for (size_t torn = 9; torn < packed_size; torn += 7)
		assert_null(unpack(packed, torn, &unpacked, &fault));
	packed[6] = 0x7f; /* more than there is */
	assert_null(unpack(packed, packed_size, &unpacked, &fault));
	packed[6] = 0;
	memset(packed + 8, 0xff, 16);
	assert_null(unpack(packed, packed_size, &unpacked, &fault));
	assert_int_equal(fault.err, EBADMSG);
}

static void modinfo_is_found_and_damage_is_not_followed(void **state)
{
	struct {
		Elf64_Ehdr header;
		Elf64_Shdr sections[3];
		char names[24], modinfo[40];
	} elf = {
		.header = {.e_type = ET_REL,
	                   .e_version = EV_CURRENT,
	                   .e_ehsize = sizeof(Elf64_Ehdr),
	                   .e_shentsize = sizeof(Elf64_Shdr),
	                   .e_shnum = 3,
	                   .e_shstrndx = 1,
	                   .e_shoff = offsetof(__typeof__(elf), sections)},
		.sections[1] = {.sh_type = SHT_STRTAB,
	                        .sh_offset = offsetof(__typeof__(elf), names),
	                        .sh_size = sizeof(elf.names)},
		.sections[2] = {.sh_type = SHT_PROGBITS,
	                        .sh_name = 1,
	                        .sh_offset = offsetof(__typeof__(elf), modinfo),
	                        .sh_size = sizeof(elf.modinfo)},
		.names = "\0.modinfo",
		.modinfo = "license=GPL\0depends=stp,llc\0",
	};
	char *depends;

	(void)state;
	memcpy(elf.header.e_ident, ELFMAG, SELFMAG);
	elf.header.e_ident[EI_CLASS] = ELFCLASS64;
	elf.header.e_ident[EI_DATA] = ELFDATA2LSB;
	elf.header.e_ident[EI_VERSION] = EV_CURRENT;
	depends = modinfo_find(&elf, sizeof(elf), "depends");
	assert_non_null(depends);
	assert_string_equal(depends, "stp,llc");
	free(depends);
	assert_null(modinfo_find(&elf, sizeof(elf), "depend"));
	assert_null(modinfo_find(&elf, sizeof(elf) - sizeof(elf.modinfo), "depends"));
	elf.sections[2].sh_size = UINT64_MAX;
	assert_null(modinfo_find(&elf, sizeof(elf), "depends"));
	elf.header.e_shoff = UINT64_MAX - 10;
	assert_null(modinfo_find(&elf, sizeof(elf), "depends"));
}

static void troubles_are_told_apart(void **state)
{
	static const struct {
		const char *console;
		enum trouble trouble;
		const char *line;
	} cases[] = {
		{"finwait: module /mod/x.ko: No such file\n", TROUBLE_NONE, ""},
		{"[1.0] Kernel panic - not syncing: sysrq\r\n[1.1] ---[ end", TROUBLE_PANIC,
	         "Kernel panic - not syncing: sysrq"},
		{"[1.0] BUG: kernel NULL pointer dereference\n[2] Kernel panic - not syncing: x",
	         TROUBLE_OOPS, "BUG: kernel NULL pointer dereference"},
		{"[1.0] Out of memory: Killed process 9 (init)\n[2] Kernel panic - not syncing: x",
	         TROUBLE_MEMORY, "Out of memory: Killed process 9 (init)"},
	};
	char line[100];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(trouble_find(cases[i].console, line, sizeof(line)),
		                 cases[i].trouble);
		assert_string_equal(line, cases[i].line);
	}
}

static void a_job_comes_back_as_it_went(void **state)
{
	struct run_plan back = {0}, plan = {
					    .id = "one.probe",
					    .probe = &one_probe,
					    .family = FAMILY_IPV6,
					    .slack_ms = 25,
					    .faithful = true,
				    };
	struct job_times times = {.seed = 7, .phase_ns = 16384000000}, times_back;
	struct fault fault;
	char *text;

	(void)state;
	assert_int_equal(settings_put(&plan.params, "bytes", "1000"), 0);
	assert_int_equal(settings_put(&plan.sysctls[SIDE_SERVER], "net.ipv4.tcp_rmem", "1\t2\t3"),
	                 0);
	text = job_encode(&plan, &times);
	assert_non_null(text);
	assert_int_equal(job_decode(text, strlen(text), &back, &times_back, &fault), 0);
	assert_ptr_equal(back.probe, &one_probe);
	assert_string_equal(back.id, "one.probe");
	assert_int_equal(back.family, FAMILY_IPV6);
	assert_int_equal(back.slack_ms, 25);
	assert_true(back.faithful);
	assert_int_equal(times_back.seed, 7);
	assert_int_equal(times_back.phase_ns, 16384000000);
	assert_string_equal(settings_get(&back.params, "bytes"), "1000");
	assert_string_equal(settings_get(&back.sysctls[SIDE_SERVER], "net.ipv4.tcp_rmem"),
	                    "1\t2\t3");
	assert_int_equal(back.sysctls[SIDE_CLIENT].count, 0);
	for (size_t cut = 0; cut < strlen(text); cut++) {
		struct run_plan torn = {0};

		assert_int_equal(job_decode(text, cut, &torn, &times_back, &fault), -EBADMSG);
	}
	settings_clear(&plan.params);
	settings_clear(&plan.sysctls[SIDE_SERVER]);
	settings_clear(&back.params);
	settings_clear(&back.sysctls[SIDE_SERVER]);
	free(text);
}

static void a_plan_comes_back_as_it_went(void **state)
{
	struct planned items[2] = {{.run = {.id = "one.probe", .probe = &one_probe}},
	                           {.run = {.id = "one.probe", .probe = &one_probe}}};
	struct plan plan = {.items = items, .count = 2}, back;
	struct fault fault;
	char *text;

	(void)state;
	for (size_t i = 0; i < plan.count; i++)
		assert_int_equal(settings_put(&items[i].run.sysctls[SIDE_CLIENT],
		                              "net.ipv4.tcp_syn_retries", i ? "3" : "2"),
		                 0);
	text = plan_encode(&plan);
	assert_non_null(text);
	assert_int_equal(plan_decode(text, strlen(text), &back, &fault), 0);
	assert_int_equal(back.count, 2);
	for (size_t i = 0; i < back.count; i++) {
		const struct settings *sysctls = back.items[i].run.sysctls;

		assert_string_equal(settings_get(&sysctls[SIDE_CLIENT], "net.ipv4.tcp_syn_retries"),
		                    i ? "3" : "2");
		assert_int_equal(sysctls[SIDE_SERVER].count, 0);
		settings_clear(&items[i].run.sysctls[SIDE_CLIENT]);
	}
	plan_free(&back);
	for (size_t cut = 0; cut < strlen(text); cut++)
		assert_int_equal(plan_decode(text, cut, &back, &fault), -EBADMSG);
	assert_int_equal(plan_decode("[{}]", 4, &back, &fault), -EBADMSG);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_are_in_debians_order),
		cmocka_unit_test(a_name_fits_whole_numbers_only),
		cmocka_unit_test(lz4_is_unpacked_and_nonsense_refused),
		cmocka_unit_test(zstd_unpacks_and_torn_zstd_does_not),
		cmocka_unit_test(gzip_unpacks_and_torn_gzip_does_not),
		cmocka_unit_test(what_is_not_packed_is_told_so),
		cmocka_unit_test(cpio_headers_are_as_the_kernel_reads_them),
		cmocka_unit_test(a_signature_is_found_and_damage_is_not_followed),
		cmocka_unit_test(modinfo_is_found_and_damage_is_not_followed),
		cmocka_unit_test(troubles_are_told_apart),
		cmocka_unit_test(a_job_comes_back_as_it_went),
		cmocka_unit_test(a_plan_comes_back_as_it_went),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
