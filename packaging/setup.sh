#!/usr/bin/env bash
# Make this machine ready: Debian packages, .venv with the `qualit` command, running libvirt daemons.
# Called by `make setup`. What is there already is left alone.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

wanted_packages() {
    sed 's/#.*//' "$root/packaging/debian-packages.txt" | tr -s '[:space:]' '\n' | sed '/^$/d'
}

missing_packages() {
    local package
    for package in $(wanted_packages); do
        dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || echo "$package"
    done
}

install_packages() {
    as_root apt-get update
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

debian_packages() {
    if ! command -v dpkg-query >/dev/null; then
        echo "==> This is not Debian: what packaging/debian-packages.txt names has to be there under its own names."
        return
    fi
    local missing
    missing=$(missing_packages)
    [ -z "$missing" ] && return
    # shellcheck disable=SC2086  # one word a package
    step "Installing Debian packages: ${missing//$'\n'/ }" install_packages $missing
}

# What an environment was made from; another content means to install again.
environment_fingerprint() {
    { echo "$root"; "$1" --version; cat "$root"/requirements.lock "$root"/setup.py "$root"/pyproject.toml; } |
        sha256sum | cut -d' ' -f1
}

build_requirements() {
    awk '/^[^ ]/ {wanted = /^(pip|setuptools)==/} wanted' "$root/requirements.lock"
}

install_environment() {
    local python=$1 build=$root/build/build-requirements.lock
    "$python" -m venv --clear "$venv"
    # What builds libvirt-python comes first, by its hash too: hence no isolated build, which would fetch its own.
    build_requirements >"$build"
    "$venv/bin/pip" install --require-hashes -r "$build"
    "$venv/bin/pip" install --require-hashes --no-build-isolation -r "$root/requirements.lock"
    "$venv/bin/pip" install --no-deps --no-build-isolation -e "$root"
    "$venv/bin/pip" check
    environment_fingerprint "$python" >"$venv/fingerprint"
}

environment() {
    local python
    python=$(find_python) || fail "No Python 3.11 or newer with venv was found on PATH: install python3 and python3-venv."
    [ "$(cat "$venv/fingerprint" 2>/dev/null)" = "$(environment_fingerprint "$python")" ] && return
    step "Creating .venv with the locked packages ($("$python" --version), one to two minutes)" \
        install_environment "$python"
}

# daemon_runs NAME PIDFILE: whether the process of that file is the daemon and not a later one of the same number.
daemon_runs() {
    local pid
    pid=$(cat "$2" 2>/dev/null) && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$1" ]
}

start_daemons() {
    if [ -d /run/systemd/system ]; then
        as_root systemctl start libvirtd
        return
    fi
    # libvirtd asks polkit about users other than root, over a bus that has to be there when it starts.
    if [ "$(id -u)" -ne 0 ] && ! daemon_runs dbus-daemon /run/dbus/pid; then
        as_root mkdir -p /run/dbus
        as_root rm -f /run/dbus/pid
        as_root dbus-daemon --system --fork
    fi
    daemon_runs virtlogd /run/virtlogd.pid || as_root virtlogd -d
    daemon_runs libvirtd /run/libvirtd.pid || as_root libvirtd -d
}

# A machine without udev leaves /dev/kvm to root alone: QEMU cannot open it, and libvirt then asks QEMU again what it
# can do at every start of a guest, which takes a minute.
kvm_is_shut() {
    [ -c /dev/kvm ] && getent group kvm >/dev/null && [ "$(stat -c '%G' /dev/kvm)" != kvm ]
}

open_kvm() {
    as_root chgrp kvm /dev/kvm
    as_root chmod 660 /dev/kvm
}

join_libvirt_group() {
    as_root usermod --append --groups libvirt "$(id -un)"
}

answers() {
    virsh --connect qemu:///system version
}

wait_for_libvirt() {
    local _attempt
    for _attempt in {1..30}; do
        answers && return
        sleep 1
    done
    return 1
}

libvirt() {
    if [ "$(id -u)" -ne 0 ] && ! id -nG "$(id -un)" | tr ' ' '\n' | grep -qx libvirt; then
        step "Adding $(id -un) to the group libvirt, which may use qemu:///system" join_libvirt_group
    fi
    ! kvm_is_shut || step "Letting the group kvm use /dev/kvm, as udev would" open_kvm
    answers >>"$log" 2>&1 && return
    step "Starting the libvirt daemons" start_daemons
    step "Waiting for qemu:///system to answer" wait_for_libvirt
}

start_log
debian_packages
environment
libvirt
