# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The machine's USB serial adapter, /dev/ttyUSB0, whose other end is /dev/ttyS3.

wait_for_adapter() {
    wait_until 20 test -c /dev/ttyUSB0
}

# As a hand does it: by the machine's monitor.
pull_adapter_out() {
    stty -F /dev/hvc2 raw -echo
    printf '{"execute": "qmp_capabilities"}\n{"execute": "device_del", "arguments": {"id": "adapter"}}\n' >/dev/hvc2
}
