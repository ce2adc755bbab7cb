import { enableCompileCache, flushCompileCache } from 'node:module';

// Before anything else is loaded, and in plain JavaScript, so that a start that finds everything
// compiled need not load what strips types either. Where nothing can be written, nothing is cached.
enableCompileCache();
await import('./main.ts');
flushCompileCache();
