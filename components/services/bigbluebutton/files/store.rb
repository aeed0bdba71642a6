# Sets what the S3 client reads from no variable: the store's address with the bucket in the path, and the gateways' proxy.
require "aws-sdk-core"

Aws.config.update(
  s3: {
    endpoint: ENV.fetch("STORE_ENDPOINT"),
    force_path_style: true,
    http_proxy: ENV.fetch("STORE_PROXY", nil)
  }.compact
)
