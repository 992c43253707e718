// The package in Node: `rungs.wasm` lies beside this file.

import { readFile } from 'node:fs/promises';
import { Rungs } from './rungs.js';

export { Catalog, Index, Lint, Plan, Rungs, RungsError, Snapshot } from './rungs.js';

/**
 * Starts an instance of the library.
 * @returns {Promise<Rungs>}
 */
export async function open() {
  return Rungs.open(await readFile(new URL('rungs.wasm', import.meta.url)));
}
