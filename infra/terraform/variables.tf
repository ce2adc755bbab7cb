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

variable "database" {
  description = "Add PostgreSQL on RDS, in a network of yours."
  type        = bool
  default     = false
}

variable "database_vpc" {
  description = "ID of the VPC in which the service runs. Required by database = true."
  type        = string
  default     = null
}

variable "database_subnets" {
  description = "IDs of private subnets for the database, in at least two availability zones."
  type        = list(string)
  default     = []
}

variable "database_clients" {
  description = "IDs of the security groups of the service, which may connect to the database."
  type        = list(string)
  default     = []
}

variable "database_identifier" {
  description = "Name of the database's machine, its subnet group and its security group."
  type        = string
  default     = "bytesized-cafe"
}

variable "database_version" {
  description = "Major version of PostgreSQL."
  type        = number
  default     = 17

  validation {
    condition     = var.database_version >= 15
    error_message = "The service needs PostgreSQL 15 or newer."
  }
}

variable "database_instance_class" {
  description = "Size of the database's machine."
  type        = string
  default     = "db.t4g.micro"
}

variable "database_multi_az" {
  description = "Keep a standby in a second availability zone, at twice the price."
  type        = bool
  default     = false
}
