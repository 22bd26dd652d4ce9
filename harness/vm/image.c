// SPDX-License-Identifier: GPL-2.0-or-later
#include "image.h"

#include <asm/bootparam.h>
#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unpack.h"

#define SETUP_AT 0x1f1
#define SECTOR 512

/* The header of a bzImage (Documentation/x86/boot.rst); false: it is none. */
static bool setup_read(const uint8_t *image, size_t size, struct setup_header *header)
{
	if (size < SETUP_AT + sizeof(*header))
		return false;
	memcpy(header, image + SETUP_AT, sizeof(*header));
	return !memcmp(&header->header, "HdrS", 4) && header->version >= 0x208;
}

int image_release(const char *vmlinuz, char *release, size_t size, struct fault *f)
{
	struct setup_header header;
	size_t image_size, at;
	uint8_t *image = file_read(vmlinuz, &image_size, f);
	int err = 0;

	if (!image)
		return -f->err;
	at = setup_read(image, image_size, &header) ? header.kernel_version + 0x200UL : image_size;
	if (at < image_size)
		snprintf(release, size, "%.*s", (int)strcspn((char *)image + at, " "),
		         (char *)image + at);
	else
		err = fault_set(f, ENOEXEC, "%s is no bzImage", vmlinuz);
	free(image);
	return err;
}

static bool is_elf(const uint8_t *data, size_t size)
{
	return size > sizeof(Elf64_Ehdr) && !memcmp(data, ELFMAG, SELFMAG);
}

/* The packed kernel within the image; an ELF file is its own. */
static const uint8_t *payload_find(const uint8_t *image, size_t size, size_t *length)
{
	struct setup_header header;
	size_t at;

	if (!setup_read(image, size, &header))
		return NULL;
	at = ((header.setup_sects ? header.setup_sects : 4) + 1UL) * SECTOR + header.payload_offset;
	*length = header.payload_length;
	return at <= size && *length <= size - at ? image + at : NULL;
}

int image_unpack(const char *vmlinuz, const char *vmlinux, struct fault *f)
{
	size_t image_size, length, size;
	uint8_t *image = file_read(vmlinuz, &image_size, f), *elf = NULL;
	const uint8_t *payload;
	int err = 0;

	if (!image)
		return -f->err;
	payload = payload_find(image, image_size, &length);
	if (is_elf(image, image_size))
		err = file_write(vmlinux, image, image_size, f);
	else if (!payload)
		err = fault_set(f, ENOEXEC, "%s is no bzImage", vmlinuz);
	else if (!(elf = unpack(payload, length, &size, f)))
		err = unpack_blame(vmlinuz, f);
	else if (!is_elf(elf, size))
		err = fault_set(f, ENOEXEC, "%s holds no ELF file", vmlinuz);
	else
		err = file_write(vmlinux, elf, size, f);
	free(elf);
	free(image);
	return err;
}

int image_end(const char *vmlinux, uint64_t *end, struct fault *f)
{
	FILE *file = fopen(vmlinux, "re");
	Elf64_Ehdr header;
	Elf64_Phdr part;
	bool good = file && fread(&header, sizeof(header), 1, file) == 1 &&
	            fseek(file, (long)header.e_phoff, SEEK_SET) == 0;

	*end = 0;
	for (unsigned int i = 0; good && i < header.e_phnum; i++) {
		good = fread(&part, sizeof(part), 1, file) == 1;
		if (good && part.p_type == PT_LOAD && part.p_paddr + part.p_memsz > *end)
			*end = part.p_paddr + part.p_memsz;
	}
	if (file)
		fclose(file);
	return good ? 0 : fault_set(f, EBADMSG, "read %s", vmlinux);
}
