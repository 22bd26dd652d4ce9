// SPDX-License-Identifier: GPL-2.0-or-later
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/file.h"
#include "../vm/trust.h"

int store_open(struct store *store, struct fault *f)
{
	return cache_room("answers", store->path, f);
}

int store_open_at(struct store *store, const char *path, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return fault_set(f, errno, "read the folder of answers %s", path_end(path));
	close(fd);
	if (strlen(path) >= sizeof(store->path))
		return fault_set(f, ENAMETOOLONG, "read the folder of answers %s", path_end(path));
	snprintf(store->path, sizeof(store->path), "%s", path);
	return 0;
}

static void folder_renew(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
}

void store_renew(const struct store *store, const char *guest)
{
	char folder[CACHE_PATH], path[CACHE_PATH];
	struct fault ignored;

	if (path_join(folder, store->path, guest, &ignored) < 0)
		return;
	folder_renew(store->path);
	folder_renew(folder);
	for (unsigned int i = 0; i < 256; i++) {
		char name[4];

		snprintf(name, sizeof(name), "%02x", i);
		if (path_join(path, folder, name, &ignored) == 0)
			folder_renew(path);
	}
}

/* "ANSWERS/GUEST/XX", by the first two digits; the file is the rest of them in it. */
static int answer_folder(const struct store *store, const struct answer_key *key,
                         char path[CACHE_PATH], struct fault *f)
{
	char name[GUEST_NAME + 8];

	snprintf(name, sizeof(name), "%s/%02x", key->guest, (unsigned int)(key->digest >> 56));
	return path_join(path, store->path, name, f);
}

static int answer_path(const char *folder, const struct answer_key *key, char path[CACHE_PATH],
                       struct fault *f)
{
	char name[24];

	snprintf(name, sizeof(name), "%014" PRIx64, key->digest & (UINT64_MAX >> 8));
	return path_join(path, folder, name, f);
}

/* ---- reading */

/* Opened, and ours; -ENOENT, without words: there is none. */
static int answer_open(const char *path, struct fault *f)
{
	int err, fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? -ENOENT : fault_set(f, errno, "read %s", path_end(path));
	err = trust_open(fd, path, f);
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* The file's beginning, as much as a head may take; its length or -errno. */
static ssize_t head_load(int fd, char *data)
{
	size_t used = 0;
	ssize_t n;

	while (used < ANSWER_HEAD_MOST) {
		n = pread(fd, data + used, ANSWER_HEAD_MOST - used, (off_t)used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		used += (size_t)n;
	}
	return (ssize_t)used;
}

/* A part, of which @have bytes were read with the head. */
static int part_load(int fd, const struct answer_part *part, off_t at, const char *have,
                     size_t have_size, struct buffer *to, struct fault *f)
{
	char *packed;
	size_t used = 0;
	int err = 0;

	if (part->packed <= have_size)
		return answer_unpack(part, have, to, f);
	packed = malloc(part->packed);
	if (!packed)
		return fault_set(f, ENOMEM, "read a kept answer");
	while (used < part->packed && !err) {
		ssize_t n = pread(fd, packed + used, part->packed - used, at + (off_t)used);

		if (n > 0)
			used += (size_t)n;
		else if (!n || errno != EINTR)
			err = n ? fault_set(f, errno, "read a kept answer")
			        : fault_refuse(f, EBADMSG, "is torn");
	}
	if (!err)
		err = answer_unpack(part, packed, to, f);
	free(packed);
	return err;
}

struct answer_file {
	int fd;
	char *data; /* the beginning */
	size_t size;
	struct answer_head head;
};

static int file_load(struct answer_file *file, struct fault *f)
{
	struct stat st;
	ssize_t size;
	int err;

	file->data = malloc(ANSWER_HEAD_MOST);
	if (!file->data)
		return fault_set(f, ENOMEM, "read a kept answer");
	size = head_load(file->fd, file->data);
	if (size < 0 || fstat(file->fd, &st) < 0)
		return fault_set(f, size < 0 ? (int)-size : errno, "read a kept answer");
	file->size = (size_t)size;
	err = answer_head_read(file->data, file->size, &file->head, f);
	if (!err && (uint64_t)st.st_size !=
	                    file->head.length + file->head.result.packed + file->head.lines.packed)
		err = fault_refuse(f, EBADMSG, "is torn");
	return err;
}

static int file_parts(const struct answer_file *file, enum answer_extent extent,
                      struct answer *answer, struct fault *f)
{
	const struct answer_head *head = &file->head;
	size_t at = head->length, lines_at = at + head->result.packed;
	int err = part_load(file->fd, &head->result, (off_t)at, file->data + at, file->size - at,
	                    &answer->result, f);

	if (!err && extent == ANSWER_WHOLE)
		err = part_load(file->fd, &head->lines, (off_t)lines_at,
		                lines_at < file->size ? file->data + lines_at : NULL,
		                lines_at < file->size ? file->size - lines_at : 0, &answer->lines,
		                f);
	answer->took_ns = head->took_ns;
	return err;
}

/* What is wrong with a file's contents is a word about it: with its name it is a sentence. */
static int answer_fault(const char *path, int err, struct fault *f)
{
	struct fault about = *f;

	if (err != -EBADMSG)
		return err;
	return fault_refuse(f, EBADMSG, "the kept answer %s %s", path_end(path), about.what);
}

static bool key_differs(const struct answer_head *head, const struct answer_key *key)
{
	return !head->key || head->key_length != strlen(key->text) ||
	       memcmp(head->key, key->text, head->key_length) != 0;
}

/* @key NULL: whatever it is. As store_get(). */
static int answer_read(const char *path, const struct answer_key *key, enum answer_extent extent,
                       struct answer *answer, struct fault *f)
{
	struct answer_file file = {.fd = answer_open(path, f)};
	int err;

	*answer = (struct answer){0};
	if (file.fd < 0)
		return file.fd == -ENOENT ? 0 : file.fd;
	err = file_load(&file, f);
	if (!err && key && key_differs(&file.head, key)) {
		close(file.fd);
		free(file.data);
		return 0; /* another question, whose key has the same digest */
	}
	if (!err)
		err = file_parts(&file, extent, answer, f);
	close(file.fd);
	free(file.data);
	if (!err)
		return 1;
	answer_clear(answer);
	return answer_fault(path, err, f);
}

int store_get(const struct store *store, const struct answer_key *key, enum answer_extent extent,
              struct answer *answer, struct fault *f)
{
	char folder[CACHE_PATH], path[CACHE_PATH];
	int err = answer_folder(store, key, folder, f);

	*answer = (struct answer){0};
	if (!err)
		err = answer_path(folder, key, path, f);
	return err ? err : answer_read(path, key, extent, answer, f);
}

int store_check_file(const char *path, struct fault *f)
{
	struct answer answer;
	int found = answer_read(path, NULL, ANSWER_WHOLE, &answer, f);

	answer_clear(&answer);
	return found < 0 ? found : 0;
}

/* ---- writing */

/* A name that nobody has: also not on another machine, or by the same number after a restart. */
static int temp_path(const char *folder, char path[CACHE_PATH], struct fault *f)
{
	uint64_t number;
	char name[32];

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return fault_set(f, errno, "make a name in %s", path_end(folder));
	snprintf(name, sizeof(name), STORE_TEMP_PREFIX "%016" PRIx64, number);
	return path_join(path, folder, name, f);
}

static int folder_have(const char *path, struct fault *f)
{
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return fault_set(f, errno, "make %s", path_end(path));
	return 0;
}

/* The folder is there but for the first answer in it; or it was empty, and pruned just now. */
static int temp_create(const char *folder, const char *temp, struct fault *f)
{
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, fd = -1, err;
	char guest[CACHE_PATH];

	for (int i = 0; i < 3; i++) {
		fd = open(temp, flags, 0644);
		if (fd >= 0 || errno != ENOENT)
			break;
		snprintf(guest, sizeof(guest), "%.*s", (int)(strrchr(folder, '/') - folder),
		         folder);
		err = folder_have(guest, f);
		if (!err)
			err = folder_have(folder, f);
		if (err && err != -ENOENT)
			return err;
		errno = ENOENT;
	}
	return fd < 0 ? fault_set(f, errno, "write %s", path_end(temp)) : fd;
}

static int temp_write(int fd, const char *temp, const struct buffer *file, struct fault *f)
{
	int err = write_all(fd, file->data, file->used);

	/* Some file systems have room for it or not only now. */
	if (close(fd) < 0 && !err)
		err = -errno;
	return err ? fault_set(f, -err, "keep an answer in %s", path_end(temp)) : 0;
}

static int file_place(const char *folder, const char *path, const struct buffer *file,
                      struct fault *f)
{
	char temp[CACHE_PATH];
	int fd, err = temp_path(folder, temp, f);

	if (err)
		return err;
	fd = temp_create(folder, temp, f);
	if (fd < 0)
		return fd;
	err = temp_write(fd, temp, file, f);
	if (!err && rename(temp, path) < 0)
		err = fault_set(f, errno, "keep the answer %s", path_end(path));
	if (err)
		(void)unlink(temp); /* else prune finds it */
	return err;
}

int store_put(const struct store *store, const struct answer_key *key, const struct answer *answer,
              struct fault *f)
{
	char folder[CACHE_PATH], path[CACHE_PATH];
	struct buffer file = {0};
	int err = answer_folder(store, key, folder, f);

	if (!err)
		err = answer_path(folder, key, path, f);
	if (!err && strlen(key->text) > ANSWER_KEY_MOST)
		err = fault_refuse(f, EFBIG, "a question of %zu bytes is too long to be kept",
		                   strlen(key->text));
	if (!err && answer_encode(answer, key->text, &file) < 0)
		err = fault_set(f, ENOMEM, "keep an answer");
	if (!err)
		err = file_place(folder, path, &file, f);
	buffer_free(&file);
	return err;
}
