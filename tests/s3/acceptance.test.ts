import { inject } from 'vitest';
import { acceptOver } from '../acceptance/s3.contract.ts';

acceptOver("Ceph's radosgw", inject('radosgw')!);
