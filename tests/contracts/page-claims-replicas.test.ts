import { claimsOverScheduledSql, claimsOverScheduledStore } from '../support/claims-over.ts';
import { pageClaimsReplicasContract } from './page-claims-replicas.contract.ts';

pageClaimsReplicasContract('a store', claimsOverScheduledStore, { numRuns: 500 });
// Each run takes seconds of a real database instead of milliseconds.
pageClaimsReplicasContract('an embedded database', claimsOverScheduledSql(), { numRuns: 30 });
