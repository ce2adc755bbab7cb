# Tasks for `just`. Each runs an npm script of package.json.

# Lists the tasks.
[private]
@default:
    just --list

# Builds the element for browsers
client:
    npm run build

alias wasm := client

# Builds the blog into Output/, for BYTESIZED_CAFE_API_URL and SITE_URL
site:
    npm run site

# Builds the blog into Output/, for a local service
site-local:
    npm run site:local

# Runs the service on http://localhost:8080
backend:
    npm start

# Runs service and blog on separate ports, and opens the blog
local *args:
    npm run local -- {{ args }}

# Builds element and blog for production
site-release:
    npm run site:release

# Uploads Output/ to AWS_S3_BUCKET and invalidates CLOUDFRONT_DISTRIBUTION_ID
site-deploy *args:
    npm run site:deploy -- {{ args }}

# Builds and tests the image, and lints the deployment files
validate-deployment *args:
    npm run validate:deployment -- {{ args }}

# Runs the fast tests
test:
    npm test

# Runs every group of tests, one after another
test-all:
    npm run test:all
