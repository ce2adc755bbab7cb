import { pageClaimsContract } from '../contracts/page-claims.contract.ts';
import { pageClaimsReplicasContract } from '../contracts/page-claims-replicas.contract.ts';
import { claimsOverScheduledSql, claimsOverSql } from '../support/claims-over.ts';

pageClaimsContract('rows in PostgreSQL', claimsOverSql());
pageClaimsReplicasContract('PostgreSQL', claimsOverScheduledSql(), { numRuns: 100 });
