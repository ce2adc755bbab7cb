variable "bucket" {
  description = "Name of the bucket for pictures and records (GENERATED_IMAGES_BUCKET). Not the site's bucket."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "The bucket's name has 3 to 63 small letters, digits and hyphens. Dots would break its TLS name."
  }
}

variable "prefix" {
  description = "Public key prefix (IMAGE_GEN_PREFIX)."
  type        = string
  default     = "generated/v2"

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$", var.prefix))
    error_message = "The prefix is letters, digits, dots, underscores and hyphens, with slashes between."
  }
}

variable "records_prefix" {
  description = "Private key prefix (RECORDS_PREFIX)."
  type        = string
  default     = "records"

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$", var.records_prefix))
    error_message = "The prefix is letters, digits, dots, underscores and hyphens, with slashes between."
  }
}

variable "user" {
  description = "Name of the service's IAM user (default: the bucket's name)."
  type        = string
  default     = null
}

variable "create_access_key" {
  description = "Create the user's access key. Terraform's state then contains its secret."
  type        = bool
  default     = false
}

variable "cloudfront" {
  description = "Add CloudFront. The bucket is then private, and pictures are readable only through CloudFront."
  type        = bool
  default     = false
}
