locals {
  # The same documents as ../aws-cli/create-bucket.sh.
  documents = "${path.module}/../bucket"
  places = {
    bucket         = var.bucket
    prefix         = var.prefix
    records_prefix = var.records_prefix
  }
  ownership = jsondecode(file("${local.documents}/ownership.json"))
  access    = jsondecode(file("${local.documents}/public-access-block.json"))
  lifecycle = jsondecode(templatefile("${local.documents}/lifecycle.json", local.places))
  cors      = jsondecode(file("${local.documents}/cors.json"))
}

resource "aws_s3_bucket" "pictures" {
  bucket = var.bucket

  lifecycle {
    precondition {
      condition     = !startswith("${var.records_prefix}/", "${var.prefix}/")
      error_message = "records_prefix must not lie within prefix, which is public."
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "pictures" {
  bucket = aws_s3_bucket.pictures.id

  rule {
    object_ownership = local.ownership.Rules[0].ObjectOwnership
  }
}

resource "aws_s3_bucket_public_access_block" "pictures" {
  bucket = aws_s3_bucket.pictures.id

  block_public_acls       = local.access.BlockPublicAcls
  ignore_public_acls      = local.access.IgnorePublicAcls
  block_public_policy     = var.cloudfront || local.access.BlockPublicPolicy
  restrict_public_buckets = var.cloudfront || local.access.RestrictPublicBuckets
}

resource "aws_s3_bucket_policy" "pictures" {
  bucket = aws_s3_bucket.pictures.id
  policy = (
    var.cloudfront
    ? one(data.aws_iam_policy_document.cloudfront_read[*].json)
    : templatefile("${local.documents}/public-read-policy.json", local.places)
  )

  # A public policy is refused until this is applied.
  depends_on = [aws_s3_bucket_public_access_block.pictures]
}

resource "aws_s3_bucket_lifecycle_configuration" "pictures" {
  bucket = aws_s3_bucket.pictures.id

  dynamic "rule" {
    for_each = local.lifecycle.Rules

    content {
      id     = rule.value.ID
      status = rule.value.Status

      filter {
        prefix = rule.value.Filter.Prefix
      }

      expiration {
        days = rule.value.Expiration.Days
      }
    }
  }
}

resource "aws_s3_bucket_cors_configuration" "pictures" {
  bucket = aws_s3_bucket.pictures.id

  dynamic "cors_rule" {
    for_each = local.cors.CORSRules

    content {
      id              = cors_rule.value.ID
      allowed_methods = cors_rule.value.AllowedMethods
      allowed_origins = cors_rule.value.AllowedOrigins
      allowed_headers = cors_rule.value.AllowedHeaders
      max_age_seconds = cors_rule.value.MaxAgeSeconds
    }
  }
}
