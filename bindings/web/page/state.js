// What the page asks: the question as plain data, and as the part of a link behind `#`. A link has no
// lockfile unless the user says so, and what a link says is checked by the library like any other input.

/** @typedef {import('./answer.js').File_} File_ */
/** @typedef {import('./answer.js').Question} Question */
/** @typedef {Question['view']} View */

/** @type {readonly View[]} */
export const VIEWS = ['plan', 'next', 'status', 'why', 'lint'];

/** The most that is read from the lockfile of a link, unpacked. */
const MAX_LINK_BYTES = 4 << 20;

/**
 * @typedef {{
 *   view: View, catalog: string, why: string, asOf: string, minAge: string, targets: string, accept: string,
 *   remove: string, prereleases: boolean, keepGemfile: boolean,
 *   to: Record<string, string>, pinned: Record<string, boolean>, installed: Record<string, string>,
 *   runtimes: Record<string, string>, fixed: Record<string, boolean>, properties: Record<string, string>,
 * }} State
 */

/** @returns {State} */
export function emptyState() {
  return {
    view: 'plan', catalog: '', why: '', asOf: '', minAge: '', targets: '', accept: '', remove: '',
    prereleases: false, keepGemfile: false, to: {}, pinned: {}, installed: {}, runtimes: {}, fixed: {},
    properties: {},
  };
}

/** The names under which a link has the members of a state. */
const TEXTS = /** @type {const} */ ({
  view: 'view', catalog: 'catalog', why: 'why', asOf: 'as-of', minAge: 'min-age', targets: 'targets',
  accept: 'accept', remove: 'drop',
});
const FLAGS = /** @type {const} */ ({ prereleases: 'pre', keepGemfile: 'keep-gemfile' });
const PAIRS = /** @type {const} */ ({ to: 'to', installed: 'installed', runtimes: 'runtime', properties: 'property' });
const NAMES = /** @type {const} */ ({ pinned: 'pin', fixed: 'fixed' });

/**
 * The day here, as the plan is made on it.
 * @returns {string}
 */
export function today() {
  const now = new Date();
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/**
 * The entries that have a value.
 * @template T
 * @param {Record<string, T>} record
 * @returns {[string, T][]}
 */
const filled = (record) => Object.entries(record).filter(([, value]) => value);

/**
 * The question that a state asks.
 * @param {State} state
 * @param {{lockfile: File_ | null, after: File_ | null, gemfile: File_ | null, policy: File_ | null, toml: File_ | null}} files
 * @returns {Question}
 */
export function questionOf(state, files) {
  const words = (/** @type {string} */ text) => text.split(/\s+/).filter(Boolean);
  /** @type {import('./rungs.js').Request} */
  const request = {
    to: [
      ...filled(state.to).filter(([name]) => name !== 'ruby').map(([name, to]) => `${name}=${to}`),
      ...state.targets.split(';').map((text) => text.trim()).filter(Boolean),
    ],
    runtimes_fixed: filled(state.fixed).map(([name]) => name),
    as_of: state.asOf || today(),
    accept: words(state.accept),
    drop: words(state.remove),
    properties: Object.fromEntries(filled(state.properties).map(([id, answer]) => [id, answer === 'yes'])),
  };
  if (state.to.ruby) request.ruby_to = state.to.ruby;
  if (state.minAge) request.min_age = Number(state.minAge);
  if (state.prereleases) request.prereleases = true;
  if (state.keepGemfile) request.keep_gemfile = true;
  if (files.policy) request.policy = new TextDecoder().decode(files.policy.bytes);
  return {
    catalog: state.catalog, toml: files.toml, lockfile: files.lockfile, gemfile: files.gemfile, after: files.after,
    installed: Object.fromEntries(filled(state.installed)),
    runtimes: Object.fromEntries(filled(state.runtimes)),
    pinned: filled(state.pinned).map(([name]) => name), request, view: state.view, why: state.why.trim(),
  };
}

/**
 * The part of a link behind `#`.
 * @param {State} state
 * @returns {URLSearchParams}
 */
export function linkOf(state) {
  const params = new URLSearchParams();
  const empty = emptyState();
  for (const [key, name] of Object.entries(TEXTS)) {
    const value = state[/** @type {keyof typeof TEXTS} */ (key)];
    if (value !== empty[/** @type {keyof typeof TEXTS} */ (key)]) params.append(name, value);
  }
  for (const [key, name] of Object.entries(FLAGS)) {
    if (state[/** @type {keyof typeof FLAGS} */ (key)]) params.append(name, '1');
  }
  for (const [key, name] of Object.entries(PAIRS)) {
    for (const [of, value] of filled(state[/** @type {keyof typeof PAIRS} */ (key)])) params.append(name, `${of}=${value}`);
  }
  for (const [key, name] of Object.entries(NAMES)) {
    for (const [of] of filled(state[/** @type {keyof typeof NAMES} */ (key)])) params.append(name, of);
  }
  return params;
}

/**
 * The state of a link.
 * @param {string} hash with or without `#`
 * @returns {{state: State, lockfile: string | null}}
 */
export function stateOf(hash) {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  const state = emptyState();
  for (const [key, name] of Object.entries(TEXTS)) {
    const value = params.get(name);
    if (value !== null) /** @type {any} */ (state)[key] = value;
  }
  if (!VIEWS.includes(state.view)) state.view = 'plan';
  for (const [key, name] of Object.entries(FLAGS)) /** @type {any} */ (state)[key] = params.get(name) === '1';
  const own = () => Object.create(null);
  for (const [key, name] of Object.entries(PAIRS)) {
    const record = own();
    for (const pair of params.getAll(name)) {
      const at = pair.indexOf('=');
      if (at > 0) record[pair.slice(0, at)] = pair.slice(at + 1);
    }
    /** @type {any} */ (state)[key] = record;
  }
  for (const [key, name] of Object.entries(NAMES)) {
    const record = own();
    for (const of of params.getAll(name)) record[of] = true;
    /** @type {any} */ (state)[key] = record;
  }
  return { state, lockfile: params.get('lockfile') };
}

/**
 * Packs a lockfile for a link.
 * @param {Uint8Array} bytes
 * @returns {Promise<string>}
 */
export async function packed(bytes) {
  const stream = new Blob([/** @type {BlobPart} */ (bytes)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const small = new Uint8Array(await new Response(stream).arrayBuffer());
  let text = '';
  for (const byte of small) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/**
 * Unpacks a lockfile of a link, up to a bound.
 * @param {string} text
 * @returns {Promise<Uint8Array>}
 */
export async function unpacked(text) {
  const small = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  const reader = new Blob([small]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  /** @type {Uint8Array[]} */
  const parts = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MAX_LINK_BYTES) {
      await reader.cancel();
      throw new Error(`the lockfile of the link is longer than ${MAX_LINK_BYTES} bytes`);
    }
    parts.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
