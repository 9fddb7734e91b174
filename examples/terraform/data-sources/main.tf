# What is sold and what you have, without ordering anything.

terraform {
  required_providers {
    qualit = {
      source = "qualit/qualit"
    }
  }
}

provider "qualit" {}

variable "memory_gib" {
  description = "The least memory that the server needs."
  type        = number
  default     = 8
}

variable "server" {
  description = "The name of one of your servers, to look at what it has in total."
  type        = string
  default     = null
}

data "qualit_offers" "sold" {}

data "qualit_operating_systems" "sold" {}

data "qualit_additional_resources" "sold" {}

data "qualit_orders" "mine" {}

data "qualit_vps" "one" {
  count = var.server == null ? 0 : 1
  name  = var.server
}

locals {
  suitable = [
    for offer in data.qualit_offers.sold.offers : offer
    if offer.characteristics.memory_gib >= var.memory_gib && !offer.retired
  ]
}

output "suitable_offers" {
  description = "The offers that have the memory, and what each costs a month."
  value       = { for offer in local.suitable : offer.id => "${offer.monthly_price} ${data.qualit_offers.sold.currency}" }
}

output "free_operating_systems" {
  value = [
    for system in data.qualit_operating_systems.sold.operating_systems : system.id if system.monthly_price == "0.00"
  ]
}

output "unit_prices" {
  value = {
    for resource in data.qualit_additional_resources.sold.additional_resources :
    resource.type => "${resource.unit_price} per ${resource.unit}"
  }
}

output "paid_so_far" {
  value = [for order in data.qualit_orders.mine.orders : "${order.server}: ${order.amount} ${order.currency}"]
}

output "server" {
  value = one(data.qualit_vps.one)
}
