/* SPDX-License-Identifier: Apache-2.0 */
/*
 * azure_tpm_wire: a TCTI to swtpm's socket that counts, answers in the TPM's
 * place where a fault says so, and plays the paravisor: whoever reads NV
 * 0x01400001 from its start gets a new report, but not too often.
 */
#include "config.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <tss2/tss2_tctildr.h>

#include "tests/azure_tpm_kit.h"

#define HCL 0x01400001
#define USER_DATA 0x01400002
#define HCL_SIZE 2048
#define RUNTIME 1236
#define COMMANDS 512

struct tpm_faults tpm_faults;
static unsigned sent[COMMANDS];
static unsigned sent_in_all;

/* One paravisor for every process of the test. */
static struct paravisor {
	uint8_t hcl[HCL_SIZE];
	struct timespec made;
	unsigned count;
} * paravisor;

struct wire {
	TSS2_TCTI_CONTEXT_COMMON_V2 common; /* first */
	char path[108];
	int fd; /* -1: not yet */
	bool direct;
	bool silent;
	uint32_t command;
	uint8_t canned[4096];
	size_t canned_size;
};

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static void
put(uint8_t *p, uint32_t value, unsigned size)
{
	while (size-- > 0) {
		p[size] = value & 0xff;
		value >>= 8;
	}
}

unsigned
tpm_count(uint32_t command)
{
	if (command == 0)
		return sent_in_all;
	return sent[command % COMMANDS];
}

void
tpm_count_reset(void)
{
	memset(sent, 0, sizeof(sent));
	sent_in_all = 0;
}

/* Before any fork. */
void
tpm_wire_reset(void)
{
	if (paravisor == NULL)
		paravisor = mmap(NULL, sizeof(*paravisor),
		    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (paravisor == MAP_FAILED)
		abort();
	memset(paravisor, 0, sizeof(*paravisor));
	memset(&tpm_faults, 0, sizeof(tpm_faults));
	tpm_count_reset();
}

static size_t
read_response(int fd, uint8_t *out, size_t limit)
{
	size_t have = 0, want = 10;
	ssize_t n;

	while (have < want) {
		n = read(fd, out + have, want - have);
		if (n <= 0)
			return 0;
		have += (size_t)n;
		if (have == 10) {
			want = be32(out + 2);
			ck_assert_uint_le(want, limit);
		}
	}
	return have;
}

/* A command of the kit's own, in hex with spaces. */
static size_t
ask(int fd, const char *hex, uint8_t response[4096])
{
	uint8_t command[256];
	size_t size = 0;
	unsigned byte;
	int n;

	while (sscanf(hex, " %2x%n", &byte, &n) == 1) {
		command[size++] = (uint8_t)byte;
		hex += n;
	}
	ck_assert_uint_eq(be32(command + 2), size);
	ck_assert_int_eq(write(fd, command, size), (ssize_t)size);
	return read_response(fd, response, 4096);
}

static void
extend(int fd)
{
	uint8_t response[4096];
	char command[256];

	snprintf(command, sizeof(command),
	    "8002 00000041 00000182 00000005 00000009 40000009 0000 00 0000"
	    "00000001 000b %064x",
	    ++paravisor->count);
	ask(fd, command, response);
	ck_assert_uint_eq(be32(response + 6), 0);
}

static void
runtime_json(int fd, char *out, size_t size)
{
	uint8_t response[4096];
	char hex[129];
	unsigned i;

	if (tpm_faults.json != NULL) {
		snprintf(out, size, "%s", tpm_faults.json);
		return;
	}
	memset(hex, '0', sizeof(hex));
	hex[128] = '\0';
	if (ask(fd,
		"8002 00000023 0000014e 40000001 01400002"
		"00000009 40000009 0000 00 0000 0040 0000",
		response) > 80)
		for (i = 0; i < 64; i++)
			snprintf(hex + 2 * i, 3, "%02X", response[16 + i]);
	snprintf(out, size, "{\"keys\":[],\"count\":%u%s%s%s}",
	    ++paravisor->count,
	    tpm_faults.no_user_data ? "" : ",\"user-data\":\"",
	    tpm_faults.no_user_data ? "" : hex,
	    tpm_faults.no_user_data ? "" : "\"");
}

static void
put_le32(uint8_t *p, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (value >> (8 * i)) & 0xff;
}

static void
make_report(int fd)
{
	uint8_t *b = paravisor->hcl;
	char json[HCL_SIZE - RUNTIME];
	size_t size;

	runtime_json(fd, json, sizeof(json));
	size = strlen(json);
	memset(b, 0, HCL_SIZE);
	memcpy(b, "HCLA", 4);
	put_le32(b + 4, 1);
	put_le32(b + 8, (uint32_t)(32 + 1184 + 20 + size));
	put_le32(b + 12, 2);
	put_le32(b + 32, 2);
	put_le32(b + 1216, (uint32_t)(20 + size));
	put_le32(b + 1220, 1);
	put_le32(b + 1224,
	    tpm_faults.report_type != 0 ? tpm_faults.report_type : 2);
	put_le32(b + 1228, 1);
	put_le32(b + 1232, (uint32_t)size);
	memcpy(b + RUNTIME, json, size);
	ck_assert_int_eq(EVP_Digest(json, size, b + 32 + 0x50, NULL,
			     EVP_sha256(), NULL),
	    1);
	clock_gettime(CLOCK_MONOTONIC, &paravisor->made);
}

static bool
due(void)
{
	struct timespec now;
	long ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (now.tv_sec - paravisor->made.tv_sec) * 1000 +
	    (now.tv_nsec - paravisor->made.tv_nsec) / 1000000;
	return paravisor->made.tv_sec == 0 ||
	    (!tpm_faults.stale && ms >= (long)tpm_faults.rate_ms);
}

/* NV_Read of the report, answered in the TPM's place. */
static void
answer_hcl(struct wire *w, const uint8_t *command)
{
	unsigned size = (unsigned)command[31] << 8 | command[32];
	unsigned offset = (unsigned)command[33] << 8 | command[34];
	bool torn = offset > 0 && tpm_faults.torn > 0;

	if (torn)
		tpm_faults.torn--;
	if (torn || (offset == 0 && due()))
		make_report(w->fd);
	ck_assert_uint_le(size, 1024);
	ck_assert_uint_le(offset + size, HCL_SIZE);
	put(w->canned, 0x8002, 2);
	put(w->canned + 2, 16 + size + 5, 4);
	put(w->canned + 6, 0, 4);
	put(w->canned + 10, 2 + size, 4);
	put(w->canned + 14, size, 2);
	memcpy(w->canned + 16, paravisor->hcl + offset, size);
	memcpy(w->canned + 16 + size, "\0\0\1\0\0", 5);
	w->canned_size = 16 + size + 5;
}

static void
answer_code(struct wire *w, uint32_t code)
{
	put(w->canned, 0x8001, 2);
	put(w->canned + 2, 10, 4);
	put(w->canned + 6, code, 4);
	w->canned_size = 10;
}

/* Whether something else than the TPM answers. */
static bool
intercept(struct wire *w, const uint8_t *command)
{
	struct tpm_faults *f = &tpm_faults;

	if (w->direct)
		return false;
	sent[w->command % COMMANDS]++;
	sent_in_all++;
	if (f->retries > 0 && (f->only == 0 || f->only == w->command)) {
		f->retries--;
		answer_code(w, TPM2_RC_RETRY);
	} else if (f->silent && (f->only == 0 || f->only == w->command)) {
		w->silent = true;
	} else if (f->fails == w->command) {
		answer_code(w, f->fails_with);
	} else if (w->command == TPM2_CC_NV_Read && be32(command + 14) == HCL) {
		answer_hcl(w, command);
	} else {
		return false;
	}
	return true;
}

static bool
dial(struct wire *w)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (w->fd >= 0)
		return true;
	ck_assert_uint_lt(strlen(w->path), sizeof(address.sun_path));
	strcpy(address.sun_path, w->path);
	w->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return connect(w->fd, (struct sockaddr *)&address, sizeof(address)) ==
	    0;
}

/*
 * swtpm serves one connection at a time, so nobody connects before he has
 * something to say: he would keep out those whom he waits for.
 */
static TSS2_RC
transmit(TSS2_TCTI_CONTEXT *context, size_t size, const uint8_t *command)
{
	struct wire *w = (struct wire *)(void *)context;

	if (!dial(w))
		return TSS2_TCTI_RC_IO_ERROR;
	w->command = be32(command + 6);
	w->canned_size = 0;
	w->silent = false;
	if (intercept(w, command))
		return TSS2_RC_SUCCESS;
	return write(w->fd, command, size) == (ssize_t)size ?
	    TSS2_RC_SUCCESS :
	    TSS2_TCTI_RC_IO_ERROR;
}

/* Whole, once it is there; ESAPI first asks for its size alone. */
static bool
fetch(struct wire *w, int timeout)
{
	struct pollfd p = { .fd = w->fd, .events = POLLIN };

	if (w->canned_size > 0)
		return true;
	if (poll(&p, w->silent ? 0 : 1, timeout) <= 0)
		return false;
	w->canned_size = read_response(w->fd, w->canned, sizeof(w->canned));
	if (!w->direct && w->command == tpm_faults.extend_after &&
	    tpm_faults.extend_times > 0) {
		tpm_faults.extend_times--;
		extend(w->fd);
	}
	return true;
}

static TSS2_RC
receive(TSS2_TCTI_CONTEXT *context, size_t *size, uint8_t *response,
    int32_t timeout)
{
	struct wire *w = (struct wire *)(void *)context;

	if (!fetch(w, timeout))
		return TSS2_TCTI_RC_TRY_AGAIN;
	if (w->canned_size == 0)
		return TSS2_TCTI_RC_IO_ERROR;
	if (response != NULL) {
		ck_assert_uint_ge(*size, w->canned_size);
		memcpy(response, w->canned, w->canned_size);
		/* Somebody looks for secrets in this process's memory. */
		OPENSSL_cleanse(w->canned, w->canned_size);
	}
	*size = w->canned_size;
	return TSS2_RC_SUCCESS;
}

static void
finalize(TSS2_TCTI_CONTEXT *context)
{
	struct wire *w = (struct wire *)(void *)context;

	if (w->fd >= 0)
		close(w->fd);
}

TSS2_TCTI_CONTEXT *
tpm_wire_open(const char *path, bool direct)
{
	struct wire *w = access(path, F_OK) == 0 ? calloc(1, sizeof(*w)) : NULL;

	if (w == NULL)
		return NULL;
	w->fd = -1;
	snprintf(w->path, sizeof(w->path), "%s", path);
	w->direct = direct;
	w->common.v1.magic = 1;
	w->common.v1.version = 2;
	w->common.v1.transmit = transmit;
	w->common.v1.receive = receive;
	w->common.v1.finalize = finalize;
	return (TSS2_TCTI_CONTEXT *)w;
}

TSS2_RC __wrap_Tss2_TctiLdr_Initialize(const char *, TSS2_TCTI_CONTEXT **);
void __wrap_Tss2_TctiLdr_Finalize(TSS2_TCTI_CONTEXT **);

/* "swtpm:path=SOCKET", the form in which libtee was given it. */
TSS2_RC
__wrap_Tss2_TctiLdr_Initialize(const char *text, TSS2_TCTI_CONTEXT **out)
{
	const char *path = strchr(text, '=');

	*out = path != NULL ? tpm_wire_open(path + 1, false) : NULL;
	return *out != NULL ? TSS2_RC_SUCCESS : TSS2_TCTI_RC_IO_ERROR;
}

void
__wrap_Tss2_TctiLdr_Finalize(TSS2_TCTI_CONTEXT **context)
{
	if (*context == NULL)
		return;
	finalize(*context);
	free(*context);
	*context = NULL;
}
