#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Files that teectl writes: whole or not at all, and where it was told.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
need_mock
need_keyring

mock_profile "$name.conf"
printf message >msg

# The disk is full: what was there before is there still, and nothing beside.
printf old >sig
: >out
: >err
before=$(ls)
what='sign without room'
(
	trap '' XFSZ
	ulimit -f 0
	exec "$teectl" sign "./$name.conf" msg --output sig 2>&1 >/dev/null
) | cat >err
err_has 'sig: File too large'
same "$(cat sig)" old 'the file that was there'
same "$(ls)" "$before" 'what stands in the folder'

# An old file is replaced, its mode not inherited by accident.
chmod 600 sig
run 0 sign "./$name.conf" msg --output sig
same "$(wc -c <sig)" 64 'size of the signature'
same "$(stat -c %a sig)" 644 'mode of the signature'

# Devices, pipes and links stay what they are.
ln -s target link
run 0 sign "./$name.conf" msg --output link
same "$(wc -c <target)" 64 'size behind the link'
[ -L link ] || wrong 'the link is gone'
run 0 sign "./$name.conf" msg --output /dev/null
[ -c /dev/null ] || wrong '/dev/null is gone'
run 2 sign "./$name.conf" msg --output "$tmp"
err_has 'Is a directory'
run 2 sign "./$name.conf" msg --output "$tmp/no/such/place"
err_has 'No such file'
finish
