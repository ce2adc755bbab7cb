import { createPrivateKey, X509Certificate } from 'node:crypto';

/** For `localhost`, by itself, good for the first day of 2020: nothing is secret about its key. */
const CERTIFICATE =
  'MIIBXzCCAQWgAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwHhcNMjAwMTAxMDAwMDAwWhcNMjAwMTAyMDAwMDAwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATgXzhivj0KlO3tUfMy0kX4cjVqm4VPZ7JuCHQNTCgo0ErJf/SAsjSI5uoqndkU9p0siHkpAaJeGUFfv/GBShmeo0gwRjAUBgNVHREEDTALgglsb2NhbGhvc3QwDwYDVR0TAQH/BAUwAwEB/zAdBgNVHQ4EFgQUAGzyBsEpAjgH/HKXOK/svbaetvgwCgYIKoZIzj0EAwIDSAAwRQIgLrImmZ/slJQ4FVRg8SzThqXLM/dyzefyGKvUYELWGhkCIQCG07ktt2kPQY8ARPqVo0jI2AtMF/+1fRiBkYUl+j8IPA==';
const PKCS8 =
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgm8PekaUZsT135yvJdIgFTQVQTfbR14p7g18By/eQL7KhRANCAATgXzhivj0KlO3tUfMy0kX4cjVqm4VPZ7JuCHQNTCgo0ErJf/SAsjSI5uoqndkU9p0siHkpAaJeGUFfv/GBShme';

/** A certificate that nobody accepts any more, and its key, both as PEM. */
export function expiredCertificate(): { cert: string; key: string } {
  const key = createPrivateKey({ key: Buffer.from(PKCS8, 'base64'), format: 'der', type: 'pkcs8' });
  return {
    cert: new X509Certificate(Buffer.from(CERTIFICATE, 'base64')).toString(),
    key: String(key.export({ format: 'pem', type: 'pkcs8' })),
  };
}
