// The border: every declaration of `include/rungs.h` that the package uses, and the only file that calls
// WebAssembly. A test compares each declaration with the header, because a call with a wrong number of
// arguments is no error in JavaScript.
//
// Inputs are copied into pages that this file adds to the memory of the instance and keeps for the next
// call; the library's allocator does not touch pages that it did not add itself. Outputs are copied and
// freed here. A panic of the library, a stack that is too deep and memory that is used up end the
// instance: the call and each later one throws, and nothing of the instance is called again.

/** The version of the ABI that these declarations were written for. */
export const ABI_VERSION = 1;

/** The documents that are read here, with their versions. */
const SCHEMAS = { plan: 1, status: 1, lint: 1, why: 1, actions: 1, catalog: 1, snapshot: 1, error: 1 };

/** @typedef {'null_argument' | 'invalid_utf8' | 'invalid_input' | 'limit' | 'unsupported' | 'out_of_range' | 'panic' | 'unknown'} Status */

/** @type {Readonly<Record<number, Status>>} */
const STATUSES = {
  1: 'null_argument', 2: 'invalid_utf8', 3: 'invalid_input', 4: 'limit', 5: 'unsupported',
  6: 'out_of_range', 7: 'panic',
};

/** @typedef {'planned' | 'already_there' | 'impossible' | 'unknown' | 'gave_up'} Outcome */
/** @type {Readonly<Record<number, Outcome>>} */
export const OUTCOMES = { 1: 'planned', 2: 'already_there', 3: 'impossible', 4: 'unknown', 5: 'gave_up' };

/** @typedef {'allowed' | 'refused' | 'unknown'} Verdict */
/** @type {Readonly<Record<number, Verdict>>} */
export const VERDICTS = { 1: 'allowed', 2: 'refused', 3: 'unknown' };

/** @typedef {'error' | 'warning' | 'note'} Severity */
/** @type {Readonly<Record<Severity, number>>} */
export const SEVERITIES = { error: 1, warning: 2, note: 3 };

/** @typedef {'text' | 'ansi' | 'json' | 'markdown' | 'html' | 'sarif' | 'github' | 'rows'} Format */
/** @type {Readonly<Record<Format, number>>} */
export const FORMATS = { text: 1, ansi: 2, json: 3, markdown: 4, html: 5, sarif: 6, github: 7, rows: 8 };

/** @typedef {'rubygems' | 'semver'} Scheme */
/** @type {Readonly<Record<Scheme, number>>} */
export const SCHEMES = { rubygems: 1, semver: 2 };

/** @typedef {'catalog' | 'snapshot' | 'index' | 'plan' | 'lint'} HandleType */

/**
 * The parameters of each function, and what it returns. `bytes` is a pointer with a length, `TYPE` a
 * handle and `TYPE*` an output.
 * @type {Readonly<Record<string, readonly [params: string, returns: string]>>}
 */
export const FUNCTIONS = {
  rungs_version: ['', 'c_text'],
  rungs_abi_version: ['', 'u32'],
  rungs_abi_is_compatible: ['u32', 'bool'],
  rungs_version_is_compatible: ['bytes bool* error*', 'status'],
  rungs_schema_version: ['bytes', 'u32'],
  rungs_schema: ['bytes text* error*', 'status'],
  rungs_catalog_format_version: ['', 'u32'],

  rungs_error_code: ['error', 'u32'],
  rungs_error_message: ['error', 'c_text'],
  rungs_error_help: ['error', 'c_text'],
  rungs_error_offset: ['error', 'size'],
  rungs_error_line: ['error', 'u32'],
  rungs_error_column: ['error', 'u32'],
  rungs_error_document: ['error text* error*', 'status'],
  rungs_error_free: ['error', 'void'],

  rungs_text_data: ['text', 'pointer'],
  rungs_text_len: ['text', 'size'],
  rungs_text_free: ['text', 'void'],

  rungs_catalog_karafka: ['catalog* error*', 'status'],
  rungs_catalog_open: ['bytes catalog* error*', 'status'],
  rungs_catalog_for: ['snapshot bytes catalog* error*', 'status'],
  rungs_catalog_parse: ['bytes bytes catalog* error*', 'status'],
  rungs_catalog_overlay: ['catalog bytes bytes catalog* error*', 'status'],
  rungs_catalog_document: ['catalog text* error*', 'status'],
  rungs_catalog_actions_document: ['catalog text* error*', 'status'],
  rungs_catalog_free: ['catalog', 'void'],

  rungs_snapshot_from_lockfile: ['bytes snapshot* error*', 'status'],
  rungs_snapshot_from_document: ['bytes snapshot* error*', 'status'],
  rungs_snapshot_with_runtime: ['snapshot bytes bytes snapshot* error*', 'status'],
  rungs_snapshot_with_gemfile: ['snapshot bytes snapshot* error*', 'status'],
  rungs_snapshot_with_index: ['snapshot index snapshot* error*', 'status'],
  rungs_snapshot_status_document: ['snapshot catalog bytes text* error*', 'status'],
  rungs_snapshot_status_report: ['snapshot catalog bytes u32 text* error*', 'status'],
  rungs_lockfile_document: ['bytes text* error*', 'status'],
  rungs_snapshot_free: ['snapshot', 'void'],

  rungs_index_new: ['index* error*', 'status'],
  rungs_index_add: ['index bytes bytes error*', 'status'],
  rungs_index_missing: ['index text* error*', 'status'],
  rungs_index_free: ['index', 'void'],

  rungs_plan_compute: ['catalog snapshot bytes plan* error*', 'status'],
  rungs_plan_outcome: ['plan', 'u32'],
  rungs_plan_step_count: ['plan', 'size'],
  rungs_plan_document: ['plan text* error*', 'status'],
  rungs_plan_report: ['plan u32 text* error*', 'status'],
  rungs_plan_step_document: ['plan size text* error*', 'status'],
  rungs_plan_step_report: ['plan size u32 text* error*', 'status'],
  rungs_plan_free: ['plan', 'void'],

  rungs_lint_compute: ['catalog snapshot snapshot bytes lint* error*', 'status'],
  rungs_lint_verdict: ['lint u32', 'u32'],
  rungs_lint_count: ['lint u32', 'size'],
  rungs_lint_document: ['lint bytes text* error*', 'status'],
  rungs_lint_report: ['lint bytes u32 text* error*', 'status'],
  rungs_lint_free: ['lint', 'void'],

  rungs_why_document: ['catalog snapshot bytes bytes text* error*', 'status'],
  rungs_why_report: ['catalog snapshot bytes bytes u32 text* error*', 'status'],

  rungs_version_compare: ['u32 bytes bytes i32* error*', 'status'],
  rungs_version_is_valid: ['u32 bytes bool* error*', 'status'],
  rungs_requirement_matches: ['u32 bytes bytes bool* error*', 'status'],
};

const PAGE = 65536;
const NONE = 0xffffffff;

/** Why a call failed; `code` is the same number in every language (docs/errors.md). */
export class RungsError extends Error {
  /**
   * @param {Status} status
   * @param {string} message
   * @param {{code?: number, help?: string | null, line?: number | null, column?: number | null, offset?: number | null, document?: string | null}} [more]
   */
  constructor(status, message, more = {}) {
    super(message);
    this.name = 'RungsError';
    /** The kind of failure. */
    this.status = status;
    /** The number of the kind of error. */
    this.code = more.code ?? 0;
    /** What to do next. */
    this.help = more.help ?? null;
    /** The line of the input, from 1. */
    this.line = more.line ?? null;
    /** The column of the input in characters, from 1. */
    this.column = more.column ?? null;
    /** The first byte of the input that is not UTF-8. */
    this.offset = more.offset ?? null;
    /** All problems as the document `rungs.error/1`. */
    this.document = more.document ?? null;
  }
}

/** @typedef {string | Uint8Array | ArrayBuffer} Bytes */

/**
 * What a caller passed, as bytes. A text is encoded as UTF-8.
 * @param {unknown} value
 * @returns {Uint8Array}
 */
function bytesOf(value) {
  if (typeof value === 'string') return new TextEncoder().encode(value);
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw new TypeError(`expected a string, a Uint8Array or an ArrayBuffer, not ${kindOf(value)}`);
}

/** @param {unknown} value */
function kindOf(value) {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
}

/**
 * An instance of the library.
 * @typedef {(...args: number[]) => number} Export
 */
export class Native {
  /** @type {Record<string, Export>} */
  #exports;
  /** @type {WebAssembly.Memory} */
  #memory;
  /** Pages for inputs and outputs: where they begin, and how many bytes they have. */
  #start = 0;
  #size = 0;
  /** @type {RungsError | null} */
  #ended = null;
  /** @type {FinalizationRegistry<{free: string, at: number}>} */
  #forgotten;

  /** @param {WebAssembly.Instance} instance */
  constructor(instance) {
    const exports = /** @type {Record<string, any>} */ (instance.exports);
    for (const name of Object.keys(FUNCTIONS)) {
      if (typeof exports[name] !== 'function') {
        throw new RungsError('unsupported', `the WebAssembly module has no ${name}: it is no library of rungs, or an older one`);
      }
    }
    this.#exports = exports;
    this.#memory = exports.memory;
    this.#forgotten = new FinalizationRegistry(({ free, at }) => this.#end(free, at));
    this.#check();
  }

  /**
   * Compiles and starts the library.
   * @param {BufferSource | WebAssembly.Module} wasm the bytes of `rungs.wasm`, or the compiled module
   * @returns {Promise<Native>}
   */
  static async open(wasm) {
    const module = wasm instanceof WebAssembly.Module ? wasm : await WebAssembly.compile(wasm);
    return new Native(await WebAssembly.instantiate(module, {}));
  }

  /** Whether a panic ended this instance. */
  get hasEnded() {
    return this.#ended !== null;
  }

  /** The bytes of memory that the instance uses. */
  get memoryBytes() {
    return this.#memory.buffer.byteLength;
  }

  /**
   * Calls a function by its name. Throws what it says where it fails; returns its output, or its result
   * where it has no status. Handles are given and returned as {@link Handle}.
   * @param {string} name
   * @param {...unknown} args
   * @returns {any}
   */
  call(name, ...args) {
    if (this.#ended) throw this.#ended;
    const [params, returns] = FUNCTIONS[name];
    const kinds = params ? params.split(' ') : [];
    const inputs = kinds.filter((kind) => !kind.endsWith('*'));
    if (inputs.length !== args.length) {
      throw new TypeError(`${name} takes ${inputs.length} values, not ${args.length}`);
    }
    // All inputs are checked and sized first: adding pages moves the memory.
    /** @type {(number | Uint8Array)[]} */
    const values = inputs.map((kind, at) => this.#input(kind, args[at]));
    const total = values.reduce((/** @type {number} */ sum, it) => sum + (typeof it === 'number' ? 0 : it.length), 16);
    this.#reserve(total);
    // The first 16 bytes are the output, and the error at 8.
    new Uint8Array(this.#memory.buffer, this.#start, 16).fill(0);
    let free = this.#start + 16;
    /** @type {number[]} */
    const passed = [];
    let output = '';
    for (const kind of kinds) {
      if (kind === 'error*') {
        passed.push(this.#start + 8);
      } else if (kind.endsWith('*')) {
        output = kind.slice(0, -1);
        passed.push(this.#start);
      } else {
        const value = /** @type {number | Uint8Array} */ (values.shift());
        if (typeof value === 'number') {
          passed.push(value);
        } else {
          new Uint8Array(this.#memory.buffer, free, value.length).set(value);
          passed.push(free, value.length);
          free += value.length;
        }
      }
    }
    const result = this.#run(name, passed);
    if (returns !== 'status') return this.#result(returns, result);
    if (result !== 0) throw this.#failure(result >>> 0);
    return output ? this.#output(output) : undefined;
  }

  /**
   * Checks a value, and gives what is passed for it.
   * @param {string} kind
   * @param {unknown} value
   * @returns {number | Uint8Array}
   */
  #input(kind, value) {
    if (kind === 'bytes') return bytesOf(value);
    if (kind === 'u32' || kind === 'size') {
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > NONE) {
        throw new RangeError(`expected a whole number from 0 to ${NONE}, not ${String(value)}`);
      }
      return value;
    }
    if (!(value instanceof Handle)) throw new TypeError(`expected a handle of a ${kind}, not ${kindOf(value)}`);
    return value.addressIn(this, kind);
  }

  /**
   * Makes room for the inputs of one call. Pages are never given back, so room is doubled.
   * @param {number} bytes
   */
  #reserve(bytes) {
    if (bytes <= this.#size) return;
    const pages = Math.ceil(Math.max(bytes, 2 * this.#size) / PAGE);
    let before;
    try {
      before = this.#memory.grow(pages);
    } catch {
      throw new RungsError('limit', `no memory for an input of ${bytes} bytes`);
    }
    this.#start = before * PAGE;
    this.#size = pages * PAGE;
  }

  /**
   * @param {string} name
   * @param {number[]} passed
   * @returns {number}
   */
  #run(name, passed) {
    try {
      return this.#exports[name](...passed);
    } catch (trap) {
      const words = trap instanceof Error ? trap.message : String(trap);
      this.#ended = new RungsError('panic', `a bug in rungs, please report it: ${name} ended with "${words}"`);
      throw this.#ended;
    }
  }

  /**
   * @param {string} kind
   * @param {number} value
   */
  #result(kind, value) {
    switch (kind) {
      case 'void': return undefined;
      case 'bool': return value !== 0;
      case 'c_text': return this.#cText(value >>> 0);
      default: return value >>> 0;
    }
  }

  /** @param {string} kind */
  #output(kind) {
    const view = new DataView(this.#memory.buffer);
    switch (kind) {
      case 'bool': return view.getUint8(this.#start) !== 0;
      case 'i32': return view.getInt32(this.#start, true);
      case 'text': return this.#take(view.getUint32(this.#start, true));
      default: {
        const at = view.getUint32(this.#start, true);
        const handle = new Handle(this, /** @type {HandleType} */ (kind), at);
        this.#forgotten.register(handle, { free: `rungs_${kind}_free`, at }, handle);
        return handle;
      }
    }
  }

  /**
   * Copies a text and frees it.
   * @param {number} text
   * @returns {string}
   */
  #take(text) {
    try {
      const at = this.#run('rungs_text_data', [text]) >>> 0;
      const length = this.#run('rungs_text_len', [text]) >>> 0;
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new Uint8Array(this.#memory.buffer, at, length));
    } finally {
      this.#end('rungs_text_free', text);
    }
  }

  /**
   * Copies a text that ends with NUL.
   * @param {number} at
   * @returns {string | null}
   */
  #cText(at) {
    if (at === 0) return null;
    const bytes = new Uint8Array(this.#memory.buffer, at);
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, bytes.indexOf(0)));
  }

  /**
   * Reads the error of a call and frees it.
   * @param {number} status
   * @returns {RungsError}
   */
  #failure(status) {
    const error = new DataView(this.#memory.buffer).getUint32(this.#start + 8, true);
    const kind = STATUSES[status] ?? 'unknown';
    try {
      const number = (/** @type {string} */ name) => this.#run(name, [error]) >>> 0;
      const offset = number('rungs_error_offset');
      const written = this.#run('rungs_error_document', [error, this.#start, 0]) === 0;
      return new RungsError(kind, this.#cText(number('rungs_error_message')) ?? kind, {
        code: number('rungs_error_code'),
        help: this.#cText(number('rungs_error_help')),
        line: number('rungs_error_line') || null,
        column: number('rungs_error_column') || null,
        offset: offset === NONE ? null : offset,
        document: written ? this.#take(new DataView(this.#memory.buffer).getUint32(this.#start, true)) : null,
      });
    } finally {
      this.#end('rungs_error_free', error);
    }
  }

  /**
   * Frees something. Nothing is freed in an instance that has ended.
   * @param {string} free
   * @param {number} at
   */
  #end(free, at) {
    if (!this.#ended) this.#run(free, [at]);
  }

  /**
   * Frees what a handle has; called by {@link Handle#close}.
   * @param {Handle} handle
   * @param {number} at
   */
  release(handle, at) {
    this.#forgotten.unregister(handle);
    this.#end(`rungs_${handle.type}_free`, at);
  }

  /** Refuses a library that does not fit these declarations. */
  #check() {
    const named = `this is rungs ${this.call('rungs_version')}`;
    if (!this.call('rungs_abi_is_compatible', ABI_VERSION)) {
      throw new RungsError('unsupported', `${named} with ABI ${this.call('rungs_abi_version')}: expected ABI ${ABI_VERSION}`);
    }
    for (const [name, version] of Object.entries(SCHEMAS)) {
      const found = this.call('rungs_schema_version', name);
      if (found !== version) {
        throw new RungsError('unsupported', `${named} and writes rungs.${name}/${found}: expected rungs.${name}/${version}`);
      }
    }
  }
}

/** Something that the library made. It is freed with {@link Handle#close}, or when it is collected. */
export class Handle {
  #native;
  #at;

  /**
   * @param {Native} native
   * @param {HandleType} type
   * @param {number} at
   */
  constructor(native, type, at) {
    this.#native = native;
    /** What it is. */
    this.type = type;
    this.#at = at;
  }

  /**
   * The address, for a call of this instance.
   * @param {Native} native
   * @param {string} type
   * @returns {number}
   */
  addressIn(native, type) {
    if (this.type !== type) throw new TypeError(`expected a handle of a ${type}, not of a ${this.type}`);
    if (this.#native !== native) throw new TypeError(`this ${type} belongs to another instance of rungs`);
    if (this.#at === 0) throw new TypeError(`this ${type} was closed`);
    return this.#at;
  }

  /** Whether it was closed. */
  get isClosed() {
    return this.#at === 0;
  }

  /** Frees it now; a second time is nothing to do. */
  close() {
    const at = this.#at;
    this.#at = 0;
    if (at !== 0) this.#native.release(this, at);
  }
}
