/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certmemo: certificates that were decoded before.  OpenSSL 3 tries every key
 * decoder it has at each d2i_X509, which takes longer than to check the
 * signature; and services send the same few certificates each time.  It holds
 * what the bytes say, not whether anybody believes them: dates, names,
 * signatures and roots are judged anew each time.
 */
#ifndef TEE_COMMON_CERTMEMO_H
#define TEE_COMMON_CERTMEMO_H

#include <stddef.h>
#include <stdint.h>
#include <openssl/x509.h>

#define TEE_CERTMEMO_CERTS 16
#define TEE_CERTMEMO_SIZE 8192 /* larger ones are decoded each time */

/*
 * A reference to the certificate that these bytes are, whole; NULL where they
 * are none, or more than one.  Others hold references, too: it is not to be
 * changed.  Of the process, for any number of threads.
 */
X509 *tee_certmemo_parse(const uint8_t *der, size_t size);

#endif
