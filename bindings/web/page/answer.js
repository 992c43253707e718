// Answers one question of the page with the library. It knows nothing of workers or documents, so that
// tests can run it in Node.

import { RungsError } from './rungs.js';

/**
 * @typedef {{name: string, bytes: Uint8Array}} File_
 * @typedef {'shown' | 'markdown' | 'json'} Output what the page shows, or a text to save
 * @typedef {{
 *   catalog: string,
 *   toml: File_ | null,
 *   lockfile: File_ | null,
 *   gemfile: File_ | null,
 *   after: File_ | null,
 *   installed: Record<string, string>,
 *   runtimes: Record<string, string>,
 *   pinned: string[],
 *   request: import('./rungs.js').Request,
 *   view: 'plan' | 'next' | 'status' | 'why' | 'lint',
 *   why: string,
 * }} Question
 *
 * @typedef {{name: string, role: string, about: string | null, isOutside: boolean, lines: string[], releases: string[]}} Package
 * @typedef {{name: string, scheme: 'rubygems' | 'semver', horizon: string, packages: Package[], properties: {id: string, ask: string}[]}} CatalogFacts
 *
 * @typedef {{
 *   facts: CatalogFacts | null,
 *   found: Record<string, string> | null,
 *   outcome: string | null,
 *   steps: number,
 *   html: string | null,
 *   text: string | null,
 *   error: {message: string, help: string | null, panic: boolean} | null,
 * }} Answer
 */

/** A catalog lies over another where its text says so before its first table. */
const EXTENDS = /^\s*extends\s*=\s*["']([^"'\n]*)["']/m;

/** @param {File_} file */
const isDocument = (file) => /^\s*\{/.test(new TextDecoder().decode(file.bytes.subarray(0, 64)));

/**
 * @param {Uint8Array | null} a
 * @param {Uint8Array | null} b
 */
const isSame = (a, b) => a === b || (a !== null && b !== null && a.length === b.length && a.every((byte, at) => byte === b[at]));

/** Opens catalogs and keeps the one that was asked last. */
export class Answerer {
  /** @type {{key: string, text: Uint8Array | null, catalog: import('./rungs.js').Catalog, facts: CatalogFacts} | null} */
  #kept = null;

  /** @param {import('./rungs.js').Rungs} rungs */
  constructor(rungs) {
    this.rungs = rungs;
  }

  /**
   * @param {Question} question
   * @param {Output} [output]
   * @returns {Answer}
   */
  answer(question, output = 'shown') {
    /** @type {Answer} */
    const answer = { facts: null, found: null, outcome: null, steps: 0, html: null, text: null, error: null };
    /** @type {{close: () => void}[]} */
    const made = [];
    const keep = (/** @type {any} */ it) => (made.push(it), it);
    let reading = '';
    try {
      reading = question.toml?.name ?? (question.catalog ? '' : question.lockfile?.name ?? '');
      const { catalog, facts } = this.#open(question, keep);
      answer.facts = facts;
      reading = question.lockfile?.name ?? '';
      const snapshot = this.#snapshot(question, facts, question.lockfile, keep);
      if (!snapshot) return answer;
      reading = '';
      const found = this.#found(question);
      answer.found = Object.fromEntries(facts.packages.map(({ name }) => [name, found[name]]).filter(([, version]) => version));
      this.#view(question, { catalog, snapshot, keep, facts }, answer, output);
    } catch (error) {
      if (!(error instanceof RungsError)) throw error;
      const place = reading && error.line ? `${reading}, line ${error.line}: ` : reading ? `${reading}: ` : '';
      answer.error = { message: place + error.message, help: error.help, panic: error.status === 'panic' };
    } finally {
      made.reverse().forEach((it) => it.close());
    }
    return answer;
  }

  /** @param {File_} file */
  #read(file) {
    return isDocument(file) ? this.rungs.snapshotOf(file.bytes) : this.rungs.snapshot(file.bytes);
  }

  /**
   * The catalog of a file, one that was chosen, or what the library opens for what is installed and asked for.
   * @param {Question} question
   * @param {(it: any) => any} keep
   * @returns {{catalog: import('./rungs.js').Catalog, facts: CatalogFacts}}
   */
  #open({ catalog: chosen, toml, lockfile, runtimes, pinned, request }, keep) {
    const name = chosen || 'karafka';
    const shown = chosen || toml ? null : lockfile;
    const pins = pinned.map((it) => `${it}=0`);
    const names = [...request.to ?? [], ...pins].map((it) => it.split('=')[0]);
    const key = shown ? `for ${[...names, ...Object.keys(runtimes)].join(' ')}` : toml ? `file ${toml.name} over ${name}` : name;
    const text = toml?.bytes ?? shown?.bytes ?? null;
    if (this.#kept && this.#kept.key === key && isSame(this.#kept.text, text)) return this.#kept;
    const extended = toml && EXTENDS.exec(new TextDecoder().decode(toml.bytes).split(/^\s*\[/m, 1)[0]);
    let catalog;
    if (shown) {
      catalog = this.rungs.catalogFor(keep(this.#read(shown)), { to: request.to, pins, runtimes });
    } else if (!toml) {
      catalog = this.rungs.catalog(name);
    } else if (extended) {
      const below = keep(this.rungs.catalog(extended[1] || name));
      catalog = below.overlay(toml.bytes, toml.name);
    } else {
      catalog = this.rungs.parseCatalog(toml.bytes, toml.name);
    }
    const document = JSON.parse(catalog.document());
    const packages = document.packages.map((/** @type {any} */ it) => ({
      name: it.name,
      role: it.role,
      about: it.about,
      // What no lockfile shows: runtimes, and what is moved as the catalog says, not by Bundler.
      isOutside: it.role === 'runtime' || Boolean(it.command || it.instruction),
      lines: it.lines.map((/** @type {any} */ line) => line.name),
      releases: it.releases.map((/** @type {any} */ release) => release.version),
    }));
    const { scheme, horizon, properties } = document;
    this.#kept?.catalog.close();
    this.#kept = { key, text, catalog, facts: { name: document.name, scheme, horizon, packages, properties } };
    return this.#kept;
  }

  /**
   * @param {Question} question
   * @param {CatalogFacts} facts
   * @param {File_ | null} file
   * @param {(it: any) => any} keep
   * @returns {import('./rungs.js').Snapshot | null}
   */
  #snapshot({ installed, runtimes }, facts, file, keep) {
    /** @type {import('./rungs.js').Snapshot} */
    let snapshot;
    if (file) {
      snapshot = keep(this.#read(file));
    } else if (Object.keys(installed).length || Object.keys(runtimes).length) {
      const direct = Object.keys(installed);
      snapshot = keep(this.rungs.snapshotOf({ scheme: facts.scheme, packages: installed, direct }));
    } else {
      return null;
    }
    for (const [name, version] of Object.entries(runtimes)) snapshot = keep(snapshot.withRuntime(name, version));
    return snapshot;
  }

  /**
   * The versions that are installed, as far as they are read easily: the page shows them.
   * @param {Question} question
   * @returns {Record<string, string>}
   */
  #found({ lockfile, installed }) {
    if (!lockfile) return installed;
    if (isDocument(lockfile)) {
      const { packages, runtimes } = JSON.parse(new TextDecoder().decode(lockfile.bytes));
      return { ...packages, ...runtimes };
    }
    const { specs, ruby_version: ruby } = JSON.parse(this.rungs.lockfileDocument(lockfile.bytes));
    const found = Object.fromEntries(specs.map((/** @type {any} */ it) => [it.name, it.version]));
    const version = /^ruby (\d[\d.]*)/.exec(ruby ?? '');
    return version ? { ...found, ruby: version[1] } : found;
  }

  /**
   * @param {Question} question
   * @param {{catalog: import('./rungs.js').Catalog, snapshot: import('./rungs.js').Snapshot, facts: CatalogFacts, keep: (it: any) => any}} world
   * @param {Answer} answer
   * @param {Output} output
   */
  #view(question, { catalog, snapshot, facts, keep }, answer, output) {
    const { view } = question;
    const pins = question.pinned.filter((name) => answer.found?.[name]).map((name) => `${name}=${answer.found?.[name]}`);
    const request = { ...question.request, pins };
    // A Gemfile belongs to a lockfile; a snapshot document says by itself what is direct.
    const gemfile = question.lockfile && !isDocument(question.lockfile) ? question.gemfile : null;
    if (gemfile) request.gemfile = new TextDecoder().decode(gemfile.bytes);
    const format = output === 'json' ? 'json' : 'text';
    if (view === 'status') {
      const installed = gemfile ? keep(snapshot.withGemfile(gemfile.bytes)) : snapshot;
      answer.text = catalog.status(installed, { as_of: request.as_of, format });
    } else if (view === 'why') {
      if (question.why) answer.text = catalog.why(snapshot, question.why, request, { format });
    } else if (view === 'lint') {
      const after = question.after && this.#snapshot(question, facts, question.after, keep);
      if (!question.after || !after) return;
      const { as_of, policy } = request;
      /** @type {import('./rungs.js').Lint} */
      const lint = keep(catalog.lint(snapshot, after, { as_of, policy }));
      answer.outcome = lint.verdict();
      answer.text = lint.report(format, question.after.name);
    } else {
      /** @type {import('./rungs.js').Plan} */
      const plan = keep(catalog.plan(snapshot, request));
      const report = (/** @type {'html' | 'markdown'} */ as) =>
        view === 'next' && plan.stepCount > 0 ? plan.stepReport(0, as) : plan.report(as);
      answer.outcome = plan.outcome;
      answer.steps = plan.stepCount;
      if (output === 'shown') answer.html = report('html');
      else answer.text = output === 'json' ? plan.document() : report('markdown');
    }
  }
}
