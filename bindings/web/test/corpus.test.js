// One corpus for the program and the package: the same question gives the same bytes. RUNGS_PROGRAM names the
// program. The scenarios are those of every other language; the Gemfiles and the catalogs are in this file.

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RungsError, open } from '../src/node.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PROGRAM = process.env.RUNGS_PROGRAM ?? '';
if (!existsSync(PROGRAM)) throw new Error('RUNGS_PROGRAM names no file: expected the program to compare with');
const DAY = '2026-08-19';
const LOCKFILE = readFileSync(join(ROOT, 'examples/Gemfile.lock'), 'utf8');
const rungs = await open();

/** @typedef {import('../src/rungs.js').Request} Request */
/** @typedef {import('../src/rungs.js').Snapshot} Snapshot */
/** @typedef {import('../src/rungs.js').Catalog} Catalog */

/** The options of the program for the members of a request. */
const OPTIONS = /** @type {const} */ ({
  to: '--to', pins: '--pin', accept: '--accept', drop: '--drop', catalogs: '--catalog', within: '--within',
  runtimes_fixed: '--runtime-fixed', ruby_to: '--ruby-to', as_of: '--as-of', min_age: '--min-age',
  ruby_fixed: '--ruby-fixed', keep_gemfile: '--keep-gemfile', prereleases: '--pre',
});

/** @param {Request} request */
function options(request) {
  const args = [];
  for (const [member, option] of Object.entries(OPTIONS)) {
    const value = request[/** @type {keyof typeof OPTIONS} */ (member)];
    if (value === true) args.push(option);
    else if (value) for (const text of [value].flat()) args.push(option, String(text));
  }
  for (const [id, yes] of Object.entries(request.properties ?? {})) args.push('--property', `${id}=${yes ? 'yes' : 'no'}`);
  return args;
}

/**
 * What the program prints; an answer that is not the best one has another exit code.
 * @param {string} folder
 * @param {...string} args
 */
function program(folder, ...args) {
  const run = spawnSync(PROGRAM, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
  assert.equal(run.signal, null, args.join(' '));
  assert.notEqual(run.stdout, '', `${args.join(' ')}: ${run.stderr}`);
  return run.stdout;
}

/**
 * What the package says; of an error its document.
 * @param {() => string} ask
 */
function said(ask) {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof RungsError) || error.document === null) throw error;
    return error.document;
  }
}

/** @param {(folder: string) => void} use */
function inFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'rungs-corpus-'));
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the scenarios of every language', () => {
  const names = readdirSync(join(ROOT, 'tests/scenarios')).filter((name) => name.endsWith('.json'));
  assert.ok(names.length >= 12, `${names.length}`);
  for (const name of names) {
    const { lockfile, ruby, index, overlays = [], request } = JSON.parse(readFileSync(join(ROOT, 'tests/scenarios', name), 'utf8'));
    const args = ['--lockfile', lockfile, ...overlays.flatMap((/** @type {string} */ it) => ['--catalog', it]), ...options(request),
      ...(ruby ? ['--ruby', ruby] : []), ...(index ? ['--index', index] : [])];
    const plan = () => {
      let catalog = rungs.catalog();
      for (const path of overlays) catalog = catalog.overlay(readFileSync(join(ROOT, path)), path);
      let snapshot = rungs.snapshot(readFileSync(join(ROOT, lockfile)));
      if (ruby) snapshot = snapshot.withRuntime('ruby', ruby);
      if (index) {
        const info = (/** @type {string} */ gem) => {
          const path = join(ROOT, index, 'info', gem);
          return existsSync(path) ? readFileSync(path) : null;
        };
        snapshot = snapshot.withIndex(rungs.index(info));
      }
      return catalog.plan(snapshot, request);
    };
    const answer = said(() => plan().document());
    assert.equal(answer, program(ROOT, 'plan', '--format', 'json', ...args), name);
    if (!JSON.parse(answer).outcome) continue;
    for (const format of /** @type {const} */ (['markdown', 'html'])) {
      const made = plan();
      const next = made.stepCount ? made.stepReport(0, format) : made.report(format);
      assert.equal(next, program(ROOT, 'next', '--format', format, ...args), `${name} ${format}`);
    }
  }
});

/**
 * Asks the program in a folder and the package for the plan, the next step, the state and a reason.
 * @param {string} about
 * @param {{files: Record<string, string>, snapshot: () => Snapshot, runtimes?: Record<string, string>, request: Request, args: string[], why: string}} question
 */
function compare(about, { files, snapshot: read, runtimes = {}, request, args: given, why }) {
  const args = [...given, ...Object.entries(runtimes).flatMap(([name, version]) => ['--runtime', `${name}=${version}`])];
  const snapshot = () => Object.entries(runtimes).reduce((it, [name, version]) => it.withRuntime(name, version), read());
  inFolder((folder) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const own = request.gemfile === undefined ? snapshot() : snapshot().withGemfile(request.gemfile);
    const catalog = rungs.catalogFor(own, request);
    const same = (/** @type {() => string} */ ask, /** @type {string[]} */ ...call) =>
      assert.equal(said(ask), program(folder, ...call), `${about}: ${call.join(' ')}`);
    const all = [...args, ...options(request)];
    for (const format of /** @type {const} */ (['text', 'json', 'markdown', 'html'])) {
      same(() => catalog.plan(snapshot(), request).report(format), 'plan', '--format', format, ...all);
    }
    const plan = catalog.plan(snapshot(), request);
    if (plan.stepCount) same(() => plan.stepReport(0, 'html'), 'next', '--format', 'html', ...all);
    for (const format of /** @type {const} */ (['text', 'json'])) {
      same(() => catalog.why(snapshot(), why, request, { format }), 'why', why, '--format', format, ...all);
      const state = [...args, ...options({ catalogs: request.catalogs, as_of: request.as_of })];
      const judge = rungs.catalogFor(own, { catalogs: request.catalogs });
      same(() => judge.status(own, { as_of: request.as_of, format }), 'status', '--format', format, ...state);
    }
    assert.equal(plan.outcome, 'planned', about);
  });
}

/** @type {[about: string, gemfile: string][]} */
const GEMFILES = [
  ['asks for what is installed', "source 'https://rubygems.org'\ngem 'karafka', '~> 2.3'\ngem 'rails', '~> 7.1.3'\n"],
  ['differs from the lockfile', "gem 'karafka', '~> 2.5'\ngem 'waterdrop',\n    '>= 2.7',\n    require: false\ngem 'rails', '7.0.0'\n"],
  ['has temporary lines', "gem 'karafka', '~> 2.3'\ngem 'waterdrop', '2.6.12' # rungs: temporary\n"],
  ['has groups and computed requirements', "group :test do\n  gem 'rspec-rails', '~> 6.1'\nend\ngem 'karafka', ENV['K'] || '~> 2.3'\n"],
  ['names the Ruby', "ruby '3.1.4'\ngem 'karafka'\n"],
  ['is not Ruby', "gem 'karafka',,\n"],
  ['has a heredoc, floats and a regular expression', "gem <<~X.strip, '~> 2.3'\n  karafka\nX\nputs 1.5e3 if /k(?<a>.)/ =~ 'ka'\n"],
];

test('a Gemfile beside the lockfile', () => {
  const withoutRuby = LOCKFILE.replace(/^RUBY VERSION\n.*\n\n/m, '');
  assert.notEqual(withoutRuby, LOCKFILE);
  const answers = new Set();
  for (const [about, gemfile] of GEMFILES) {
    for (const lockfile of [LOCKFILE, withoutRuby]) {
      const request = { to: ['karafka=2.6'], as_of: DAY, gemfile };
      const files = { 'Gemfile.lock': lockfile, Gemfile: gemfile };
      compare(about, { files, snapshot: () => rungs.snapshot(lockfile), request, args: ['--lockfile', 'Gemfile.lock'], why: 'waterdrop' });
      answers.add(rungs.catalog().plan(rungs.snapshot(lockfile), request).document());
    }
  }
  // The Gemfile means something: its answers differ.
  assert.ok(answers.size > 4, `${answers.size}`);
  const catalog = rungs.catalog();
  const marked = "gem 'a',, # rungs: temporary\n";
  assert.throws(() => catalog.plan(rungs.snapshot(LOCKFILE), { gemfile: marked }), /Gemfile:1.*not Ruby/);
  assert.throws(() => rungs.snapshot(LOCKFILE).withGemfile(marked), /Gemfile:1.*not Ruby/);
});

test('a Gemfile that nests deeply, or is long, ends in an answer or an error', () => {
  const catalog = rungs.catalog();
  for (const [open_, close] of [['(', ')'], ['[', ']'], ['{a: ', '}'], ['if x\n', '\nend'], ['-', ''], ['!', ''], ['a(', ')'], ['x ? y : ', ''], ['->{', '}'], ['"#{', '}"'], ['def a = ', '']]) {
    for (const depth of [100, 900, 20000]) {
      const gemfile = `gem 'karafka'\n${open_.repeat(depth)}1${close.repeat(depth)} # rungs: temporary\n`;
      said(() => catalog.plan(rungs.snapshot(LOCKFILE), { to: ['karafka=2.6'], gemfile }).document());
      assert.equal(rungs.hasEnded, false, `${open_} ${depth}`);
    }
  }
});

test('catalogs beside that of Karafka, and several in one question', () => {
  const json = (/** @type {object} */ it) => JSON.stringify(it);
  const cluster = { scheme: /** @type {const} */ ('semver'), packages: { 'control-plane': '1.27.3', kubelet: '1.26.5', 'kube-proxy': '1.26.5' } };
  compare('kubernetes, from a document', {
    files: { 'now.json': json(cluster) }, snapshot: () => rungs.snapshotOf(json(cluster)),
    request: { catalogs: ['kubernetes'], to: ['control-plane=1.30'], as_of: DAY }, args: ['--snapshot', 'now.json'], why: 'kubelet',
  });
  const omnibus = { scheme: /** @type {const} */ ('semver'), packages: { gitlab: '16.0.0' }, direct: ['gitlab'] };
  compare('gitlab, from a document', {
    files: { 'now.json': json(omnibus) }, snapshot: () => rungs.snapshotOf(json(omnibus)),
    request: { catalogs: ['gitlab'], to: ['gitlab=17.11'], as_of: DAY }, args: ['--snapshot', 'now.json'], why: 'gitlab',
  });
  const project = { files: { 'Gemfile.lock': LOCKFILE }, snapshot: () => rungs.snapshot(LOCKFILE), args: ['--lockfile', 'Gemfile.lock'] };
  compare('kafka with its runtimes, shown by the question', {
    ...project, runtimes: { kafka: '3.6', kraft: '1', java: '11' }, request: { to: ['kafka=4.0.1'], as_of: DAY }, why: 'kafka',
  });
  const rails = LOCKFILE.split('\n').filter((line) => !/karafka|waterdrop/.test(line)).join('\n');
  compare('rails, shown by its lockfile', {
    ...project, files: { 'Gemfile.lock': rails }, snapshot: () => rungs.snapshot(rails),
    request: { to: ['rails=8.0'], as_of: DAY }, why: 'activerecord',
  });
  compare('karafka and rails in one question', {
    ...project, request: { to: ['karafka=2.6', 'rails=8.0'], as_of: DAY }, why: 'karafka',
  });
  compare('karafka, rails and kafka by their names', {
    ...project, request: { catalogs: ['karafka', 'rails', 'kafka'], to: ['karafka=2.5'], as_of: DAY }, why: 'karafka',
  });
});
