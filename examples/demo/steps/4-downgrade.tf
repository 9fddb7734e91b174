terraform {
  required_providers {
    qualit = {
      source = "qualit/qualit"
    }
  }
}

resource "qualit_vps" "web" {
  name           = "web-1"
  offer          = "mem-2"
  os             = "debian-12"
  term_months    = 1
  payment_method = "test-visa"
}

resource "qualit_resource" "disk" {
  vps_id   = qualit_vps.web.id
  type     = "disk"
  quantity = 50
}
