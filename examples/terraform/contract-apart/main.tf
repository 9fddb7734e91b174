# Procurement buys the contract, and a server runs on it. The two resources may live in two configurations: then
# the second one takes the contract's id from the first one's output. Ending the server keeps the contract.

terraform {
  required_providers {
    qualit = {
      source = "qualit/qualit"
    }
  }
}

provider "qualit" {}

resource "qualit_order" "build" {
  name           = "build-machines"
  offer          = "vps-8"
  os             = "ubuntu-24.04"
  term_months    = 6
  payment_method = "test-paypal"
}

resource "qualit_vps" "build" {
  name     = "build-1"
  order_id = qualit_order.build.id
}

output "contract" {
  value = {
    id            = qualit_order.build.id
    monthly_price = qualit_order.build.monthly_price
    paid_until    = qualit_order.build.paid_until
  }
}
