# One server: the plan shows what it costs a month and what is paid now, the apply orders, pays and starts it.

terraform {
  required_providers {
    qualit = {
      source = "qualit/qualit"
    }
  }
}

provider "qualit" {
  # Everything here can come from the environment instead: QUALIT_HOME, QUALIT_LIBVIRT_URI, QUALIT_PAYMENT_METHOD.
  payment_method = "test-visa"
}

resource "qualit_vps" "web" {
  name        = "web-1"
  offer       = "vps-2"
  os          = "debian-12"
  term_months = 3

  ssh_keys = [
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINg2Av+TPuH62YMHzfaLAg4YAZkyguPidUqFvsvSyErl anna@example.com",
  ]
  labels = {
    role = "web"
  }

  # A plan that would charge more than this at once is refused.
  max_charge = "25.00"

  # To end the server, first set this to false and apply.
  deletion_protection = true
}

output "address" {
  value = qualit_vps.web.ipv4_address
}

output "monthly_price" {
  value = "${qualit_vps.web.monthly_price} ${qualit_vps.web.currency}"
}

output "paid_until" {
  value = qualit_vps.web.paid_until
}
