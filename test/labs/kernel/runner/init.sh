#!/bin/sh
# The first process of the guest: mounts what a systemd host has, then becomes the runner, or a shell.
export PATH=/usr/bin:/usr/sbin HOME=/root LANG=C.UTF-8 TERM=linux NO_COLOR=1
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/shm /dev/pts
mount -t devpts devpts /dev/pts
for folder in /dev/shm /run /tmp; do mount -t tmpfs tmpfs "$folder"; done
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t bpf bpf /sys/fs/bpf
mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs /sys/kernel/tracing
ip link set lo up
ulimit -n 65536

# scx_layered finds the kernel's config here; without one its load fails with "Invalid argument".
cp /lab/kernel-config "/boot/config-$(uname -r)"
# As systemd leaves a node: controllers for all, and a slice for what is not a pod.
echo '+cpuset +cpu +io +memory +pids' > /sys/fs/cgroup/cgroup.subtree_control
mkdir /sys/fs/cgroup/init.scope /sys/fs/cgroup/system.slice
echo $$ > /sys/fs/cgroup/init.scope/cgroup.procs
echo 1 > /proc/sys/kernel/sysrq

if grep -q lab.shell /proc/cmdline; then
  setsid -c bash -l
else
  node /lab/runner.mjs
fi
sync
echo o > /proc/sysrq-trigger
sleep 60
