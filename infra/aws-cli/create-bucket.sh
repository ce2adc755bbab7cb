#!/usr/bin/env bash
# Makes the bucket for the pictures, or sets right the one there is, out of the documents in ../bucket.
# Can be run again and again: it ends with the same bucket.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: create-bucket.sh --bucket NAME --region REGION [option]...

  --bucket NAME          the bucket: GENERATED_IMAGES_BUCKET. Not the site's.
  --region REGION        where it is: AWS_REGION
  --prefix PREFIX        what is public in it: IMAGE_GEN_PREFIX, by default generated/v2
  --records-prefix NAME  what is private in it: RECORDS_PREFIX, by default records
  --user NAME            the IAM user of the service, by default the bucket's name
  --compatible           for a store that is not Amazon's: leaves out what is Amazon's own, the
                         ownership of objects, the block of ACLs and the IAM user
  --access-key           makes the user's access key and prints it
  --dry-run              only shows what would be done
  --help                 this text

It calls the AWS CLI, with the credentials and the profile that are set for it, and for another store
than Amazon's with AWS_ENDPOINT_URL_S3.
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
    *) fail "does not know $1; see --help" ;;
  esac
  shift
done

[[ $bucket =~ ^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$ ]] ||
  fail '--bucket must be 3 to 63 small letters, digits and hyphens'
[[ $region =~ ^[a-z0-9-]+$ ]] || fail '--region must be such as eu-west-3'
# They become part of a policy: no wildcard, no quote.
for value in "$prefix" "$records_prefix"; do
  [[ $value =~ ^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$ ]] || fail "cannot use $value as a prefix"
done
[[ $records_prefix/ != "$prefix/"* ]] ||
  fail '--records-prefix must not lie within --prefix, which is public'
user=${user:-$bucket}
[ "${AWS_S3_BUCKET:-}" != "$bucket" ] || fail "$bucket is the site's bucket, AWS_S3_BUCKET"
$dry_run || command -v aws >/dev/null || fail 'needs the AWS CLI, https://aws.amazon.com/cli/'

# document NAME: a document with the places filled in.
document() {
  sed -e "s|\${bucket}|$bucket|g" -e "s|\${prefix}|$prefix|g" \
    -e "s|\${records_prefix}|$records_prefix|g" "$(dirname "${BASH_SOURCE[0]}")/../bucket/$1"
}

# change COMMAND...: does it, or shows it.
change() {
  if $dry_run; then
    printf '%q ' "$@"
    printf '\n'
  else
    "$@"
  fi
}

# s3api COMMAND...: a change of the bucket.
s3api() {
  change aws s3api "$1" --bucket "$bucket" --region "$region" "${@:2}"
}

say() { printf '%s\n' "$*" >&2; }

# is_there COMMAND...: whether what it asks for is there. In a dry run nothing is asked and nothing is.
is_there() {
  ! $dry_run && "$@" >/dev/null 2>&1
}

if is_there aws s3api head-bucket --bucket "$bucket" --region "$region"; then
  say "Bucket $bucket is there."
elif [ "$region" = us-east-1 ]; then
  # The one region that may not be named.
  s3api create-bucket
else
  s3api create-bucket --create-bucket-configuration "LocationConstraint=$region"
fi

if $amazon; then
  s3api put-bucket-ownership-controls --ownership-controls "$(document ownership.json)"
  # Before the policy, which is refused until then. Ceph 16 takes it and refuses every upload then.
  s3api put-public-access-block \
    --public-access-block-configuration "$(document public-access-block.json)"
fi
s3api put-bucket-policy --policy "$(document public-read-policy.json)"
s3api put-bucket-lifecycle-configuration --lifecycle-configuration "$(document lifecycle.json)"
s3api put-bucket-cors --cors-configuration "$(document cors.json)"

if $amazon; then
  if is_there aws iam get-user --user-name "$user"; then
    say "User $user is there."
  else
    change aws iam create-user --user-name "$user"
  fi
  change aws iam put-user-policy --user-name "$user" --policy-name pictures-and-records \
    --policy-document "$(document service-policy.json)"
fi

say
say "For the service's environment:"
cat <<LINES
GENERATED_IMAGES_BUCKET=$bucket
AWS_REGION=$region
IMAGE_GEN_PREFIX=$prefix
RECORDS_PREFIX=$records_prefix
LINES
if $amazon && $make_key; then
  # One line, the id and the secret with a tab between them.
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
