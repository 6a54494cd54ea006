/* SPDX-License-Identifier: Apache-2.0 */
/* place: see place.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "modules/snp_azure/place.h"

#define DEFAULT_TCTI "device:/dev/tpmrm0"

enum source { SOURCE_AUTO = 0, SOURCE_VTPM, SOURCE_DEVICE };
static const char *const sources[] = { "auto", "vtpm", "guest-device", NULL };

/* Those that talk to a TPM; "cmd" would start a program. */
static const char *const ways[] = { "device:/",
	"swtpm:", "mssim:", "tabrmd:", NULL };

bool
tee_azure_tcti_read(const struct tee_config *config, char **out)
{
	const char *tcti = tee_option(config, "tcti");

	if (tcti == NULL)
		tcti = DEFAULT_TCTI;
	for (unsigned i = 0; ways[i] != NULL; i++) {
		if (strncmp(tcti, ways[i], strlen(ways[i])) != 0)
			continue;
		*out = strdup(tcti);
		return *out != NULL;
	}
	tee_option_error(config, "tcti",
	    "expected device:/PATH (the default is " DEFAULT_TCTI
	    "), or swtpm:, mssim: or tabrmd: with what tpm2-tss takes there");
	return false;
}

bool
tee_azure_place_read(struct azure_place *place, const struct tee_config *config)
{
	const char *device = "";

	memset(place, 0, sizeof(*place));
	if (tee_option_word(config, "source", sources, &place->source) >= 0 &&
	    tee_option_path(config, "device", &device) >= 0 &&
	    (place->device = strdup(device)) != NULL &&
	    tee_azure_tcti_read(config, &place->tcti))
		return true;
	tee_azure_place_clear(place);
	return false;
}

void
tee_azure_place_clear(struct azure_place *place)
{
	free(place->device);
	free(place->tcti);
	memset(place, 0, sizeof(*place));
}

static bool
has_device(const struct azure_place *place)
{
	if (place->device[0] != '\0')
		return access(place->device, F_OK) == 0;
	return access("/dev/sev-guest", F_OK) == 0 ||
	    access("/dev/sev", F_OK) == 0;
}

enum azure_shape
tee_azure_place_shape(const struct azure_place *place)
{
	switch ((enum source)place->source) {
	case SOURCE_VTPM:
		return AZURE_SHAPE_VTPM;
	case SOURCE_DEVICE:
		return AZURE_SHAPE_DEVICE;
	case SOURCE_AUTO:
		break;
	}
	return has_device(place) ? AZURE_SHAPE_DEVICE : AZURE_SHAPE_VTPM;
}
