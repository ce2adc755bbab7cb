import { inject } from 'vitest';
import { pageClaimsContract } from '../contracts/page-claims.contract.ts';
import { claimsOver } from '../support/claims-over.ts';
import { bucketOn } from '../support/radosgw-bucket.ts';

const { openStore } = bucketOn(inject('radosgw')!, 'https://pictures.example');
let tests = 0;

pageClaimsContract("notes in Ceph's radosgw", async () => {
  tests += 1;
  return claimsOver(openStore(), `records-${tests}`);
});
