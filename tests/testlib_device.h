/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testlib_device: the machine below a confidential container: its guest
 * driver (ioctl and open are wrapped), its security context and its IMDS.
 */
#ifndef TESTLIB_DEVICE_H
#define TESTLIB_DEVICE_H

#include "tests/testlib_caci.h"
#include "tests/testlib_http.h"

/* Reports are of this evidence, and signed with its chip's key. */
extern struct caci_evidence device_machine;
extern bool device_is_there; /* /dev/sev-guest */
extern bool device_is_old;   /* /dev/sev */
extern bool device_updates;  /* the first report is of an older TCB */
extern unsigned device_asked, device_old_asked;
extern char device_folder[64]; /* the security context */
extern char device_driver[96]; /* a path that is the driver's, too */
extern struct http_server *device_imds;
extern struct http_call device_call;
extern uint8_t device_binding[64]; /* 32 of them by default */

/* A checked fixture; chip keys and uvm_open come before it. */
void device_start(void);
void device_finish(void);
/* Files of the security context. */
void device_write(const char *name, const void *data, size_t size);
void device_write_base64(const char *name, const void *data, size_t size);
/* tcbm in hex; NULL: what the machine reports. */
void device_write_certs(const char *tcbm);
void device_remove(const char *name);
/* What IMDS answers to every question. */
void device_imds_script(unsigned status, const char *tcbm);

enum tee_verdict device_collect(void);
enum tee_verdict device_collect_at(const char *device, const char *context);
const struct tee_item *device_item(const char *type);
/* From the items alone, as a relying party judges them. */
void device_judged(const char *fails, const char *not_done);

#endif
