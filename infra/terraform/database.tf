# PostgreSQL on RDS, only with database = true. It is reachable from the given security groups alone.

resource "aws_db_subnet_group" "database" {
  count = var.database ? 1 : 0

  name       = var.database_identifier
  subnet_ids = var.database_subnets
}

resource "aws_security_group" "database" {
  count = var.database ? 1 : 0

  name        = var.database_identifier
  description = "PostgreSQL of bytesized-cafe"
  vpc_id      = var.database_vpc

  lifecycle {
    precondition {
      condition     = var.database_vpc != null && length(var.database_subnets) >= 2 && length(var.database_clients) > 0
      error_message = "database = true requires database_vpc, two or more database_subnets, and database_clients."
    }
  }
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  count = var.database ? length(var.database_clients) : 0

  description                  = "The service"
  security_group_id            = one(aws_security_group.database[*].id)
  referenced_security_group_id = var.database_clients[count.index]
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_db_parameter_group" "database" {
  count = var.database ? 1 : 0

  name_prefix = "${var.database_identifier}-"
  family      = "postgres${var.database_version}"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_instance" "database" {
  count = var.database ? 1 : 0

  identifier           = var.database_identifier
  engine               = "postgres"
  engine_version       = var.database_version
  instance_class       = var.database_instance_class
  parameter_group_name = one(aws_db_parameter_group.database[*].name)

  allocated_storage     = 20
  max_allocated_storage = 100
  storage_type          = "gp3"
  storage_encrypted     = true

  # RDS keeps this password in Secrets Manager and changes it every week. The service has a user of its own.
  username                    = "cafe_owner"
  manage_master_user_password = true

  db_subnet_group_name   = one(aws_db_subnet_group.database[*].name)
  vpc_security_group_ids = aws_security_group.database[*].id
  publicly_accessible    = false
  multi_az               = var.database_multi_az

  auto_minor_version_upgrade = true
  backup_retention_period    = 7
  copy_tags_to_snapshot      = true
  deletion_protection        = true
  skip_final_snapshot        = false
  final_snapshot_identifier  = "${var.database_identifier}-final"
}
