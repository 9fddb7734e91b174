"""What runs inside the demo image: its modules, its boot loader's configuration and its two scripts.

``demo_image`` packs them. The guest brings new CPUs, memory and interfaces into use as udev would, lets the keys of its
seed log in, runs the QEMU guest agent, powers off when asked to, and writes a report line to its serial console every
other second, so that what the machine has can be seen from inside, and that it did not restart.
"""

from __future__ import annotations

MODULES = (
    "virtio_pci",
    "virtio_blk",
    "virtio_net",
    "virtio_mem",
    "virtio_balloon",
    "virtio_console",
    "button",
    "evdev",
)
"""Kernel modules that the guest loads, with what they depend on."""

_SCRIPTS = (
    "sh awk cat chmod chown dd grep hostname insmod ip mkdir mount nproc poweroff sed setsid sleep sort tr udhcpc"
)
_BY_HAND = "kill ls pidof"
APPLETS = (*_SCRIPTS.split(), *_BY_HAND.split())
"""What of busybox the scripts use, and who looks around in the guest through its agent."""

AGENT = "usr/sbin/qemu-ga"
LOADER = "lib64/ld-linux-x86-64.so.2"
AGENT_LIBRARIES = (
    "libc.so.6",
    "libglib-2.0.so.0",
    "libgmodule-2.0.so.0",
    "libm.so.6",
    "libnuma.so.1",
    "libpcre2-8.so.0",
    "libudev.so.1",
    "liburing.so.2",
)
"""The guest agent, and what it is linked with."""

ACCOUNTS = "root:x:0:0:root:/root:/bin/sh\ndebian:x:1000:1000::/home/debian:/bin/sh\n"
GROUPS = "root:x:0:\ndebian:x:1000:\n"
"""The accounts: as in Debian's cloud image, keys are those of ``debian``. Nobody can log in: no SSH server runs."""

SHUTDOWN = "#!/bin/sh\npoweroff -f\n"
"""What the agent calls when it is asked to shut the guest down."""

BOOT_LOADER = """\
DEFAULT linux
PROMPT 0
LABEL linux
  LINUX vmlinuz
  INITRD initramfs.gz
  APPEND console=ttyS0 loglevel=6 panic=5 memhp_default_state=online_movable
"""
"""syslinux.cfg. Log level 6 prints the kernel's version and little else."""

REPORT = "QUALIT"
"""The first word of a report line; ``key=value`` words follow."""

INIT = """\
#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
while read -r module; do insmod "/modules/$module.ko"; done </modules/order
name=$(grep -a -m 1 '^local-hostname: ' /dev/vdb 2>/dev/null | sed 's/^local-hostname: *//' | tr -d '"')
hostname "${name:-demo}"
ip link set lo up

mkdir -p /home/debian/.ssh
grep -a -m 1 '^public-keys: ' /dev/vdb 2>/dev/null | sed 's/^public-keys: *\\["//; s/"\\]$//; s/", "/\\n/g' \\
    | grep -a '^[a-z]' >/home/debian/.ssh/authorized_keys
chmod 700 /home/debian/.ssh
chmod 600 /home/debian/.ssh/authorized_keys
chown -R 1000:1000 /home/debian

port=/dev/virtio-ports/org.qemu.guest_agent.0
mkdir -p /dev/virtio-ports /var/run
for device in /sys/class/virtio-ports/*; do
    [ "$(cat "$device/name" 2>/dev/null)" = "${port##*/}" ] && port=/dev/${device##*/}
done
[ -e "$port" ] && setsid qemu-ga --method virtio-serial --path "$port" >/dev/null 2>&1 &

for event in /sys/class/input/event*; do
    [ "$(cat "$event/device/name")" = "Power Button" ] || continue
    (dd if="/dev/input/${event##*/}" of=/dev/null bs=24 count=1 2>/dev/null && poweroff -f) &
done

report() {
    memory=$(awk '/^MemTotal:/ {print $2}' /proc/meminfo)
    disk=$(($(cat /sys/class/block/vda/size) * 512))
    addresses=$(ip -4 -o addr show scope global | awk '{sub("/.*", "", $4); print $4}' | sort | tr '\\n' ',')
    echo "QUALIT boot=$(cat /proc/sys/kernel/random/boot_id) up=$(awk '{print int($1)}' /proc/uptime)" \\
        "host=$(hostname) cpus=$(nproc) memory_kib=$memory disk_bytes=$disk addresses=${addresses%,}" \\
        "keys=$(grep -c . /home/debian/.ssh/authorized_keys)"
}

while true; do
    for cpu in /sys/devices/system/cpu/cpu*/online; do
        # The first CPU has no such file: the pattern stays as it is. A system without such rules is one with the file.
        [ -e "$cpu" ] && [ ! -e /run/leave-offline ] && [ "$(cat "$cpu")" = 0 ] && echo 1 >"$cpu"
    done
    for device in /sys/class/net/eth*; do
        interface=${device##*/}
        [ -e "/run/$interface" ] && continue
        : >"/run/$interface"
        ip link set "$interface" up
        setsid udhcpc -f -i "$interface" -s /lease >/dev/null 2>&1 &
    done
    report
    sleep 2
done
"""

LEASE = """\
#!/bin/sh
case $1 in
bound | renew)
    ip addr replace "$ip/$mask" dev "$interface"
    [ -z "$router" ] || ip route replace default via "$router" dev "$interface" 2>/dev/null
    ;;
esac
exit 0
"""
"""What udhcpc calls with a lease in its environment."""
