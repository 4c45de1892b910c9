# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The machine's USB serial adapter, /dev/ttyUSB0, whose other end is /dev/ttyS3.

wait_for_adapter() {
    for _ in $(seq 400); do
        [[ -c /dev/ttyUSB0 ]] && break
        sleep 0.05
    done
}

# As a hand does it: by the machine's monitor.
pull_adapter_out() {
    stty -F /dev/hvc2 raw -echo
    printf '{"execute": "qmp_capabilities"}\n{"execute": "device_del", "arguments": {"id": "adapter"}}\n' >/dev/hvc2
}
