import type {
  PreGenerationEstimate,
  PreGenerationJob,
} from '../../app/http/admin/pages/pre-generation-routes.ts';
import { AdminApi } from '../admin-api.ts';
import type { ListedPage } from './page-list.ts';

export type PreGenerationRequest = (
  | { source: 'sitemap' }
  | { source: 'pages'; pages: readonly ListedPage[] }
) & {
  /** Country codes; `null` for readers whose country is unknown. */
  countries: readonly (string | null)[];
  most: number;
};

/** Client of `/api/admin/warming`, with the admin token. */
export class PreGenerationApi {
  readonly #admin: AdminApi;

  /** @param service its URL, without a slash at its end */
  constructor(service: string, token: string) {
    this.#admin = new AdminApi(service, token);
  }

  /** `null` if no job was started. */
  async job(): Promise<PreGenerationJob | null> {
    return ((await this.#request('GET')) as { job: PreGenerationJob | null }).job;
  }

  async estimate(request: PreGenerationRequest): Promise<PreGenerationEstimate> {
    return (await this.#request('POST', { ...request, dryRun: true })) as PreGenerationEstimate;
  }

  async start(request: PreGenerationRequest): Promise<PreGenerationJob> {
    return (await this.#request('POST', request)) as PreGenerationJob;
  }

  /** Returns the stopped job. Images in progress are finished. */
  async stop(): Promise<PreGenerationJob> {
    return ((await this.#request('DELETE')) as { job: PreGenerationJob }).job;
  }

  #request(method: string, body?: object): Promise<unknown> {
    return this.#admin.request(method, '/warming', body);
  }
}
