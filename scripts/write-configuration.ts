import { readFileSync, writeFileSync } from 'node:fs';
import { configurationPage } from './documentation/configuration-page.ts';

const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
writeFileSync(new URL('../docs/configuration.md', import.meta.url), configurationPage(example));
