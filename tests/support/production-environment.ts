/** What the service needs in production, with everything it calls at these URLs. */
export function productionEnvironment(urls: {
  s3: string;
  openai: string;
}): Record<string, string> {
  return {
    NODE_ENV: 'production',
    GENERATED_IMAGES_BUCKET: 'cafe-test',
    AWS_REGION: 'eu-west-3',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_S3: urls.s3,
    OPENAI_API_KEY: 'sk-test',
    OPENAI_BASE_URL: `${urls.openai}/v1`,
    GEO_LOCATOR: 'none',
    HOST: '127.0.0.1',
  };
}
