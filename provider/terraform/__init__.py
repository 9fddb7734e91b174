"""The Terraform and OpenTofu plugin: plugin protocol 6 over the resources of :mod:`provider.resources`."""
