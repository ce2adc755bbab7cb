import type { Visitor } from '../domain/countries/geo-locator.ts';
import type { Config } from './config/config.ts';

/** Why a reader has no country, and how to fix it. Lists headers, never addresses. */
export interface Nowhere {
  why: string;
  remedy: string;
}

/** How readers are located. */
export type LocatingConfig = Pick<Config, 'locator' | 'proxy'>;

/** @param visitor without a known country, although geolocation works */
export function whyNowhere(visitor: Visitor, { locator, proxy }: LocatingConfig): Nowhere {
  if (locator.kind === 'header') {
    return {
      why: `The header ${locator.header} ${isSent(visitor, locator.header) ? 'contains no country' : 'is missing'}.`,
      remedy:
        'Set GEO_COUNTRY_HEADER to the header that your edge sets, or choose a GEO_LOCATOR that looks up addresses.',
    };
  }
  if (visitor.address === undefined) return whyNoAddress(visitor, proxy);
  return {
    why: `The service sees public addresses, and ${locator.kind} finds no country for them.`,
    remedy: 'Run the doctor, and check COUNTRY_IS_URL or GEO_DATABASE.',
  };
}

function whyNoAddress(visitor: Visitor, proxy: Config['proxy']): Nowhere {
  if (!proxy.trustProxy) {
    return {
      why: 'TRUST_PROXY is false, and connections come from an address that is not public.',
      remedy: 'If a proxy is in front of the service, remove TRUST_PROXY=false.',
    };
  }
  if (proxy.header !== undefined) {
    const found = isSent(visitor, proxy.header) ? 'contains no public address' : 'is missing';
    return {
      why: `The header ${proxy.header} of CLIENT_IP_HEADER ${found}.`,
      remedy: 'Set CLIENT_IP_HEADER to the header that your edge sets, or remove it.',
    };
  }
  if (proxy.trustedHops !== undefined) {
    return {
      why: `X-Forwarded-For has no public address at place ${proxy.trustedHops} from the right.`,
      remedy:
        'Set TRUSTED_PROXY_HOPS to how many of your proxies append to X-Forwarded-For, or remove it.',
    };
  }
  const sent = ['X-Real-IP', 'X-Forwarded-For'].filter((name) => isSent(visitor, name));
  if (sent.length === 0) {
    return {
      why: 'X-Real-IP and X-Forwarded-For are missing, and the connection’s address is private.',
      remedy:
        'Configure the proxy in front to set X-Real-IP or X-Forwarded-For; see docs/any-host.md for examples.',
    };
  }
  return {
    why: `No public address in ${sent.join(' and ')}.`,
    remedy:
      'The proxy in front sees another proxy instead of readers. Configure that proxy to pass on the address (Kubernetes: externalTrafficPolicy: Local), or set CLIENT_IP_HEADER to its header.',
  };
}

function isSent(visitor: Visitor, header: string): boolean {
  return !!visitor.header(header.toLowerCase())?.trim();
}
