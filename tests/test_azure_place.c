/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a collector's line may say of its machine: every way to say something
 * else is refused, and `auto` takes the device where one is there.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "modules/snp_azure/place.h"
#include "modules/snp_azure/selection.h"
#include "tests/azure_tpm_line.h"

static const struct {
	const char *options;
	bool good;
} lines[] = {
	{ "", true },
	{ "|source=auto", true },
	{ "|source=vtpm", true },
	{ "|source=guest-device", true },
	{ "|source=imds", false },
	{ "|device=/dev/sev-guest", true },
	{ "|device=sev-guest", false },
	{ "|tcti=device:/dev/tpm0", true },
	{ "|tcti=swtpm:port=2321", true },
	{ "|tcti=mssim:port=2321", true },
	{ "|tcti=tabrmd:", true },
	{ "|tcti=device:tpm0", false },
	{ "|tcti=device", false },
	{ "|tcti=", false },
	{ "|tcti=cmd:swtpm socket", false },
	{ "|tcti=/lib/libevil.so", false },
	{ "|report_max_age=0", true },
	{ "|report_max_age=604800", true },
	{ "|report_max_age=604801", false },
	{ "|report_max_age=1h", false },
	{ "|report_max_age=-1", false },
	{ "|lock=/run/lock/other", true },
	{ "|lock=other", false },
	{ "|security_context=/security-context-1", true },
	{ "|security_context=here", false },
	{ "|quote_pcrs=0-7", true },
	{ "|quote_pcrs=all", false },
	{ "|imds=nowhere", false },
};

START_TEST(refusals)
{
	struct azure_collector *c;
	struct tee_config config;

	line_config(&config, lines[_i].options);
	c = tee_azure_collector_new(&config);
	tee_config_clear(&config);
	ck_assert_msg((c != NULL) == lines[_i].good, "%s", lines[_i].options);
	tee_azure_collector_free(&c);
}
END_TEST

static enum azure_shape
shape(const char *options)
{
	struct azure_place place;
	struct tee_config config;
	enum azure_shape found;

	line_config(&config, options);
	ck_assert(tee_azure_place_read(&place, &config));
	tee_config_clear(&config);
	found = tee_azure_place_shape(&place);
	tee_azure_place_clear(&place);
	return found;
}

START_TEST(shapes)
{
	char path[512], there[600], absent[600];
	int fd;

	ck_assert_ptr_nonnull(getcwd(path, sizeof(path) - 32));
	strcat(path, "/azure_place.XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	close(fd);
	snprintf(there, sizeof(there), "|device=%s", path);
	snprintf(absent, sizeof(absent), "|device=%s.not", path);
	ck_assert_int_eq(shape(there), AZURE_SHAPE_DEVICE);
	ck_assert_int_eq(shape(absent), AZURE_SHAPE_VTPM);
	strcat(there, "|source=vtpm");
	strcat(absent, "|source=guest-device");
	ck_assert_int_eq(shape(there), AZURE_SHAPE_VTPM);
	ck_assert_int_eq(shape(absent), AZURE_SHAPE_DEVICE);
	unlink(path);
}
END_TEST

START_TEST(tcti)
{
	struct azure_place place;
	struct tee_config config;

	line_config(&config, "");
	ck_assert(tee_azure_place_read(&place, &config));
	ck_assert_str_eq(place.tcti, "device:/dev/tpmrm0");
	ck_assert_str_eq(place.device, "");
	tee_azure_place_clear(&place);
	ck_assert_ptr_null(place.tcti);
	tee_config_clear(&config);
}
END_TEST

static const struct {
	const char *text;
	uint32_t mask; /* 0: refused */
} selections[] = {
	{ "0-7", 0xff },
	{ "0", 1 },
	{ "23", 0x800000 },
	{ "0-23", 0xffffff },
	{ "7,0", 0x81 },
	{ "0-7,4-11", 0xfff },
	{ "5-5", 0x20 },
	{ "07", 0x80 },
	{ "", 0 },
	{ ",", 0 },
	{ "0,", 0 },
	{ ",0", 0 },
	{ "0-", 0 },
	{ "-7", 0 },
	{ "7-0", 0 },
	{ "24", 0 },
	{ "0-24", 0 },
	{ "100", 0 },
	{ "0 ", 0 },
	{ "0 - 7", 0 },
	{ "0x7", 0 },
	{ "4294967296", 0 },
};

START_TEST(registers)
{
	uint32_t mask;

	ck_assert_msg(tee_azure_selection_parse(selections[_i].text, &mask) ==
		(selections[_i].mask != 0),
	    "%s", selections[_i].text);
	if (selections[_i].mask != 0)
		ck_assert_uint_eq(mask, selections[_i].mask);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("azure_place");
	TCase *tc = tcase_create("azure_place");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, refusals, 0, sizeof(lines) / sizeof(lines[0]));
	tcase_add_test(tc, shapes);
	tcase_add_test(tc, tcti);
	tcase_add_loop_test(tc, registers, 0,
	    sizeof(selections) / sizeof(selections[0]));
	suite_add_tcase(s, tc);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
