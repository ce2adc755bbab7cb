import { SharpRenditionMaker } from '../../src/adapters/rendition-maker/sharp.ts';
import { renditionMakerContract } from './rendition-maker.contract.ts';

/** Every adapter that honours the contract. */

renditionMakerContract('SharpRenditionMaker', () => new SharpRenditionMaker());
