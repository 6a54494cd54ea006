/* SPDX-License-Identifier: Apache-2.0 */
/* name: distinguished names in AMD's order and string types. */
#ifndef SIM_NAME_H
#define SIM_NAME_H

#include <stdbool.h>
#include <openssl/x509.h>

#include "sim/cert.h"

bool tee_sim_name_fill(X509_NAME *, const struct sim_name *);

#endif
