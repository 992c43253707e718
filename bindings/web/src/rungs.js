// What callers use: catalogs, snapshots, plans. Everything here is plain JavaScript over `native.js`;
// documents are JSON texts, byte for byte what the program prints.

import { FORMATS, Handle, Native, OUTCOMES, SCHEMES, SEVERITIES, VERDICTS } from './native.js';

export { RungsError } from './native.js';
/** @typedef {import('./native.js').Bytes} Bytes */
/** @typedef {import('./native.js').Format} Format */
/** @typedef {import('./native.js').Outcome} Outcome */
/** @typedef {import('./native.js').Scheme} Scheme */
/** @typedef {import('./native.js').Severity} Severity */
/** @typedef {import('./native.js').Verdict} Verdict */

/**
 * A question, as the document `rungs.request/1` has it (`schemas/rungs.request.1.json`). The library asks
 * no clock: without `as_of` it judges nothing by the day.
 * @typedef {{
 *   to?: string[], pins?: string[], ruby_fixed?: boolean, ruby_to?: string,
 *   runtimes?: Record<string, string>, runtimes_fixed?: string[], within?: string[],
 *   prereleases?: boolean, keep_gemfile?: boolean, accept?: string[], drop?: string[],
 *   properties?: Record<string, boolean>, as_of?: string, min_age?: number, policy?: string,
 *   gemfile?: string, catalogs?: string[],
 * }} Request
 */

/**
 * The number of a name.
 * @param {Readonly<Record<string, number>>} numbers
 * @param {string} name
 * @param {string} what
 */
function number(numbers, name, what) {
  if (Object.hasOwn(numbers, name)) return numbers[name];
  throw new TypeError(`"${String(name)}" is no ${what}: expected one of ${Object.keys(numbers).join(', ')}`);
}

/**
 * A request as JSON; a text is taken as it is.
 * @param {Request | string | undefined} request
 */
function document(request) {
  if (request === undefined) return '';
  return typeof request === 'string' ? request : JSON.stringify(request);
}

/** Has a handle of the library. */
class Owner {
  /**
   * @param {Native} native
   * @param {Handle} handle
   */
  constructor(native, handle) {
    /** @protected */
    this.native = native;
    /** @internal */
    this.handle = handle;
  }

  /** Frees what the library keeps for it. A second time is nothing to do. */
  close() {
    this.handle.close();
  }

  /** Whether it was closed. */
  get isClosed() {
    return this.handle.isClosed;
  }
}

/** The library. */
export class Rungs {
  #native;

  /**
   * @param {Native} native
   * @internal
   */
  constructor(native) {
    this.#native = native;
  }

  /**
   * Starts an instance.
   * @param {BufferSource | WebAssembly.Module} wasm the bytes of `rungs.wasm`, or the module compiled
   * @returns {Promise<Rungs>}
   */
  static async open(wasm) {
    return new Rungs(await Native.open(wasm));
  }

  /** Whether a bug of the library ended this instance: every call throws. Open another one. */
  get hasEnded() {
    return this.#native.hasEnded;
  }

  /** The bytes of memory that the instance uses. */
  get memoryBytes() {
    return this.#native.memoryBytes;
  }

  /**
   * The version of the library, as `0.1.0`.
   * @returns {string}
   */
  get version() {
    return this.#native.call('rungs_version');
  }

  /**
   * The version of the format of catalogs that the library reads.
   * @returns {number}
   */
  get catalogFormat() {
    return this.#native.call('rungs_catalog_format_version');
  }

  /**
   * Whether this library can replace another version of it, by Semantic Versioning as Cargo reads it.
   * @param {string} version
   * @returns {boolean}
   */
  isCompatible(version) {
    return this.#native.call('rungs_version_is_compatible', version);
  }

  /**
   * The JSON Schema of a document.
   * @param {string} name `plan` or `rungs.plan/1`
   * @returns {string}
   */
  schema(name) {
    return this.#native.call('rungs_schema', name);
  }

  /**
   * Opens a catalog that ships, by its name, as `gitlab`; `rungs catalog list` names them. Several, with commas
   * between them, are joined.
   * @param {string} [name] without a name the embedded catalog of the Karafka family
   * @returns {Catalog}
   */
  catalog(name) {
    const native = this.#native;
    const handle = name === undefined
      ? native.call('rungs_catalog_karafka')
      : native.call('rungs_catalog_open', name);
    return new Catalog(native, handle);
  }

  /**
   * Opens the catalogs that a question is about: those that the member `catalogs` of the request names, else
   * those that what is installed and what the request asks for show.
   * @param {Snapshot} snapshot
   * @param {Request | string} [request]
   * @returns {Catalog}
   */
  catalogFor(snapshot, request) {
    const native = this.#native;
    return new Catalog(native, native.call('rungs_catalog_for', snapshot.handle, document(request)));
  }

  /**
   * Reads a catalog from its TOML.
   * @param {Bytes} toml
   * @param {string} [name] what messages call it
   * @returns {Catalog}
   */
  parseCatalog(toml, name = 'catalog.toml') {
    return new Catalog(this.#native, this.#native.call('rungs_catalog_parse', name, toml));
  }

  /**
   * Reads what is installed from a `Gemfile.lock`.
   * @param {Bytes} lockfile
   * @returns {Snapshot}
   */
  snapshot(lockfile) {
    return new Snapshot(this.#native, this.#native.call('rungs_snapshot_from_lockfile', lockfile));
  }

  /**
   * What is installed, from versions that you know: a document `rungs.snapshot-request/1`. Without `direct`,
   * or with none in it, all packages are asked for.
   * @param {{packages?: Record<string, string>, direct?: string[], runtimes?: Record<string, string>, scheme?: Scheme} | Bytes} known
   * @returns {Snapshot}
   */
  snapshotOf(known) {
    const isText = typeof known === 'string' || known instanceof Uint8Array || known instanceof ArrayBuffer;
    const handle = this.#native.call('rungs_snapshot_from_document', isText ? known : JSON.stringify(known));
    return new Snapshot(this.#native, handle);
  }

  /**
   * All that was read in a lockfile, as the document `rungs.snapshot/1`.
   * @param {Bytes} lockfile
   * @returns {string}
   */
  lockfileDocument(lockfile) {
    return this.#native.call('rungs_lockfile_document', lockfile);
  }

  /**
   * An index of gems outside the catalog.
   * @param {(name: string) => Bytes | null} info gives the text of `info/NAME` of the compact index, or
   *   null where the server has no such gem; called once for each gem that a plan reaches
   * @returns {Index}
   */
  index(info) {
    return new Index(this.#native, this.#native.call('rungs_index_new'), info);
  }

  /**
   * Compares versions: less than 0, 0, or more than 0.
   * @param {string} a
   * @param {string} b
   * @param {Scheme} [scheme]
   * @returns {number}
   */
  compare(a, b, scheme = 'rubygems') {
    return this.#native.call('rungs_version_compare', number(SCHEMES, scheme, 'scheme'), a, b);
  }

  /**
   * Whether a text is a version.
   * @param {string} version
   * @param {Scheme} [scheme]
   * @returns {boolean}
   */
  isVersion(version, scheme = 'rubygems') {
    return this.#native.call('rungs_version_is_valid', number(SCHEMES, scheme, 'scheme'), version);
  }

  /**
   * Whether a version meets a requirement, as `~> 2.3, >= 2.3.4`.
   * @param {string} requirement
   * @param {string} version
   * @param {Scheme} [scheme]
   * @returns {boolean}
   */
  matches(requirement, version, scheme = 'rubygems') {
    return this.#native.call('rungs_requirement_matches', number(SCHEMES, scheme, 'scheme'), requirement, version);
  }
}

/** Packages, releases and the rules between them. */
export class Catalog extends Owner {
  /**
   * This catalog with the rules of an overlay above its own; it stays as it is itself.
   * @param {Bytes} toml
   * @param {string} [name] what messages call it
   * @returns {Catalog}
   */
  overlay(toml, name = 'overlay.toml') {
    return new Catalog(this.native, this.native.call('rungs_catalog_overlay', this.handle, name, toml));
  }

  /**
   * The document `rungs.catalog/1`: packages, lines, releases and rules.
   * @returns {string}
   */
  document() {
    return this.native.call('rungs_catalog_document', this.handle);
  }

  /**
   * The document `rungs.actions/1`: all that the guides ask for.
   * @returns {string}
   */
  actionsDocument() {
    return this.native.call('rungs_catalog_actions_document', this.handle);
  }

  /**
   * Computes the one best plan. That there is none is no error: look at {@link Plan#outcome}.
   * @param {Snapshot} snapshot
   * @param {Request | string} [request]
   * @returns {Plan}
   */
  plan(snapshot, request) {
    const asked = document(request);
    return answered(snapshot, () => {
      return new Plan(this.native, this.native.call('rungs_plan_compute', this.handle, snapshot.handle, asked));
    });
  }

  /**
   * What is installed, how far behind it is and what is wrong with it: a report as `text`, or as `json`
   * the document `rungs.status/1`.
   * @param {Snapshot} snapshot
   * @param {{as_of?: string, format?: 'text' | 'ansi' | 'json'}} [options]
   * @returns {string}
   */
  status(snapshot, { as_of = '', format = 'text' } = {}) {
    return answered(snapshot, () => format === 'json'
      ? this.native.call('rungs_snapshot_status_document', snapshot.handle, this.handle, as_of)
      : this.native.call('rungs_snapshot_status_report', snapshot.handle, this.handle, as_of, number(FORMATS, format, 'format')));
  }

  /**
   * Why a package is at its version, or cannot be at another: a report as `text`, or as `json` the
   * document `rungs.why/1`.
   * @param {Snapshot} snapshot
   * @param {string} question `karafka`, `karafka@2.5` or `karafka@2.5.1`
   * @param {Request | string} [request]
   * @param {{format?: 'text' | 'ansi' | 'json'}} [options]
   * @returns {string}
   */
  why(snapshot, question, request, { format = 'text' } = {}) {
    const asked = document(request);
    return answered(snapshot, () => format === 'json'
      ? this.native.call('rungs_why_document', this.handle, snapshot.handle, asked, question)
      : this.native.call('rungs_why_report', this.handle, snapshot.handle, asked, question, number(FORMATS, format, 'format')));
  }

  /**
   * Whether the rules allow a change. Findings are no error: look at {@link Lint#verdict}.
   * @param {Snapshot} before
   * @param {Snapshot} after
   * @param {Request | string} [request]
   * @returns {Lint}
   */
  lint(before, after, request) {
    const made = this.native.call('rungs_lint_compute', this.handle, before.handle, after.handle, document(request));
    return new Lint(this.native, made);
  }
}

/** What is installed. */
export class Snapshot extends Owner {
  /**
   * @param {Native} native
   * @param {Handle} handle
   * @param {Index | null} [index]
   * @internal
   */
  constructor(native, handle, index = null) {
    super(native, handle);
    /** @internal */
    this.index = index;
  }

  /**
   * The same with another runtime, whatever the lockfile says.
   * @param {string} name as `ruby`
   * @param {string} version a line (`3.2`, its newest patch) or a version
   * @returns {Snapshot}
   */
  withRuntime(name, version) {
    const made = this.native.call('rungs_snapshot_with_runtime', this.handle, name, version);
    return new Snapshot(this.native, made, this.index);
  }

  /**
   * The same with what the Gemfile beside the lockfile says: the Ruby that it names, where the lockfile names
   * none, and for the state what it requires. Plans and reasons take the Gemfile in their request.
   * @param {Bytes} gemfile
   * @returns {Snapshot}
   */
  withGemfile(gemfile) {
    const made = this.native.call('rungs_snapshot_with_gemfile', this.handle, gemfile);
    return new Snapshot(this.native, made, this.index);
  }

  /**
   * The same with an index: plans, status and reasons take gems outside the catalog into account.
   * @param {Index} index
   * @returns {Snapshot}
   */
  withIndex(index) {
    const made = this.native.call('rungs_snapshot_with_index', this.handle, index.handle);
    return new Snapshot(this.native, made, index);
  }
}

/** What a gem server says of gems outside the catalog, read as far as plans ask for it. */
export class Index extends Owner {
  #info;

  /**
   * @param {Native} native
   * @param {Handle} handle
   * @param {(name: string) => Bytes | null} info
   * @internal
   */
  constructor(native, handle, info) {
    super(native, handle);
    this.#info = info;
  }

  /**
   * Adds what was asked for in vain; whether there was something.
   * @returns {boolean}
   * @internal
   */
  complete() {
    /** @type {string} */
    const missing = this.native.call('rungs_index_missing', this.handle);
    const names = missing.split('\n').filter(Boolean);
    for (const name of names) {
      this.native.call('rungs_index_add', this.handle, name, this.#info(name) ?? '');
    }
    return names.length > 0;
  }
}

/**
 * Computes again until the index of a snapshot has all that is asked for.
 * @template T
 * @param {Snapshot} snapshot
 * @param {() => T} compute
 * @returns {T}
 */
function answered(snapshot, compute) {
  for (;;) {
    const answer = compute();
    if (!snapshot.index?.complete()) return answer;
    if (answer instanceof Owner) answer.close();
  }
}

/** The answer to a question: the steps, or why there are none. */
export class Plan extends Owner {
  /**
   * How the question ended.
   * @returns {Outcome}
   */
  get outcome() {
    return OUTCOMES[this.native.call('rungs_plan_outcome', this.handle)] ?? 'unknown';
  }

  /**
   * The number of steps.
   * @returns {number}
   */
  get stepCount() {
    return this.native.call('rungs_plan_step_count', this.handle);
  }

  /**
   * The document `rungs.plan/1`.
   * @returns {string}
   */
  document() {
    return this.native.call('rungs_plan_document', this.handle);
  }

  /**
   * The plan in words, or as a page.
   * @param {'text' | 'ansi' | 'json' | 'markdown' | 'html' | 'rows'} [format]
   * @returns {string}
   */
  report(format = 'text') {
    return this.native.call('rungs_plan_report', this.handle, number(FORMATS, format, 'format'));
  }

  /**
   * The document of one step.
   * @param {number} index from 0
   * @returns {string}
   */
  stepDocument(index) {
    return this.native.call('rungs_plan_step_document', this.handle, index);
  }

  /**
   * One step in words, or as a page. As `markdown` and `html` step 0 is what `rungs next` prints.
   * @param {number} index from 0
   * @param {'text' | 'ansi' | 'json' | 'markdown' | 'html' | 'rows'} [format]
   * @returns {string}
   */
  stepReport(index, format = 'text') {
    return this.native.call('rungs_plan_step_report', this.handle, index, number(FORMATS, format, 'format'));
  }
}

/** What is wrong with a change. */
export class Lint extends Owner {
  /**
   * What is to be done about the change.
   * @param {Severity} [severity] from which on a finding refuses
   * @returns {Verdict}
   */
  verdict(severity = 'error') {
    return VERDICTS[this.native.call('rungs_lint_verdict', this.handle, number(SEVERITIES, severity, 'severity'))] ?? 'unknown';
  }

  /**
   * The number of findings of one severity.
   * @param {Severity} severity
   * @returns {number}
   */
  count(severity) {
    return this.native.call('rungs_lint_count', this.handle, number(SEVERITIES, severity, 'severity'));
  }

  /**
   * The document `rungs.lint/1`.
   * @param {string} [file] the name of the new lockfile that the document shows
   * @returns {string}
   */
  document(file = 'Gemfile.lock') {
    return this.native.call('rungs_lint_document', this.handle, file);
  }

  /**
   * The findings in words, or for other programs.
   * @param {'text' | 'ansi' | 'json' | 'sarif' | 'github'} [format]
   * @param {string} [file] the name of the new lockfile that the report shows
   * @returns {string}
   */
  report(format = 'text', file = 'Gemfile.lock') {
    return this.native.call('rungs_lint_report', this.handle, file, number(FORMATS, format, 'format'));
  }
}
