/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place: which of Azure's two shapes this guest has.  A confidential VM runs
 * under a paravisor and has a vTPM; a confidential container asks the
 * processor itself.  Every line that touches the guest takes the same options
 * (source, device, tcti) and decides in the same way.
 */
#ifndef TEE_AZURE_PLACE_H
#define TEE_AZURE_PLACE_H

#include <stdbool.h>
#include <tee/module.h>

enum azure_shape { AZURE_SHAPE_VTPM = 0, AZURE_SHAPE_DEVICE };

struct azure_place {
	unsigned source; /* auto, vtpm, guest-device */
	char *device;    /* "": /dev/sev-guest, then /dev/sev */
	char *tcti;      /* device:/dev/tpmrm0 */
};

/* The option tcti; false after the refusal was logged. */
bool tee_azure_tcti_read(const struct tee_config *, char **out);
bool tee_azure_place_read(struct azure_place *, const struct tee_config *);
void tee_azure_place_clear(struct azure_place *);
/* auto: the device where one is there, else the vTPM. */
enum azure_shape tee_azure_place_shape(const struct azure_place *);

#endif
