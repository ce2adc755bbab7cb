#!/usr/bin/env bash
# Creates or updates the bucket for the pictures from the documents in ../bucket. It is safe to run again.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: create-bucket.sh --bucket NAME --region REGION [option]...

  --bucket NAME          the bucket (GENERATED_IMAGES_BUCKET); not the site's
  --region REGION        its region (AWS_REGION)
  --prefix PREFIX        the public prefix (IMAGE_GEN_PREFIX, default generated/v2)
  --records-prefix NAME  the private prefix (RECORDS_PREFIX, default records)
  --user NAME            the IAM user of the service (default: the bucket's name)
  --compatible           for S3-compatible stores: skips what only Amazon has (object ownership, the
                         block of ACLs, the IAM user)
  --access-key           creates the user's access key and prints it
  --dry-run              only prints what would be done
  --help                 prints this text

Uses the AWS CLI with its credentials and profile. Set AWS_ENDPOINT_URL_S3 for an S3-compatible store.
USAGE
}

fail() {
  printf 'create-bucket.sh: %s\n' "$*" >&2
  exit 2
}

bucket='' region='' user='' prefix=generated/v2 records_prefix=records
amazon=true make_key=false dry_run=false
while [ $# -gt 0 ]; do
  case $1 in
    --bucket | --region | --prefix | --records-prefix | --user)
      [ $# -ge 2 ] || fail "$1 needs a value"
      name=${1#--}
      printf -v "${name//-/_}" '%s' "$2"
      shift
      ;;
    --compatible) amazon=false ;;
    --access-key) make_key=true ;;
    --dry-run) dry_run=true ;;
    --help)
      usage
      exit
      ;;
    *) fail "unknown option $1; see --help" ;;
  esac
  shift
done

[[ $bucket =~ ^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$ ]] ||
  fail '--bucket must be 3 to 63 lower-case letters, digits and hyphens'
[[ $region =~ ^[a-z0-9-]+$ ]] || fail '--region must be a region such as eu-west-3'
# The prefixes become part of a policy, so they must have no wildcard and no quote.
for value in "$prefix" "$records_prefix"; do
  [[ $value =~ ^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$ ]] || fail "$value is not a valid prefix"
done
[[ $records_prefix/ != "$prefix/"* ]] ||
  fail '--records-prefix must not lie within --prefix, which is public'
user=${user:-$bucket}
[ "${AWS_S3_BUCKET:-}" != "$bucket" ] || fail "$bucket is the site's bucket, AWS_S3_BUCKET"
$dry_run || command -v aws >/dev/null || fail 'the AWS CLI is not installed: https://aws.amazon.com/cli/'

# document NAME: a document with its placeholders filled in.
document() {
  sed -e "s|\${bucket}|$bucket|g" -e "s|\${prefix}|$prefix|g" \
    -e "s|\${records_prefix}|$records_prefix|g" "$(dirname "${BASH_SOURCE[0]}")/../bucket/$1"
}

# change COMMAND...: runs the command, or prints it in a dry run.
change() {
  if $dry_run; then
    printf '%q ' "$@"
    printf '\n'
  else
    "$@"
  fi
}

# s3api COMMAND...: changes the bucket.
s3api() {
  change aws s3api "$1" --bucket "$bucket" --region "$region" "${@:2}"
}

say() { printf '%s\n' "$*" >&2; }

# is_there COMMAND...: whether the resource exists. In a dry run, nothing is checked and nothing exists.
is_there() {
  ! $dry_run && "$@" >/dev/null 2>&1
}

if is_there aws s3api head-bucket --bucket "$bucket" --region "$region"; then
  say "Bucket $bucket exists."
elif [ "$region" = us-east-1 ]; then
  # The only region that must not be given.
  s3api create-bucket
else
  s3api create-bucket --create-bucket-configuration "LocationConstraint=$region"
fi

if $amazon; then
  s3api put-bucket-ownership-controls --ownership-controls "$(document ownership.json)"
  # Must come before the policy, which is refused otherwise. Ceph 16 accepts it, but then refuses every upload.
  s3api put-public-access-block \
    --public-access-block-configuration "$(document public-access-block.json)"
fi
s3api put-bucket-policy --policy "$(document public-read-policy.json)"
s3api put-bucket-lifecycle-configuration --lifecycle-configuration "$(document lifecycle.json)"
s3api put-bucket-cors --cors-configuration "$(document cors.json)"

if $amazon; then
  if is_there aws iam get-user --user-name "$user"; then
    say "User $user exists."
  else
    change aws iam create-user --user-name "$user"
  fi
  change aws iam put-user-policy --user-name "$user" --policy-name pictures-and-records \
    --policy-document "$(document service-policy.json)"
fi

say
say "Variables for the service:"
cat <<LINES
GENERATED_IMAGES_BUCKET=$bucket
AWS_REGION=$region
IMAGE_GEN_PREFIX=$prefix
RECORDS_PREFIX=$records_prefix
LINES
if $amazon && $make_key; then
  # One line: the ID, a tab, the secret.
  key=$(change aws iam create-access-key --user-name "$user" \
    --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text)
  if $dry_run; then
    printf '%s\n' "$key"
  else
    IFS=$'\t' read -r id secret <<<"$key"
    printf 'AWS_ACCESS_KEY_ID=%s\nAWS_SECRET_ACCESS_KEY=%s\n' "$id" "$secret"
  fi
elif $amazon; then
  say "and AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, from: aws iam create-access-key --user-name $user"
fi
