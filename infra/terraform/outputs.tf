output "environment" {
  description = "Variables for the service, without the access key."
  value = join("\n", concat(
    [
      "GENERATED_IMAGES_BUCKET=${aws_s3_bucket.pictures.bucket}",
      "AWS_REGION=${aws_s3_bucket.pictures.region}",
      "IMAGE_GEN_PREFIX=${var.prefix}",
      "RECORDS_PREFIX=${var.records_prefix}",
    ],
    [for domain in aws_cloudfront_distribution.pictures[*].domain_name : "PUBLIC_IMAGE_BASE_URL=https://${domain}"],
  ))
}

output "user" {
  description = "The IAM user. Create its access key by hand unless create_access_key is true."
  value       = aws_iam_user.service.name
}

output "access_key" {
  description = "Access key variables for the service, if create_access_key is true."
  sensitive   = true
  value = join("\n", flatten([
    for key in aws_iam_access_key.service : [
      "AWS_ACCESS_KEY_ID=${key.id}",
      "AWS_SECRET_ACCESS_KEY=${key.secret}",
    ]
  ]))
}

output "database_url" {
  description = "DATABASE_URL for the service, without the password of its user."
  value = one([
    for address in aws_db_instance.database[*].address :
    "postgres://cafe:PASSWORD@${address}:5432/cafe?sslmode=verify-full&sslrootcert=/etc/ssl/rds.pem"
  ])
}

output "database_owner_secret" {
  description = "ARN of the secret with the password of the user cafe_owner, in Secrets Manager."
  value       = one(flatten(aws_db_instance.database[*].master_user_secret)[*].secret_arn)
}
