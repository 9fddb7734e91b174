# Let the catalogue choose the offer, and check a price and a change before anything is ordered.
# Provider functions need Terraform 1.8 or OpenTofu 1.7, or newer.

terraform {
  required_providers {
    qualit = {
      source = "qualit/qualit"
    }
  }
}

provider "qualit" {}

variable "needs" {
  description = "The least that the server must have."
  type        = map(number)
  default     = { vcpus = 3, memory_gib = 6 }
}

variable "budget" {
  description = "What the server may cost a month."
  type        = number
  default     = 20
}

data "qualit_catalogue" "sold" {}

locals {
  sold     = data.qualit_catalogue.sold
  cheapest = provider::qualit::cheapest_offer(local.sold, var.needs)
}

resource "qualit_vps" "web" {
  name  = "web"
  offer = local.cheapest.offer

  lifecycle {
    precondition {
      condition     = provider::qualit::monthly_price(local.sold, local.cheapest) <= var.budget
      error_message = "The cheapest server that has all of it costs ${local.cheapest.monthly_price} a month."
    }
  }
}

resource "qualit_resource" "web" {
  for_each = local.cheapest.additional_resources

  vps_id   = qualit_vps.web.id
  type     = each.key
  quantity = each.value
}

# What a larger offer would cost at once, and each month with the additional resources that are kept.
data "qualit_price" "larger" {
  server = qualit_vps.web.name
  offer  = "vps-8"

  depends_on = [qualit_resource.web]
}

check "can_grow" {
  assert {
    condition     = provider::qualit::is_improvement(local.sold, local.cheapest, "vps-8")
    error_message = "vps-8 has less than ${local.cheapest.offer} somewhere."
  }
}

output "chosen" {
  value = local.cheapest
}

output "larger" {
  description = "What vps-8 would cost now, or why it cannot be had."
  value = (
    length(data.qualit_price.larger.problems) == 0
    ? "${data.qualit_price.larger.due_now} now, then ${data.qualit_price.larger.monthly_price} a month"
    : data.qualit_price.larger.problems[0].summary
  )
}
