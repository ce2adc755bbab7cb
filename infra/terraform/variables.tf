variable "bucket" {
  description = "Name of the bucket for pictures and records: GENERATED_IMAGES_BUCKET. Not the site's bucket."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "The bucket's name has 3 to 63 small letters, digits and hyphens. Dots would break its TLS name."
  }
}

variable "prefix" {
  description = "What is below it is public: IMAGE_GEN_PREFIX."
  type        = string
  default     = "generated/v2"

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$", var.prefix))
    error_message = "The prefix is letters, digits, dots, underscores and hyphens, with slashes between."
  }
}

variable "records_prefix" {
  description = "What is below it is private: RECORDS_PREFIX."
  type        = string
  default     = "records"

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$", var.records_prefix))
    error_message = "The prefix is letters, digits, dots, underscores and hyphens, with slashes between."
  }
}

variable "user" {
  description = "Name of the IAM user that the service signs in as; by default the bucket's."
  type        = string
  default     = null
}

variable "create_access_key" {
  description = "Whether to make the user's access key here. Its secret is then in Terraform's state."
  type        = bool
  default     = false
}

variable "cloudfront" {
  description = "Puts CloudFront in front. The bucket is then private, and pictures are read through it alone."
  type        = bool
  default     = false
}
