/* SPDX-License-Identifier: Apache-2.0 */
/* azure_tpm_kit: see azure_tpm_kit.h. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <tss2/tss2_mu.h>

#include "libtee/clock.h"
#include "tests/azure_tpm_kit.h"

#define AK 0x81000003
/* tss2_tpm2_types.h shifts a sign bit into it. */
#define TRANSIENT_FIRST 0x80000000U

static char dir[64];
static pid_t swtpm;

const char *
tpm_path(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

const char *
tpm_socket(void)
{
	static char option[160];

	snprintf(option, sizeof(option), "swtpm:path=%s", tpm_path("tpm"));
	return option;
}

int __real_nanosleep(const struct timespec *, struct timespec *);
int __wrap_nanosleep(const struct timespec *, struct timespec *);

/* Whoever pauses, pauses a tenth; the paravisor's rate is set to match. */
int
__wrap_nanosleep(const struct timespec *ts, struct timespec *left)
{
	long ms = (ts->tv_sec * 1000 + ts->tv_nsec / 1000000) / 10;
	struct timespec tenth = { ms / 1000, ms % 1000 * 1000000 };

	(void)left;
	return __real_nanosleep(&tenth, NULL);
}

static void
run_swtpm(void)
{
	char server[128], state[128];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(server, sizeof(server), "type=unixio,path=%s",
	    tpm_path("tpm"));
	snprintf(state, sizeof(state), "dir=%s", dir);
	execlp("swtpm", "swtpm", "socket", "--tpm2", "--server", server,
	    "--tpmstate", state, "--flags", "startup-clear,not-need-init",
	    (char *)NULL);
	_exit(errno == ENOENT ? 77 : 1);
}

/* Bound is not yet listening. */
static bool
listening(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool good;

	strcpy(address.sun_path, tpm_path("tpm"));
	good = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
	close(fd);
	return good;
}

/* It listens, or the child's exit status says why not. */
static int
start(void)
{
	int status, tries;

	swtpm = fork();
	if (swtpm == 0)
		run_swtpm();
	for (tries = 0; tries < 500; tries++) {
		if (waitpid(swtpm, &status, WNOHANG) == swtpm)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
		if (listening())
			return 0;
		nanosleep(&(struct timespec){ 0, 100000000 }, NULL);
	}
	return 1;
}

static void
stop(void)
{
	char command[128];

	kill(swtpm, SIGTERM);
	waitpid(swtpm, NULL, 0);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	(void)!system(command);
}

int
tpm_main(const char *name, void (*add)(TCase *))
{
	Suite *s = suite_create(name);
	TCase *tc = tcase_create(name);
	SRunner *runner;
	int failed;

	/* Short: a socket's path has 107 bytes. */
	snprintf(dir, sizeof(dir), "tests/tpm.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return 1;
	/* What goes wrong on purpose need not be said by libtss2 as well. */
	setenv("TSS2_LOG", "all+NONE", 0);
	failed = start();
	if (failed != 0) {
		rmdir(dir);
		printf("1..0 # SKIP swtpm is not here\n");
		return failed;
	}
	tpm_wire_reset();
	tcase_add_checked_fixture(tc, tpm_wire_reset, NULL);
	tcase_set_timeout(tc, 60);
	add(tc);
	suite_add_tcase(s, tc);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	stop();
	return failed == 0 ? 0 : 1;
}

void
tpm_call_begin(struct tee_call *call, unsigned budget_ms)
{
	static uint8_t bindings[64][32];
	static unsigned count;
	uint8_t *binding = bindings[count++ % 64];

	memset(binding, (int)count, 32);
	memset(call, 0, sizeof(*call));
	call->transaction = "test";
	call->module = "snp_azure";
	call->facility = TEE_COLLECTOR;
	call->may_put = true;
	call->evidence = tee_evidence_new();
	call->binding = binding;
	call->binding_size = 32;
	call->deadline = tee_clock_monotonic_ms() + budget_ms;
	ck_assert_ptr_nonnull(call->evidence);
}

struct tee_call *
tpm_call(unsigned budget_ms)
{
	static struct tee_call call;

	tee_evidence_free(&call.evidence);
	tpm_call_begin(&call, budget_ms);
	return &call;
}

ESYS_CONTEXT *
tpm_direct(void)
{
	ESYS_CONTEXT *esys = NULL;
	TSS2_TCTI_CONTEXT *wire = tpm_wire_open(tpm_path("tpm"), true);

	ck_assert_ptr_nonnull(wire);
	ck_assert_uint_eq(Esys_Initialize(&esys, wire, NULL), 0);
	return esys;
}

void
tpm_direct_close(ESYS_CONTEXT **esys)
{
	TSS2_TCTI_CONTEXT *wire = NULL;

	ck_assert_uint_eq(Esys_GetTcti(*esys, &wire), 0);
	Esys_Finalize(esys);
	Tss2_Tcti_Finalize(wire);
	free(wire);
}

static uint32_t
first_handle(ESYS_CONTEXT *esys, uint32_t from, unsigned *count)
{
	TPMS_CAPABILITY_DATA *data = NULL;
	uint32_t first;

	ck_assert_uint_eq(Esys_GetCapability(esys, ESYS_TR_NONE, ESYS_TR_NONE,
			      ESYS_TR_NONE, TPM2_CAP_HANDLES, from, 16, NULL,
			      &data),
	    0);
	*count = data->data.handles.count;
	first = *count > 0 ? data->data.handles.handle[0] : 0;
	Esys_Free(data);
	return first;
}

static bool
there(ESYS_CONTEXT *esys, uint32_t handle)
{
	unsigned count;

	return first_handle(esys, handle, &count) == handle;
}

static ESYS_TR
handle_of(ESYS_CONTEXT *esys, uint32_t handle)
{
	ESYS_TR tr;

	ck_assert_uint_eq(Esys_TR_FromTPMPublic(esys, handle, ESYS_TR_NONE,
			      ESYS_TR_NONE, ESYS_TR_NONE, &tr),
	    0);
	return tr;
}

unsigned
tpm_leftovers(void)
{
	ESYS_CONTEXT *esys = tpm_direct();
	unsigned count, all = 0;

	(void)first_handle(esys, TRANSIENT_FIRST, &count);
	all += count;
	(void)first_handle(esys, TPM2_LOADED_SESSION_FIRST, &count);
	all += count;
	(void)first_handle(esys, TPM2_ACTIVE_SESSION_FIRST, &count);
	all += count;
	tpm_direct_close(&esys);
	return all;
}

/* The template of Azure's attestation key. */
void
tpm_make_ak(void)
{
	TPM2B_PUBLIC public = {
		.publicArea = { .type = TPM2_ALG_RSA,
		    .nameAlg = TPM2_ALG_SHA256,
		    .objectAttributes = 0x00050072,
		    .parameters.rsaDetail = { .symmetric.algorithm =
						  TPM2_ALG_NULL,
			.scheme = { .scheme = TPM2_ALG_RSASSA,
			    .details.rsassa.hashAlg = TPM2_ALG_SHA256 },
			.keyBits = 2048 } }
	};
	TPM2B_SENSITIVE_CREATE sensitive = { 0 };
	TPM2B_DATA outside = { 0 };
	TPML_PCR_SELECTION pcrs = { 0 };
	ESYS_CONTEXT *esys = tpm_direct();
	ESYS_TR key, persistent;

	if (!there(esys, AK)) {
		ck_assert_uint_eq(Esys_CreatePrimary(esys, ESYS_TR_RH_OWNER,
				      ESYS_TR_PASSWORD, ESYS_TR_NONE,
				      ESYS_TR_NONE, &sensitive, &public,
				      &outside, &pcrs, &key, NULL, NULL, NULL,
				      NULL),
		    0);
		ck_assert_uint_eq(Esys_EvictControl(esys, ESYS_TR_RH_OWNER, key,
				      ESYS_TR_PASSWORD, ESYS_TR_NONE,
				      ESYS_TR_NONE, AK, &persistent),
		    0);
		ck_assert_uint_eq(Esys_FlushContext(esys, key), 0);
	}
	tpm_direct_close(&esys);
}

void
tpm_remove_ak(void)
{
	ESYS_CONTEXT *esys = tpm_direct();
	ESYS_TR gone;

	if (there(esys, AK))
		ck_assert_uint_eq(Esys_EvictControl(esys, ESYS_TR_RH_OWNER,
				      handle_of(esys, AK), ESYS_TR_PASSWORD,
				      ESYS_TR_NONE, ESYS_TR_NONE, AK, &gone),
		    0);
	tpm_direct_close(&esys);
}

static void
nv_define(ESYS_CONTEXT *esys, uint32_t index, const uint8_t *data, size_t size)
{
	TPM2B_NV_PUBLIC public = { .nvPublic = { .nvIndex = index,
				       .nameAlg = TPM2_ALG_SHA256,
				       .attributes = 0x00060006,
				       .dataSize = (uint16_t)size } };
	TPM2B_AUTH auth = { 0 };
	TPM2B_MAX_NV_BUFFER part;
	ESYS_TR nv;
	size_t done;

	ck_assert_uint_eq(Esys_NV_DefineSpace(esys, ESYS_TR_RH_OWNER,
			      ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
			      &auth, &public, &nv),
	    0);
	for (done = 0; data != NULL && done < size; done += part.size) {
		part.size = (uint16_t)(size - done < 512 ? size - done : 512);
		memcpy(part.buffer, data + done, part.size);
		ck_assert_uint_eq(Esys_NV_Write(esys, ESYS_TR_RH_OWNER, nv,
				      ESYS_TR_PASSWORD, ESYS_TR_NONE,
				      ESYS_TR_NONE, &part, (uint16_t)done),
		    0);
	}
}

void
tpm_make_nv(uint32_t index, const void *data, size_t size)
{
	ESYS_CONTEXT *esys = tpm_direct();

	if (there(esys, index))
		ck_assert_uint_eq(Esys_NV_UndefineSpace(esys, ESYS_TR_RH_OWNER,
				      handle_of(esys, index), ESYS_TR_PASSWORD,
				      ESYS_TR_NONE, ESYS_TR_NONE),
		    0);
	if (size > 0)
		nv_define(esys, index, data, size);
	tpm_direct_close(&esys);
}

size_t
tpm_nv_size(uint32_t index)
{
	ESYS_CONTEXT *esys = tpm_direct();
	TPM2B_NV_PUBLIC *public = NULL;
	size_t size = 0;

	if (there(esys, index)) {
		ck_assert_uint_eq(Esys_NV_ReadPublic(esys,
				      handle_of(esys, index), ESYS_TR_NONE,
				      ESYS_TR_NONE, ESYS_TR_NONE, &public,
				      NULL),
		    0);
		size = public->nvPublic.dataSize;
		Esys_Free(public);
	}
	tpm_direct_close(&esys);
	return size;
}

void
tpm_extend(unsigned pcr)
{
	TPML_DIGEST_VALUES digests = { .count = 1,
		.digests[0] = { .hashAlg = TPM2_ALG_SHA256 } };
	ESYS_CONTEXT *esys = tpm_direct();

	ck_assert_uint_eq(Esys_PCR_Extend(esys, ESYS_TR_PCR0 + pcr,
			      ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
			      &digests),
	    0);
	tpm_direct_close(&esys);
}

TPM2B_PUBLIC
tpm_public(const uint8_t *data, size_t size)
{
	TPM2B_PUBLIC public;
	size_t offset = 0;

	memset(&public, 0, sizeof(public));
	ck_assert_uint_eq(Tss2_MU_TPM2B_PUBLIC_Unmarshal(data, size, &offset,
			      &public),
	    0);
	ck_assert_uint_eq(offset, size);
	return public;
}

EVP_PKEY *
tpm_rsa(const TPM2B_PUBLIC *public)
{
	const TPM2B_PUBLIC_KEY_RSA *n = &public->publicArea.unique.rsa;
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BIGNUM *modulus = BN_bin2bn(n->buffer, n->size, NULL);
	OSSL_PARAM *params;
	EVP_PKEY *key = NULL;

	OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus);
	OSSL_PARAM_BLD_push_uint(build, OSSL_PKEY_PARAM_RSA_E, 65537);
	params = OSSL_PARAM_BLD_to_param(build);
	ck_assert_int_eq(EVP_PKEY_fromdata_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY,
			     params),
	    1);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(ctx);
	BN_free(modulus);
	return key;
}

size_t
tpm_certificate(const char *issuer, uint8_t out[2048])
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	X509_NAME *name = X509_NAME_new();
	int size;

	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	    (const unsigned char *)issuer, -1, -1, 0);
	X509_set_issuer_name(cert, name);
	X509_NAME_free(name);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN",
	    MBSTRING_ASC, (const unsigned char *)"vm", -1, -1, 0);
	X509_gmtime_adj(X509_getm_notBefore(cert), 0);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_set_pubkey(cert, key);
	ck_assert_int_gt(X509_sign(cert, key, EVP_sha256()), 0);
	size = i2d_X509(cert, &out);
	X509_free(cert);
	EVP_PKEY_free(key);
	return (size_t)size;
}
