# A server with more disk, memory and a second address than its offer has. One plan prices all of it, also when
# nothing is ordered yet.

terraform {
  required_providers {
    qualit = {
      source = "qualit/qualit"
    }
  }
}

provider "qualit" {}

variable "disk_gib" {
  description = "Disk on top of the offer's, in steps of 10 GiB. It can be raised at any time and never lowered."
  type        = number
  default     = 100
}

resource "qualit_vps" "database" {
  name           = "database-1"
  offer          = "vps-4"
  os             = "suse-enterprise-15"
  term_months    = 12
  payment_method = "test-mastercard"

  user_data = <<-EOT
    #cloud-config
    packages:
      - postgresql
  EOT
}

# A quantity is the server's total of its type: to add 50 GiB later, write 150 in place of 100.
resource "qualit_resource" "disk" {
  vps_id   = qualit_vps.database.id
  type     = "disk"
  quantity = var.disk_gib
}

resource "qualit_resource" "memory" {
  vps_id   = qualit_vps.database.id
  type     = "memory"
  quantity = 4
}

resource "qualit_resource" "address" {
  vps_id   = qualit_vps.database.id
  type     = "ipv4"
  quantity = 1
}

output "addresses" {
  value = concat([qualit_vps.database.ipv4_address], qualit_resource.address.addresses)
}

output "monthly_price" {
  value = {
    server = qualit_vps.database.monthly_price
    disk   = qualit_resource.disk.monthly_price
    memory = qualit_resource.memory.monthly_price
    ipv4   = qualit_resource.address.monthly_price
  }
}
