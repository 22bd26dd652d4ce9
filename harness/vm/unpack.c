// SPDX-License-Identifier: GPL-2.0-or-later
#include "unpack.h"

#include <errno.h>
#include <limits.h>
#include <lz4.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

struct growing {
	uint8_t *data;
	size_t used, space;
};

static bool growing_reserve(struct growing *out, size_t more)
{
	size_t space = out->space ? out->space : 1 << 20;
	uint8_t *data;

	while (space < out->used + more)
		space *= 2;
	if (space == out->space)
		return true;
	data = space <= UNPACK_MAX ? realloc(out->data, space) : NULL;
	if (!data)
		return false;
	out->data = data;
	out->space = space;
	return true;
}

static bool xz_unpack(const uint8_t *data, size_t size, struct growing *out)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	lzma_ret rc = lzma_stream_decoder(&stream, UINT64_MAX, 0);

	stream.next_in = data;
	stream.avail_in = size;
	while (rc == LZMA_OK && growing_reserve(out, 1 << 18)) {
		stream.next_out = out->data + out->used;
		stream.avail_out = out->space - out->used;
		rc = lzma_code(&stream, LZMA_RUN);
		out->used = out->space - stream.avail_out;
		if (rc == LZMA_OK && !stream.avail_in && stream.avail_out)
			break; /* torn */
	}
	lzma_end(&stream);
	return rc == LZMA_STREAM_END;
}

static bool zstd_unpack(const uint8_t *data, size_t size, struct growing *out)
{
	ZSTD_inBuffer in = {.src = data, .size = size};
	ZSTD_DStream *stream = ZSTD_createDStream();
	size_t left = 1;

	/* The kernel is packed with a window larger than the library's usual limit. */
	if (!stream || ZSTD_isError(ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, 31)))
		left = 0;
	out->used = 0;
	while (left && growing_reserve(out, 1 << 18)) {
		ZSTD_outBuffer piece = {.dst = out->data, .size = out->space, .pos = out->used};

		left = ZSTD_decompressStream(stream, &piece, &in);
		out->used = piece.pos;
		if (ZSTD_isError(left) || (left && in.pos == in.size && piece.pos < piece.size))
			break; /* nonsense, or torn */
	}
	ZSTD_freeDStream(stream);
	return stream && !left && out->used;
}

static bool gzip_unpack(const uint8_t *data, size_t size, struct growing *out)
{
	z_stream stream = {.next_in = (uint8_t *)data, .avail_in = (uInt)size};
	int rc = size <= UINT32_MAX ? inflateInit2(&stream, 16 + MAX_WBITS) : Z_MEM_ERROR;

	if (rc != Z_OK)
		return false;
	while (rc == Z_OK && growing_reserve(out, 1 << 18)) {
		stream.next_out = out->data + out->used;
		stream.avail_out = (uInt)(out->space - out->used);
		rc = inflate(&stream, Z_NO_FLUSH);
		out->used = out->space - stream.avail_out;
	}
	inflateEnd(&stream);
	return rc == Z_STREAM_END;
}

#define LZ4_BLOCK (8 << 20)

static uint32_t little_endian(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/*
 * "lz4 -l": blocks of 8 MiB, each with its packed size before it, which liblz4 has no name
 * for; a stray size at the end.
 */
static bool lz4_unpack(const uint8_t *data, size_t size, struct growing *out)
{
	size_t at = 4;
	int n;

	while (size - at > 4) {
		uint32_t packed = little_endian(data + at);

		at += 4;
		if (packed > size - at || packed > INT_MAX || !growing_reserve(out, LZ4_BLOCK))
			return false;
		n = LZ4_decompress_safe((const char *)data + at, (char *)out->data + out->used,
		                        (int)packed, LZ4_BLOCK);
		if (n < 0)
			return false;
		out->used += (size_t)n;
		at += packed;
	}
	return out->used > 0;
}

static const struct format {
	const char *name, *magic;
	size_t magic_size;
	bool (*unpack)(const uint8_t *data, size_t size, struct growing *out);
} formats[] = {
	{"xz",
         "\xfd"
         "7zXZ",
         6, xz_unpack},
	{"zstd", "\x28\xb5\x2f\xfd", 4, zstd_unpack},
	{"gzip", "\x1f\x8b", 2, gzip_unpack},
	{"LZ4", "\x02\x21\x4c\x18", 4, lz4_unpack},
};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))

static const struct format *format_find(const void *data, size_t size)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (size > formats[i].magic_size &&
		    !memcmp(data, formats[i].magic, formats[i].magic_size))
			return &formats[i];
	return NULL;
}

bool unpack_knows(const void *data, size_t size)
{
	return format_find(data, size) != NULL;
}

void *unpack(const void *data, size_t size, size_t *unpacked, struct fault *f)
{
	const struct format *format = format_find(data, size);
	struct growing out = {0};

	if (!format) {
		fault_set(f, EBADMSG, "unpack: neither xz nor zstd, gzip or LZ4");
		return NULL;
	}
	if (!format->unpack(data, size, &out)) {
		fault_set(f, EBADMSG, "unpack %s", format->name);
		free(out.data);
		return NULL;
	}
	*unpacked = out.used;
	return out.data;
}

int unpack_blame(const char *path, struct fault *f)
{
	const struct fault said = *f;

	return fault_refuse(f, said.err, "%.170s is damaged (%.60s)", path, said.what);
}
