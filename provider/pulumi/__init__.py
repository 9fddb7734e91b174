"""The native Pulumi plugin: Pulumi's provider protocol over the resources of :mod:`provider.resources`."""
