/* SPDX-License-Identifier: Apache-2.0 */
/* memscan: see memscan.h. */
#include "config.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/memscan.h"
#include "tests/memscan_key.h"

#define REGIONS_MAX 512
#define THREADS_MAX 64
#define REGISTERS_MAX (16 * 1024)

struct region {
	char name[64];
	uint8_t *data;
	size_t size;
	bool registers;
};

struct memscan_copy {
	struct region region[REGIONS_MAX];
	size_t count;
};

static const char *const words[MEMSCAN_KINDS] = { "seed", "seed words",
	"seed schedule", "scalar", "unclamped scalar", "prefix",
	"expanded words", "prefix schedule", "nonce hash", "nonce words",
	"nonce scalar", "scalar digits", "nonce digits" };

const char *
memscan_kind_word(enum memscan_kind kind)
{
	return words[kind];
}

/* Takes the bytes over. */
static void
keep(struct memscan_copy *copy, const char *name, uint8_t *data, size_t size,
    bool registers)
{
	struct region *r;

	if (copy->count == REGIONS_MAX)
		abort(); /* a scan that leaves out is no scan */
	r = &copy->region[copy->count++];
	snprintf(r->name, sizeof(r->name), "%s", name);
	r->data = data;
	r->size = size;
	r->registers = registers;
}

struct stopped {
	pid_t thread[THREADS_MAX];
	size_t count;
};

static bool
is_stopped(const struct stopped *s, pid_t tid)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		if (s->thread[i] == tid)
			return true;
	return false;
}

static bool
stop_thread(struct stopped *s, pid_t tid)
{
	int status;

	if (s->count == THREADS_MAX ||
	    ptrace(PTRACE_SEIZE, tid, NULL, NULL) != 0)
		return false;
	s->thread[s->count++] = tid;
	return ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) == 0 &&
	    waitpid(tid, &status, __WALL) == tid && WIFSTOPPED(status);
}

/* Until a whole round finds no thread that still runs. */
static bool
stop_all(pid_t pid, struct stopped *s)
{
	size_t before;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%ld/task", (long)pid);
	do {
		DIR *dir = opendir(path);
		const struct dirent *e;

		if (dir == NULL)
			return false;
		before = s->count;
		while ((e = readdir(dir)) != NULL) {
			pid_t tid = (pid_t)atol(e->d_name);

			if (tid > 0 && !is_stopped(s, tid) &&
			    !stop_thread(s, tid)) {
				closedir(dir);
				return false;
			}
		}
		closedir(dir);
	} while (s->count > before);
	return true;
}

static void
release_all(const struct stopped *s)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		ptrace(PTRACE_DETACH, s->thread[i], NULL, NULL);
}

static void
copy_registers(struct memscan_copy *copy, pid_t tid)
{
	static const struct {
		int set;
		const char *name;
	} sets[] = {
		{ NT_PRSTATUS, "general registers" },
		{ NT_PRFPREG, "floating-point registers" },
#if defined(__x86_64__)
		{ NT_X86_XSTATE, "vector registers (XSAVE)" },
#endif
	};
	size_t i;

	for (i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		uint8_t *data = malloc(REGISTERS_MAX);
		struct iovec v = { data, REGISTERS_MAX };

		if (data == NULL ||
		    ptrace(PTRACE_GETREGSET, tid, (void *)(long)sets[i].set,
			&v) != 0)
			free(data);
		else
			keep(copy, sets[i].name, data, v.iov_len, true);
	}
}

/* Pages that the kernel gives nobody, such as device memory, are skipped. */
static void
copy_range(struct memscan_copy *copy, int mem, const char *name,
    unsigned long from, unsigned long to)
{
	size_t size = to - from, done = 0;
	uint8_t *data = malloc(size);
	ssize_t n;

	if (data == NULL)
		abort();
	while (done < size &&
	    (n = pread(mem, data + done, size - done, (off_t)(from + done))) >
		0)
		done += (size_t)n;
	if (done == 0)
		free(data);
	else
		keep(copy, name, data, done, false);
}

static bool
copy_memory(struct memscan_copy *copy, pid_t pid)
{
	char path[64], line[512], mode[8], name[256];
	unsigned long from, to;
	FILE *maps;
	int mem;

	snprintf(path, sizeof(path), "/proc/%ld/mem", (long)pid);
	mem = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/%ld/maps", (long)pid);
	maps = fopen(path, "re");
	while (mem >= 0 && maps != NULL &&
	    fgets(line, sizeof(line), maps) != NULL) {
		name[0] = '\0';
		if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %255[^\n]", &from,
			&to, mode, name) < 3 ||
		    mode[0] != 'r' || strncmp(name, "[vv", 3) == 0 ||
		    strncmp(name, "[vs", 3) == 0)
			continue;
		copy_range(copy, mem, name[0] != '\0' ? name : "[anonymous]",
		    from, to);
	}
	if (maps != NULL)
		fclose(maps);
	if (mem >= 0)
		close(mem);
	return mem >= 0 && copy->count > 0;
}

struct memscan_copy *
memscan_take(pid_t pid)
{
	struct memscan_copy *copy = calloc(1, sizeof(*copy));
	struct stopped stopped = { .count = 0 };
	bool ok =
	    copy != NULL && stop_all(pid, &stopped) && copy_memory(copy, pid);
	int error = errno;
	size_t i;

	for (i = 0; ok && i < stopped.count; i++)
		copy_registers(copy, stopped.thread[i]);
	release_all(&stopped);
	if (!ok)
		memscan_copy_free(&copy);
	errno = error;
	return copy;
}

void
memscan_copy_free(struct memscan_copy **copy)
{
	size_t i;

	if (*copy == NULL)
		return;
	for (i = 0; i < (*copy)->count; i++)
		free((*copy)->region[i].data);
	free(*copy);
	*copy = NULL;
}

static size_t
size_of(const struct memscan_copy *copy, bool registers)
{
	size_t i, n = 0;

	for (i = 0; i < copy->count; i++)
		if (copy->region[i].registers == registers)
			n += copy->region[i].size;
	return n;
}

size_t
memscan_copy_size(const struct memscan_copy *copy)
{
	return size_of(copy, false);
}

size_t
memscan_copy_registers(const struct memscan_copy *copy)
{
	return size_of(copy, true);
}

static void
note(struct memscan_hits *hits, const char *where,
    const struct memscan_hits *before)
{
	size_t n = strlen(hits->where);
	unsigned k;

	for (k = 0; k < MEMSCAN_KINDS; k++) {
		unsigned count = hits->of[k] - before->of[k];

		if (count == 0 || n >= sizeof(hits->where))
			continue;
		snprintf(hits->where + n, sizeof(hits->where) - n,
		    "%s%s: %s x%u", n > 0 ? "; " : "", where, words[k], count);
		n = strlen(hits->where);
	}
}

void
memscan_search_bytes(const void *data, size_t size, const char *where,
    const struct memscan_key *key, struct memscan_hits *hits)
{
	struct memscan_hits before = *hits;
	const uint8_t *p = data;
	uint64_t window;
	size_t i;

	for (i = 0; i + sizeof(window) <= size; i++) {
		memcpy(&window, p + i, sizeof(window));
		if (key->bloom[window & 0xffff])
			memscan_key_match(key, window, hits);
	}
	note(hits, where, &before);
}

void
memscan_search(const struct memscan_copy *copy, const struct memscan_key *key,
    struct memscan_hits *hits)
{
	size_t i;

	memset(hits, 0, sizeof(*hits));
	for (i = 0; i < copy->count; i++) {
		const struct region *r = &copy->region[i];
		unsigned before = hits->total;

		memscan_search_bytes(r->data, r->size, r->name, key, hits);
		if (r->registers)
			hits->in_registers += hits->total - before;
	}
}
