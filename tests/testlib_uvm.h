/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testlib_uvm: UVM endorsements of either format, minted with a chain of the
 * test's own, each to be spoiled in one respect.
 */
#ifndef TESTLIB_UVM_H
#define TESTLIB_UVM_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include <openssl/evp.h>

#include "sim/blob.h"

#define UVM_AT 1764547200 /* 2025-12-01, within the leaf's year */
#define UVM_EKU "1.3.6.1.4.1.311.76.59.1.2"
#define UVM_DAY (24L * 60 * 60)

enum uvm_cert { UVM_LEAF = 0, UVM_CA, UVM_ROOT, UVM_CERTS };

/* How a certificate of the chain is made. */
struct uvm_cert_spec {
	const char *issuer; /* another's common name */
	const char *eku;    /* leaf; NULL: none */
	const char *usage;  /* NULL: none */
	const char *constraints;
	EVP_PKEY *signer; /* NULL: its issuer's */
	bool sha1;
	long from, until; /* seconds from UVM_AT */
};

struct uvm_spec {
	bool envelope; /* the format of December 2025 */
	struct uvm_cert_spec cert[UVM_CERTS];
	unsigned order[UVM_CERTS]; /* which certificate stands where */
	size_t certs;              /* how many of them; 1: not in an array */
	EVP_PKEY *key[UVM_CERTS];
	/* What is protected. */
	int64_t algorithm;
	const char *issuer; /* NULL: the name of this chain */
	const char *feed;
	int64_t at;
	uint64_t time_tag;   /* 0: a bare number */
	unsigned time_float; /* as a float of 4 or 8 bytes; 0: an integer */
	double time_more;    /* added to it then */
	const char *extra;   /* the CBOR of one more value */
	size_t extra_size;
	const char *type; /* content type, or the preimage's */
	int64_t hash;     /* of an envelope */
	int64_t svn;
	const char *svn_text;  /* first format; NULL: absent */
	bool svn_number;       /* and again as a number */
	int64_t other_svn;     /* which may differ */
	const char *number;    /* first format: one that nobody asks for */
	int64_t thumbprint;    /* its algorithm */
	int64_t thumbprint_by; /* what it is made by; 0: that */
	bool wrong_thumbprint;
	bool no_chain, no_issuer, no_feed, no_time, no_svn;
	bool no_measurement; /* first format */
	bool critical, twice, both, list_claims, indefinite;
	/* The rest. */
	uint8_t measurement[64];
	size_t measurement_size;
	const char *payload; /* instead of what the members above say */
	uint64_t tag;        /* 0: none */
	unsigned parts;
	bool detached;
	EVP_PKEY *signer; /* NULL: the leaf's */
	const char *digest;
	int salt, padding;
	size_t cut, tail; /* bytes off the end, zeros behind it */
	bool spoiled;     /* one bit of the signature */
};

/* Keys are made once for each program: an unchecked fixture. */
void uvm_open(void);
void uvm_close(void);
EVP_PKEY *uvm_other_key(void);
EVP_PKEY *uvm_short_key(void); /* 1024 bits */
EVP_PKEY *uvm_ec_key(void);

/* A good one; change members, then mint. */
void uvm_start(struct uvm_spec *, bool envelope, const uint8_t *measurement);
void uvm_mint(const struct uvm_spec *, struct sim_blob *out);
/* did:x509 of the chain that the members' defaults give; static. */
const char *uvm_issuer(void);

/* CBOR, written head by head. */
void cb_head(struct sim_blob *, unsigned major, uint64_t argument);
void cb_int(struct sim_blob *, int64_t);
void cb_bytes(struct sim_blob *, const void *, size_t size);
void cb_text(struct sim_blob *, const char *);

#endif
