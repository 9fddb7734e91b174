terraform {
  required_providers {
    qualit = { source = "qualit/qualit" }
  }
  # Where the pipeline says with TF_CLI_ARGS_init. Any other backend that locks will do.
  backend "local" {}
}

provider "qualit" {}

resource "qualit_vps" "web" {
  name        = "web-1"
  offer       = "vps-2"
  term_months = 3
}
