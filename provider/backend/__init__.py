"""The one port between the resources and the platform that sells them."""
