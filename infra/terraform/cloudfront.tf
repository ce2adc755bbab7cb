resource "aws_cloudfront_origin_access_control" "pictures" {
  count = var.cloudfront ? 1 : 0

  name                              = var.bucket
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_cache_policy" "pictures" {
  count = var.cloudfront ? 1 : 0

  name        = var.bucket
  min_ttl     = 0
  default_ttl = 3600
  max_ttl     = 31536000

  parameters_in_cache_key_and_forwarded_to_origin {
    cookies_config {
      cookie_behavior = "none"
    }

    headers_config {
      header_behavior = "none"
    }

    query_strings_config {
      # A replaced picture has the same key and another ?v=.
      query_string_behavior = "whitelist"

      query_strings {
        items = ["v"]
      }
    }
  }
}

resource "aws_cloudfront_response_headers_policy" "pictures" {
  count = var.cloudfront ? 1 : 0

  name = var.bucket

  cors_config {
    access_control_allow_credentials = false
    access_control_max_age_sec       = local.cors.CORSRules[0].MaxAgeSeconds
    origin_override                  = true

    access_control_allow_headers {
      items = local.cors.CORSRules[0].AllowedHeaders
    }

    access_control_allow_methods {
      items = local.cors.CORSRules[0].AllowedMethods
    }

    access_control_allow_origins {
      items = local.cors.CORSRules[0].AllowedOrigins
    }
  }
}

resource "aws_cloudfront_distribution" "pictures" {
  count = var.cloudfront ? 1 : 0

  enabled         = true
  comment         = "Pictures of ${var.bucket}"
  http_version    = "http2and3"
  is_ipv6_enabled = true
  price_class     = "PriceClass_All"

  origin {
    origin_id                = "pictures"
    domain_name              = aws_s3_bucket.pictures.bucket_regional_domain_name
    origin_access_control_id = one(aws_cloudfront_origin_access_control.pictures[*].id)
  }

  default_cache_behavior {
    target_origin_id           = "pictures"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    viewer_protocol_policy     = "redirect-to-https"
    cache_policy_id            = one(aws_cloudfront_cache_policy.pictures[*].id)
    response_headers_policy_id = one(aws_cloudfront_response_headers_policy.pictures[*].id)
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}

data "aws_iam_policy_document" "cloudfront_read" {
  count = var.cloudfront ? 1 : 0

  statement {
    sid       = "ReadPicturesThroughCloudFront"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.pictures.arn}/${var.prefix}/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "AWS:SourceArn"
      values   = [one(aws_cloudfront_distribution.pictures[*].arn)]
    }
  }
}
