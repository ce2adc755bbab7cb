resource "aws_iam_user" "service" {
  name = coalesce(var.user, var.bucket)
}

resource "aws_iam_user_policy" "service" {
  name   = "pictures-and-records"
  user   = aws_iam_user.service.name
  policy = templatefile("${local.documents}/service-policy.json", local.places)
}

resource "aws_iam_access_key" "service" {
  count = var.create_access_key ? 1 : 0
  user  = aws_iam_user.service.name
}
