#!/usr/bin/env node
// Puts the page together: build.js RUNGS_WASM FOLDER. The folder is all that a server of static files needs.

import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { Rungs } from './src/rungs.js';

const [wasmPath, site] = process.argv.slice(2);
const here = fileURLToPath(new URL('.', import.meta.url));
const wasm = readFileSync(wasmPath);
const example = readFileSync(join(here, '../../examples/Gemfile.lock'), 'utf8');

rmSync(site, { recursive: true, force: true });
mkdirSync(site, { recursive: true });
for (const name of ['native.js', 'rungs.js']) copyFileSync(join(here, 'src', name), join(site, name));
for (const name of readdirSync(join(here, 'page'))) copyFileSync(join(here, 'page', name), join(site, name));

// The page asks for no schema, so those that the library carries are blanks in it: 11 kB less to load.
const loaded = Buffer.from(wasm);
const schemas = join(here, '../../schemas');
for (const name of readdirSync(schemas)) {
  const schema = readFileSync(join(schemas, name));
  const at = loaded.indexOf(schema);
  if (at < 0) throw new Error(`${wasmPath} has no ${name}`);
  loaded.fill(' ', at, at + schema.length);
}
for (const name of readdirSync(join(here, 'page'))) {
  const code = readFileSync(join(here, 'page', name), 'utf8');
  if (code.includes('.schema(')) throw new Error(`${name} asks for a schema, which the page has not`);
}

// The policy allows no connection, so the library comes as a script: a text with one character for each
// byte, which the server compresses like any script. A byte that such a text may not have (an end of line, a
// quote, a backslash) is the character of a rare one; the rare byte is the character 256 above its own.
const counts = new Uint32Array(128);
for (const byte of loaded) if (byte < 128) counts[byte] += 1;
const taken = ["'", '\\', '\n', '\r'].map((c) => c.charCodeAt(0));
const others = [...counts.keys()].filter((byte) => !taken.includes(byte));
const rare = others.sort((one, other) => counts[one] - counts[other]).slice(0, taken.length);
/** @type {Map<number, number>} */
const characters = new Map();
taken.forEach((byte, at) => characters.set(byte, rare[at]).set(rare[at], rare[at] + 256));
const text = [...loaded].map((byte) => String.fromCharCode(characters.get(byte) ?? byte)).join('');
const bytesOf = JSON.stringify(Object.fromEntries(taken.map((byte, at) => [rare[at], byte])));
writeFileSync(join(site, 'wasm.js'), `// rungs.wasm, one character for each byte; some have another's character.
const TEXT = '${text}';
/** @type {Record<number, number>} */
const BYTES = ${bytesOf};

/** @returns {Uint8Array<ArrayBuffer>} */
export function wasm() {
  const bytes = new Uint8Array(TEXT.length);
  for (let at = 0; at < bytes.length; at += 1) {
    const character = TEXT.charCodeAt(at);
    bytes[at] = BYTES[character] ?? character; // of what is above 255 an array of bytes keeps the rest
  }
  return bytes;
}
`);
writeFileSync(join(site, 'example.js'), `export const EXAMPLE = ${JSON.stringify(example)};\n`);

// A report in the frame of the page has the page's policy beside its own: the page allows the style and
// the script of reports, by their hashes.
const rungs = await Rungs.open(wasm);
const report = rungs.catalog().plan(rungs.snapshot(example)).report('html');
const hash = (/** @type {RegExp} */ part) => {
  const found = part.exec(report);
  if (!found) throw new Error(`a report has no ${part}`);
  return `'sha256-${createHash('sha256').update(found[1]).digest('base64')}'`;
};
const policy = [
  "default-src 'none'",
  `script-src 'self' 'wasm-unsafe-eval' ${hash(/<script>([^]*?)<\/script>/)}`,
  `style-src 'self' ${hash(/<style>([^]*?)<\/style>/)}`,
  "img-src 'self' data:",
  'worker-src blob: \'self\'',
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
const index = join(site, 'index.html');
writeFileSync(index, readFileSync(index, 'utf8').replace('POLICY', () => policy));

// The service worker keeps every file; its name changes with any of them.
const files = readdirSync(site).filter((name) => name !== 'sw.js').sort();
const build = createHash('sha256');
for (const name of files) build.update(name).update(readFileSync(join(site, name)));
const worker = join(site, 'sw.js');
const code = readFileSync(worker, 'utf8')
  .replace('rungs-BUILD', `rungs-${build.digest('hex').slice(0, 16)}`)
  .replace('const FILES = []; // FILES', `const FILES = ${JSON.stringify(['./', ...files])};`);
writeFileSync(worker, code);
console.log(`${site}: ${files.length + 1} files`);
