# SPDX-License-Identifier: Apache-2.0
# The simulator is never installed.  Minting needs libcrypto only and is
# always built, because tests, seeds of fuzzers and benchmarks link it.
noinst_LTLIBRARIES += libteesim.la
libteesim_la_SOURCES = \
	sim/blob.c sim/blob.h \
	sim/keyset.c sim/keyset.h \
	sim/platform.c sim/platform.h \
	sim/signature.c sim/signature.h \
	sim/name.c sim/name.h \
	sim/cert.c sim/cert.h \
	sim/shape.c \
	sim/crl.c sim/crl.h \
	sim/chain.c sim/chain.h \
	sim/table.c sim/table.h \
	sim/field.c \
	sim/report.c sim/report.h
libteesim_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
libteesim_la_LIBADD = $(CRYPTO_LIBS)

if SIMULATOR
# The machine and the kernel's side of it, still without FUSE.
noinst_LTLIBRARIES += libteesim-machine.la
libteesim_machine_la_SOURCES = \
	sim/switch.c sim/switch.h \
	sim/switchtable.h sim/switchcloud.c sim/switchtpm.c \
	sim/switchfile.c \
	sim/asp.c sim/asp.h \
	sim/message.c \
	sim/driver.c sim/driver.h \
	sim/legacy.c \
	sim/configfs.c sim/configfs.h \
	sim/tpmbuf.c sim/tpmbuf.h \
	sim/swtpm.c sim/swtpm.h \
	sim/tpmspace.c sim/tpmspace.h \
	sim/tpmrm.c sim/tpmrm.h \
	sim/tpmnv.c sim/tpmnv.h \
	sim/tpmkey.c sim/tpmkey.h \
	sim/tpmsession.c sim/tpmsession.h \
	sim/shadow.c sim/shadow.h \
	sim/shadowauth.c sim/shadowauth.h \
	sim/hcl.c sim/hcl.h \
	sim/akcert.c sim/akcert.h \
	sim/paravisor.c sim/paravisor.h \
	sim/vtpm.c sim/vtpm.h
libteesim_machine_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
libteesim_machine_la_LIBADD = libteesim.la

# Its web services.
if SIMULATOR_CLOUD
teesim_maa = \
	sim/evidence.c sim/evidence.h \
	sim/cbor.c sim/cbor.h \
	sim/uvm.c sim/uvm.h \
	sim/attest.c sim/attest.h \
	sim/maa.c sim/maa.h \
	sim/maakey.c \
	sim/maaclaims.c \
	sim/maasnp.c \
	sim/maaguest.c sim/maaguest.h \
	sim/maaseal.c
teesim_cloud = sim/cloud.c sim/cloud.h \
	sim/tls.c sim/tls.h \
	sim/web.c sim/web.h \
	sim/webfault.c sim/webfault.h \
	sim/answer.c \
	sim/jose.c sim/jose.h \
	sim/imds.c sim/imds.h \
	sim/thim.c \
	sim/identity.c sim/identity.h \
	sim/federation.c sim/federation.h \
	sim/kds.c sim/certs.h \
	$(teesim_maa) \
	sim/endorsement.c sim/endorsement.h \
	sim/signerchain.c sim/context.c \
	sim/vault.c sim/vault.h \
	sim/vaultadmin.c sim/vaultadmin.h \
	sim/vaultverb.c sim/vaulttarget.c
teesim_cloud_cflags = $(MICROHTTPD_CFLAGS) $(JOSE_CFLAGS) $(CURL_CFLAGS) \
	$(CBOR_CFLAGS)
teesim_cloud_libs = libteesim-vault.la $(MICROHTTPD_LIBS) $(JOSE_LIBS) \
	$(CURL_LIBS) $(CBOR_LIBS) $(JANSSON_LIBS) -lpthread
else
teesim_cloud = sim/cloudless.c sim/cloud.h
endif

noinst_PROGRAMS += sim/teesim
sim_teesim_SOURCES = \
	sim/teesim.c \
	sim/command.c sim/command.h \
	sim/server.c sim/server.h \
	sim/mount.c sim/mount.h \
	sim/device.c sim/device.h \
	sim/tsm.c sim/tsm.h \
	sim/tsmfile.c \
	sim/tpmfile.c sim/tpmfile.h \
	$(teesim_cloud)
sim_teesim_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(FUSE_CFLAGS) \
	$(JANSSON_CFLAGS) $(teesim_cloud_cflags)
sim_teesim_LDADD = libteesim-machine.la $(FUSE_LIBS) $(CRYPTO_LIBS) \
	$(teesim_cloud_libs)
endif
EXTRA_DIST += sim/demo

if SIMULATOR_CLOUD
# Key Vault without HTTP.
noinst_LTLIBRARIES += libteesim-vault.la
libteesim_vault_la_SOURCES = \
	sim/policy.c sim/policy.h \
	sim/wrap.c sim/wrap.h \
	sim/vaultkey.c sim/vaultkey.h \
	sim/vaultfile.c \
	sim/vaultrelease.c sim/vaultrelease.h
libteesim_vault_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(JOSE_CFLAGS)
libteesim_vault_la_LIBADD = libteesim.la $(JOSE_LIBS) $(JANSSON_LIBS)
endif
