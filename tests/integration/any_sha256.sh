#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# any_sha256.sh RECORD...: in these records the firmware's SHA-256 becomes words. It is another one for each compiler
# and build, so whoever compares records compares of it only that it has the form of one.
exec sed -i -E 's/("dut_sha256":)"[0-9a-f]{64}"/\1"64 digits"/' "$@"
