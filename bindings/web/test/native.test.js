// The border and what is built on it: declarations against the header, inputs of every kind, memory, and
// instances that end. `node --test` runs it; scripts/test-web does.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FORMATS, FUNCTIONS, Native, OUTCOMES, SCHEMES, SEVERITIES, VERDICTS } from '../src/native.js';
import { RungsError, open } from '../src/node.js';

const ROOT = new URL('../../../', import.meta.url);
const read = (/** @type {string} */ path) => readFileSync(new URL(path, ROOT));
const HEADER = read('include/rungs.h').toString();
const LOCKFILE = read('examples/Gemfile.lock');
const REQUEST = { to: ['karafka=2.4'], as_of: '2026-08-19' };
const wasm = await WebAssembly.compile(readFileSync(new URL('../src/rungs.wasm', import.meta.url)));

/** The functions of the header, in the words of `FUNCTIONS`. */
function declared() {
  /** @type {Record<string, string[]>} */
  const found = {};
  for (const match of HEADER.matchAll(/^([a-z][\w ]*?[ *]+)(rungs_\w+)\(([^)]*)\);/gm)) {
    const [, type, name, list] = match;
    const params = list.replace(/const uint8_t \*\w+,\s*size_t \w+_len/g, 'bytes').split(',').map((param) => {
      const text = param.trim().replace(/^const /, '');
      if (text === 'bytes' || text === 'void') return text;
      const outs = text.match(/\*/g)?.length ?? 0;
      const noun = text.replace(/[ *]+\w+$/, '').replace(/^rungs_/, '');
      const plain = { uint32_t: 'u32', int32_t: 'i32', size_t: 'size' }[noun] ?? noun;
      const isHandle = text.startsWith('rungs_');
      return plain + '*'.repeat(isHandle ? outs - 1 : outs);
    });
    const result = type.trim().replace(/^const /, '').replace(/^rungs_(?=status$)/, '');
    const returns = {
      'char *': 'c_text', uint32_t: 'u32', size_t: 'size', 'uint8_t *': 'pointer',
      rungs_outcome: 'u32', rungs_verdict: 'u32',
    }[result] ?? result;
    found[name] = [params.join(' ').replace('void', ''), returns];
  }
  return found;
}

test('each declaration is that of the header', () => {
  const header = declared();
  assert.ok(Object.keys(header).length > 55);
  for (const [name, ours] of Object.entries(FUNCTIONS)) assert.deepEqual([...ours], header[name], name);
  const excluded = read('tests/abi/excluded.txt').toString().split('\n')
    .filter((line) => line.startsWith('web ')).map((line) => line.split(' ')[1]);
  assert.deepEqual(Object.keys(header).sort(), [...Object.keys(FUNCTIONS), ...excluded].sort());
});

test('numbers are those of the header', () => {
  const inverted = (/** @type {Record<number, string>} */ names) =>
    Object.fromEntries(Object.entries(names).map(([number, name]) => [name, Number(number)]));
  /** @type {Record<string, Readonly<Record<string, number>>>} */
  const enums = {
    FORMAT: FORMATS, SCHEME: SCHEMES, SEVERITY: SEVERITIES,
    OUTCOME: { none: 0, ...inverted(OUTCOMES) }, VERDICT: { none: 0, ...inverted(VERDICTS) },
  };
  for (const [name, ours] of Object.entries(enums)) {
    const theirs = [...HEADER.matchAll(new RegExp(`RUNGS_${name}_(\\w+) = (\\d+)`, 'g'))];
    assert.ok(theirs.length > 1);
    assert.deepEqual(Object.fromEntries(theirs.map(([, word, number]) => [word.toLowerCase(), Number(number)])), ours, name);
  }
});

test('the module asks for nothing from outside', () => {
  assert.deepEqual(WebAssembly.Module.imports(wasm), []);
});

test('the version is one', async () => {
  const version = read('Cargo.toml').toString().match(/^version = "(.*)"/m)?.[1];
  const rungs = await open();
  assert.equal(rungs.version, version);
  assert.equal(JSON.parse(read('bindings/web/package.json').toString()).version, version);
  assert.equal(rungs.isCompatible('0.1.0'), true);
  assert.equal(rungs.isCompatible('99.0.0'), false);
});

test('questions are answered', async () => {
  const rungs = await open();
  const catalog = rungs.catalog();
  const snapshot = rungs.snapshot(LOCKFILE);
  const plan = catalog.plan(snapshot, REQUEST);
  assert.equal(plan.outcome, 'planned');
  assert.equal(plan.stepCount, 2);
  assert.match(plan.report('html'), /^<!doctype html>/);
  assert.match(plan.stepReport(1), /karafka/);
  assert.deepEqual(JSON.parse(plan.stepDocument(0)), JSON.parse(plan.document()).steps[0]);
  const asked = { to: ['karafka=2.6', 'rails=8.0'], as_of: '2026-08-19' };
  assert.equal(rungs.catalogFor(snapshot, asked).plan(snapshot, asked).outcome, 'planned');
  assert.throws(() => catalog.plan(snapshot, asked), /rails/);
  assert.match(catalog.status(snapshot, { as_of: '2026-08-19' }), /karafka/);
  assert.equal(JSON.parse(catalog.status(snapshot, { format: 'json' })).schema, 'rungs.status/1');
  assert.equal(JSON.parse(catalog.why(snapshot, 'karafka@2.5', REQUEST, { format: 'json' })).schema, 'rungs.why/1');
  const after = rungs.snapshot(LOCKFILE.toString().replace('    karafka (2.3.0)', '    karafka (2.5.9)'));
  const lint = catalog.lint(snapshot, after);
  assert.equal(lint.verdict(), 'refused');
  assert.ok(lint.count('error') > 0);
  assert.match(lint.report('sarif'), /"2.1.0"/);
  assert.equal(JSON.parse(lint.document('new.lock')).schema, 'rungs.lint/1');
  const gitlab = rungs.catalog('gitlab');
  const known = rungs.snapshotOf({ scheme: 'semver', packages: { gitlab: '16.0.0' } });
  assert.equal(gitlab.plan(known, { to: ['gitlab=17.11'] }).outcome, 'planned');
  assert.equal(rungs.compare('1.10', '1.9'), 1);
  assert.equal(rungs.compare('1.0.0-a', '1.0.0', 'semver'), -1);
  assert.equal(rungs.isVersion('a b'), false);
  assert.equal(rungs.matches('~> 2.3', '2.4.0'), true);
  assert.equal(JSON.parse(rungs.schema('plan')).title, 'rungs.plan/1');
  assert.equal(JSON.parse(rungs.lockfileDocument(LOCKFILE)).schema, 'rungs.snapshot/1');
  assert.equal(JSON.parse(catalog.actionsDocument()).schema, 'rungs.actions/1');
});

test('an error has code, place and help, and the document of the program', async () => {
  const rungs = await open();
  const failed = (/** @type {() => unknown} */ call) => {
    try {
      call();
    } catch (error) {
      if (error instanceof RungsError) return error;
      throw error;
    }
    throw new Error('nothing was thrown');
  };
  const damaged = failed(() => rungs.snapshot('GEM\n  specs:\n    a (1\n'));
  assert.equal(damaged.status, 'invalid_input');
  assert.equal(damaged.line, 3);
  assert.equal(JSON.parse(damaged.document ?? '').schema, 'rungs.error/1');
  const latin = failed(() => rungs.snapshot(new Uint8Array([71, 69, 77, 10, 0xff])));
  assert.equal(latin.status, 'invalid_utf8');
  assert.equal(latin.offset, 4);
  assert.equal(failed(() => rungs.catalog('nowhere')).help?.includes('karafka'), true);
  assert.equal(failed(() => rungs.catalog().plan(rungs.snapshot(LOCKFILE)).stepDocument(99)).status, 'out_of_range');
  assert.equal(failed(() => rungs.snapshot(new Uint8Array(17 << 20))).status, 'limit');
  const gemfile = failed(() => rungs.catalog().plan(rungs.snapshot(LOCKFILE), { gemfile: '\ngem "a",, # rungs: temporary' }));
  assert.equal(gemfile.status, 'invalid_input');
  assert.equal(gemfile.line, 2);
});

test('values of another kind are refused before the library sees them', async () => {
  const rungs = await open();
  const other = await open();
  const catalog = rungs.catalog();
  const snapshot = rungs.snapshot(LOCKFILE);
  const any = (/** @type {unknown} */ value) => /** @type {any} */ (value);
  assert.throws(() => rungs.snapshot(any(null)), TypeError);
  assert.throws(() => rungs.snapshot(any(7)), TypeError);
  assert.throws(() => catalog.plan(any(catalog)), TypeError);
  assert.throws(() => catalog.plan(other.snapshot(LOCKFILE)), /another instance/);
  const plan = catalog.plan(snapshot, REQUEST);
  for (const index of [-1, 1.5, NaN, 2 ** 32, '0', undefined]) assert.throws(() => plan.stepReport(any(index)), RangeError);
  for (const format of ['pdf', '__proto__', 'toString', 7]) assert.throws(() => plan.report(any(format)), TypeError);
  plan.close();
  plan.close();
  assert.equal(plan.isClosed, true);
  assert.throws(() => plan.outcome, /was closed/);
  assert.equal(catalog.plan(snapshot, REQUEST).stepCount, 2);
});

/** Numbers from a seed. @param {number} seed */
function random(seed) {
  let state = seed;
  return (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('broken files end in an error or an answer, and the instance stays', async () => {
  const rungs = await open();
  const catalog = rungs.catalog();
  let refused = 0;
  let taken = 0;
  const attempt = (/** @type {() => unknown} */ call) => {
    try {
      call();
      taken += 1;
    } catch (error) {
      if (!(error instanceof RungsError) || error.status === 'panic') throw error;
      refused += 1;
    }
  };
  const all = (/** @type {Uint8Array} */ bytes) => {
    attempt(() => catalog.plan(rungs.snapshot(bytes), REQUEST).report('html'));
    attempt(() => catalog.status(rungs.snapshot(bytes)));
    attempt(() => rungs.snapshotOf(bytes));
    attempt(() => rungs.parseCatalog(bytes));
    attempt(() => catalog.overlay(bytes));
    attempt(() => catalog.plan(rungs.snapshot(LOCKFILE), { policy: new TextDecoder().decode(bytes) }));
    attempt(() => catalog.plan(rungs.snapshot(LOCKFILE), new TextDecoder().decode(bytes)));
    attempt(() => catalog.why(rungs.snapshot(LOCKFILE), new TextDecoder().decode(bytes)));
    attempt(() => rungs.snapshot(LOCKFILE).withGemfile(bytes));
    attempt(() => rungs.catalogFor(rungs.snapshot(LOCKFILE), new TextDecoder().decode(bytes)));
  };
  for (const folder of ['lockfile', 'gemfile', 'documents', 'policy', 'catalog']) {
    for (const name of readdirSync(new URL(`fuzz/corpus/${folder}`, ROOT))) all(read(`fuzz/corpus/${folder}/${name}`));
  }
  const number = random(21);
  const near = new TextEncoder().encode('0123456789.~>=() \n\u00e9');
  for (let round = 0; round < 120; round += 1) {
    const bytes = Uint8Array.from(LOCKFILE);
    for (let at = 0; at <= number(4); at += 1) bytes[number(bytes.length)] = near[number(near.length)];
    all(round % 2 ? bytes : bytes.subarray(0, number(bytes.length)));
  }
  assert.ok(refused > 500 && taken > 50, `${refused} refused, ${taken} taken`);
  assert.equal(catalog.plan(rungs.snapshot(LOCKFILE), REQUEST).stepCount, 2);
});

test('memory stays flat where handles are closed, and texts and errors are freed', async () => {
  const rungs = await open();
  const catalog = rungs.catalog();
  const again = (/** @type {number} */ times) => {
    for (let at = 0; at < times; at += 1) {
      const snapshot = rungs.snapshot(LOCKFILE);
      const plan = catalog.plan(snapshot, REQUEST);
      assert.ok(plan.document().length > 1000);
      assert.throws(() => rungs.snapshot('nothing'), RungsError);
      plan.close();
      snapshot.close();
    }
  };
  again(50);
  const before = rungs.memoryBytes;
  again(1000);
  assert.equal(rungs.memoryBytes, before);
  // The measure sees what is kept.
  const kept = Array.from({ length: 1000 }, () => catalog.plan(rungs.snapshot(LOCKFILE), REQUEST));
  assert.ok(rungs.memoryBytes > before + (8 << 20), `${rungs.memoryBytes - before}`);
  assert.equal(kept.length, 1000);
});

test('what is forgotten is freed when it is collected', async () => {
  setFlagsFromString('--expose-gc');
  /** @type {() => void} */
  const collect = runInNewContext('gc');
  const rungs = await open();
  const catalog = rungs.catalog();
  const snapshot = rungs.snapshot(LOCKFILE);
  const again = async (/** @type {number} */ rounds) => {
    for (let round = 0; round < rounds; round += 1) {
      for (let at = 0; at < 100; at += 1) catalog.plan(snapshot, REQUEST);
      collect();
      await new Promise((done) => setTimeout(done, 10));
    }
  };
  await again(4);
  const before = rungs.memoryBytes;
  await again(10);
  assert.ok(rungs.memoryBytes < before + (4 << 20), `${rungs.memoryBytes - before}`);
});

test('a trap ends the instance, and another one starts', async () => {
  const instance = await WebAssembly.instantiate(wasm, {});
  let calls = 0;
  const broken = {
    ...instance.exports,
    rungs_plan_outcome: () => { throw new WebAssembly.RuntimeError('unreachable'); },
    rungs_snapshot_free: () => { calls += 1; },
  };
  const native = new Native(/** @type {any} */ ({ exports: broken }));
  const catalog = native.call('rungs_catalog_karafka');
  const snapshot = native.call('rungs_snapshot_from_lockfile', LOCKFILE);
  const plan = native.call('rungs_plan_compute', catalog, snapshot, '');
  assert.equal(native.hasEnded, false);
  const isPanic = (/** @type {unknown} */ error) => error instanceof RungsError && error.status === 'panic';
  assert.throws(() => native.call('rungs_plan_outcome', plan), isPanic);
  assert.equal(native.hasEnded, true);
  assert.throws(() => native.call('rungs_version'), isPanic);
  snapshot.close();
  assert.equal(calls, 0);
  assert.equal((await Native.open(wasm)).call('rungs_catalog_format_version'), 1);
});

test('a module that is no library of rungs is refused', async () => {
  const empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
  await assert.rejects(Native.open(empty), /no library of rungs/);
  await assert.rejects(Native.open(new Uint8Array([1, 2, 3])), WebAssembly.CompileError);
});
