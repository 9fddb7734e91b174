"""Machines: the hypervisor port and its implementation on libvirt."""
