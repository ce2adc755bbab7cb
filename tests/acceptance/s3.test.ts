import { acceptOver } from './s3.contract.ts';

acceptOver('the S3 stand-in');
