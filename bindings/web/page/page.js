// The page: files and fields become a question, and the answer is shown. Texts of files and of the library
// enter the document as text, never as markup; the report is a document of its own in a frame.

import { Asker } from './ask.js';
import { CATALOGS, JOINED } from './catalogs.js';
import { EXAMPLE } from './example.js';
import { VIEWS, emptyState, linkOf, packed, questionOf, stateOf, today, unpacked } from './state.js';

/** @typedef {import('./answer.js').Answer} Answer */
/** @typedef {import('./answer.js').CatalogFacts} CatalogFacts */
/** @typedef {'lockfile' | 'after' | 'gemfile' | 'policy' | 'toml'} Role */

const one = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const input = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (one(id));
const frame = /** @type {HTMLIFrameElement} */ (one('report'));
const catalogs = /** @type {HTMLSelectElement} */ (/** @type {unknown} */ (one('catalog')));

/** The most that is read of a file: more than the library takes, so that the library says what is wrong. */
const MAX_FILE_BYTES = (16 << 20) + 1;
/** After so many milliseconds work that goes on is announced. */
const PATIENCE = 300;

let state = emptyState();
/** @type {Record<Role, import('./answer.js').File_ | null>} */
const files = { lockfile: null, gemfile: null, after: null, policy: null, toml: null };
/** @type {CatalogFacts | null} */
let facts = null;
/** The catalog whose packages are in the table. */
let shown = '';
/** @type {Record<string, string>} */
let found = {};
/** @type {Answer | null} */
let last = null;
let patience = 0;
let dropped = 0;
/** Whether the next report is the first one for files that were dropped: the page scrolls to it. */
let isDropped = false;

/**
 * Makes an element.
 * @param {string} name
 * @param {Record<string, string>} [attributes]
 * @param {...(string | Node)} content
 */
function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...content);
  return made;
}

// ---- asking ------------------------------------------------------------------------------------

const asker = new Asker({
  ready: (version) => {
    one('about').textContent = `rungs ${version}.`;
    document.body.dataset.ready = version;
    if (!last) tell(nothing());
  },
  busy: () => {
    one('panel').setAttribute('aria-busy', 'true');
    clearTimeout(patience);
    patience = window.setTimeout(() => {
      tell('Working. Large questions take a while; the page stays usable.');
      one('stop').hidden = false;
    }, PATIENCE);
  },
  answered: (answer, ms) => {
    rest();
    show(answer, ms);
  },
  failed: (why) => {
    rest();
    clear();
    wrong(`The library could not run: ${why}`);
  },
});

/** Nothing is computed any more. */
function rest() {
  clearTimeout(patience);
  one('stop').hidden = true;
  one('panel').setAttribute('aria-busy', 'false');
}

/** Asks again after a change, and puts the question into the address. */
function changed() {
  const link = linkOf(state).toString();
  history.replaceState(null, '', link ? `#${link}` : location.pathname + location.search);
  one('link-told').textContent = '';
  asker.ask(questionOf(state, files));
}

function nothing() {
  return state.view === 'lint' && files.lockfile
    ? 'Choose a second lockfile: the rules are checked for the change from the first to the second.'
    : 'Nothing was read yet. Choose a Gemfile.lock, or enter versions.';
}

/** @param {string} text */
function tell(text) {
  one('told').textContent = text;
}

/** @param {string} text */
function wrong(text) {
  one('wrong').textContent = text;
  one('wrong').hidden = false;
}

function clear() {
  one('wrong').hidden = true;
  one('tools').hidden = true;
  one('text').hidden = true;
  frame.hidden = true;
}

const OUTCOMES = {
  planned: (/** @type {number} */ steps) => `${steps} ${steps === 1 ? 'step' : 'steps'}`,
  already_there: () => 'Nothing to upgrade',
  impossible: () => 'No plan: the report gives the causes and what would help',
  unknown: () => 'Unknown: something is beyond the catalog',
  gave_up: () => 'No answer: the search limit was reached',
  allowed: () => 'The rules allow this change',
  refused: () => 'The rules refuse this change',
};

/**
 * @param {Answer} answer
 * @param {number} ms
 */
function show(answer, ms) {
  last = answer;
  found = answer.found ?? {};
  if (answer.facts) {
    facts = answer.facts;
    packages();
  }
  clear();
  if (answer.error) {
    tell('');
    wrong(answer.error.message + (answer.error.help ? `\n${answer.error.help}` : ''));
    return;
  }
  if (!answer.html && !answer.text) {
    tell(state.view === 'why' && hasInput() ? 'Enter a package above.' : nothing());
    return;
  }
  const outcome = /** @type {Record<string, (steps: number) => string>} */ (OUTCOMES)[answer.outcome ?? ''];
  const time = `computed in ${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  tell(outcome ? `${outcome(answer.steps)}, ${time}.` : `${time[0].toUpperCase()}${time.slice(1)}.`);
  one('tools').hidden = false;
  one('save-html').hidden = one('print').hidden = one('save-markdown').hidden = !answer.html;
  if (answer.html) {
    frame.hidden = false;
    frame.srcdoc = answer.html;
  } else {
    one('text').textContent = answer.text;
    one('text').hidden = false;
    one('print').hidden = false;
  }
}

const hasInput = () => files.lockfile !== null || Object.values(state.installed).some(Boolean);

// The frame is as high as its report, so that only the page scrolls; links to guides open beside it.
frame.addEventListener('load', () => {
  const inside = frame.contentDocument;
  if (!inside || !frame.srcdoc) return;
  const fit = () => (frame.style.height = `${inside.documentElement.scrollHeight + 8}px`);
  for (const link of inside.querySelectorAll('a[href]')) {
    if (link.getAttribute('href')?.startsWith('#')) continue;
    link.setAttribute('target', '_blank');
    link.setAttribute('rel', 'noopener noreferrer');
  }
  new ResizeObserver(fit).observe(inside.body);
  fit();
  if (isDropped) one('answer').scrollIntoView();
  isDropped = false;
  document.body.dataset.shown = String(Math.round(performance.now() - dropped));
});

// ---- files -------------------------------------------------------------------------------------

/** @type {Record<Role, string>} */
const ROLES = { lockfile: 'what is installed', gemfile: 'its Gemfile', after: 'compared with it', policy: 'decisions of the team', toml: 'catalog' };

/**
 * What a file is, by its name and its text.
 * @param {string} name
 * @param {string} text
 * @returns {Role}
 */
function roleOf(name, text) {
  if (/(^|\/)rungs\.toml$/i.test(name)) return 'policy';
  if (/\.toml$/i.test(name)) return 'toml';
  if (/(^|\/)(Gemfile|gems\.rb)$/.test(name) && !/^GEM\b/m.test(text)) return 'gemfile';
  return files.lockfile ? 'after' : 'lockfile';
}

/** @param {{name: string, bytes: Uint8Array}[]} read */
function take(read) {
  dropped = performance.now();
  isDropped = true;
  // A new lockfile replaces the old one and its Gemfile; two at once are compared.
  const locks = read.filter(({ name, bytes }) => ['lockfile', 'after'].includes(roleOf(name, head(bytes))));
  if (locks.length && state.view !== 'lint') files.lockfile = files.gemfile = files.after = null;
  for (const file of read) files[roleOf(file.name, head(file.bytes))] = file;
  if (files.lockfile && files.after && state.view !== 'lint' && locks.length > 1) select('lint');
  found = {};
  listFiles();
  changed();
}

const head = (/** @type {Uint8Array} */ bytes) => new TextDecoder().decode(bytes.subarray(0, 4096));

/** @param {Iterable<File>} chosen */
async function read(chosen) {
  const all = [...chosen].map(async (file) => ({
    name: file.name,
    bytes: new Uint8Array(await file.slice(0, MAX_FILE_BYTES).arrayBuffer()),
  }));
  try {
    take(await Promise.all(all));
  } catch (error) {
    wrong(`A file could not be read: ${String(error)}`);
  }
}

function listFiles() {
  const items = /** @type {Role[]} */ (Object.keys(files)).filter((role) => files[role]).map((role) => {
    const name = files[role]?.name ?? '';
    const remove = element('button', { type: 'button', 'aria-label': `Remove ${name}` }, 'Remove');
    remove.addEventListener('click', () => {
      files[role] = null;
      if (role === 'lockfile') [files.lockfile, files.after] = [files.after, null];
      found = {};
      listFiles();
      changed();
      one('choose').focus();
    });
    return element('li', {}, element('span', {}, element('code', {}, name), ` ${ROLES[role]}`), remove);
  });
  one('files').replaceChildren(...items);
}

const drop = one('drop');
for (const event of ['dragenter', 'dragover']) {
  document.addEventListener(event, (it) => {
    it.preventDefault();
    drop.classList.add('over');
  });
}
document.addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) drop.classList.remove('over');
});
document.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  const { files: given } = /** @type {DataTransfer} */ (event.dataTransfer);
  const text = event.dataTransfer?.getData('text/plain');
  if (given.length) read(given);
  else if (text) take([{ name: 'Dropped text', bytes: new TextEncoder().encode(text) }]);
});
one('choose').addEventListener('click', () => input('file').click());
input('file').addEventListener('change', () => {
  read(input('file').files ?? []);
  input('file').value = '';
});
one('paste-read').addEventListener('click', () => {
  take([{ name: 'Pasted text', bytes: new TextEncoder().encode(input('paste').value) }]);
});
one('example').addEventListener('click', () => {
  state.catalog = catalogs.value = '';
  files.after = files.gemfile = files.toml = null;
  take([{ name: 'Gemfile.lock (example)', bytes: new TextEncoder().encode(EXAMPLE) }]);
});

// ---- the question ------------------------------------------------------------------------------

/**
 * A select of texts.
 * @param {string} label
 * @param {string} none what the empty choice says
 * @param {string[]} values
 * @param {string} value
 * @param {(value: string) => void} set
 */
function choice(label, none, values, value, set) {
  const made = /** @type {HTMLSelectElement} */ (element('select', { 'aria-label': label }));
  made.append(new Option(none, ''), ...values.map((it) => new Option(it, it)));
  if (value && !values.includes(value)) made.append(new Option(value, value));
  made.value = value;
  made.addEventListener('change', () => {
    set(made.value);
    changed();
  });
  return made;
}

/**
 * A check box with its label.
 * @param {string} label
 * @param {boolean} value
 * @param {(value: boolean) => void} set
 * @param {string} name what a screen reader says
 */
function check(label, value, set, name) {
  const box = /** @type {HTMLInputElement} */ (element('input', { type: 'checkbox', 'aria-label': name }));
  box.checked = value;
  box.addEventListener('change', () => {
    set(box.checked);
    changed();
  });
  return element('label', {}, box, ` ${label}`);
}

/** The lines above the installed version, newest first. @param {import('./answer.js').Package} it */
function ahead(it) {
  const installed = state.runtimes[it.name] || (found[it.name] ?? state.installed[it.name] ?? '');
  const at = it.lines.findLastIndex((line) => installed === line || installed.startsWith(`${line}.`));
  return it.lines.slice(at < 0 ? 0 : at).reverse();
}

/** The table of packages; made again only where something in it changes. The focus stays where it was. */
function packages() {
  if (!facts) return;
  const known = JSON.stringify([state.catalog, facts.name, facts.horizon, files.toml?.name, found, files.lockfile?.name, Object.keys(state.installed)]);
  if (known === shown) return;
  shown = known;
  const source = files.toml ? `${facts.name} from ${files.toml.name}, ` : state.catalog ? '' : `${facts.name}, `;
  one('catalog-facts').textContent = `${source}known up to ${facts.horizon}`;
  const isTyped = !files.lockfile;
  const rows = facts.packages.filter((it) => isTyped || found[it.name] || it.role === 'stepped' || it.role === 'runtime').map((it) => {
    const { name } = it;
    const isRuntime = it.role === 'runtime';
    const isOutside = isRuntime || (it.isOutside && !isTyped);
    const cells = [element('th', { scope: 'row' }, element('code', {}, name))];
    if (isOutside) {
      cells.push(element('td', {}, choice(`Installed ${name}`, found[name] ? `${found[name]} (found)` : 'not known', [...it.lines].reverse(),
        state.runtimes[name] ?? '', (value) => (state.runtimes[name] = value))));
    } else if (isTyped) {
      const field = /** @type {HTMLInputElement} */ (element('input', {
        'aria-label': `Installed version of ${name}`, placeholder: 'version', spellcheck: 'false', autocomplete: 'off', list: `of-${name}`,
      }));
      field.value = state.installed[name] ?? '';
      field.addEventListener('change', () => {
        state.installed[name] = field.value.trim();
        found = {};
        changed();
      });
      const known = [...it.releases].reverse().map((release) => new Option(release, release));
      cells.push(element('td', {}, field, element('datalist', { id: `of-${name}` }, ...known)));
    } else {
      cells.push(element('td', {}, found[name] ?? 'not installed'));
    }
    const to = choice(`Upgrade ${name} to`, isRuntime ? 'as needed' : 'newest or as needed', ahead(it),
      state.to[name] ?? '', (value) => (state.to[name] = value));
    cells.push(element('td', {}, to));
    const isFixed = isRuntime ? state.fixed : state.pinned;
    // A version that is only a line cannot be pinned.
    const canStay = isRuntime || !isOutside || found[name];
    cells.push(element('td', {}, ...!canStay ? [] : [check('stays', Boolean(isFixed[name]), (value) => (isFixed[name] = value), `${name} may not move`)]));
    return element('tr', {}, ...cells);
  });
  const top = element('tr', {}, ...['Package', 'Installed', 'Upgrade to', 'May not move'].map((text) => element('th', { scope: 'col' }, text)));
  const caption = element('caption', {}, 'Without a choice the newest versions that can be reached are planned.');
  const focused = one('packages').contains(document.activeElement) && document.activeElement?.getAttribute('aria-label');
  one('packages').replaceChildren(element('table', {}, caption, element('thead', {}, top), element('tbody', {}, ...rows)));
  if (focused) /** @type {HTMLElement | null} */ (one('packages').querySelector(`[aria-label="${CSS.escape(focused)}"]`))?.focus();
  one('why-names').replaceChildren(...facts.packages.map((it) => new Option(it.name, it.name)));
  const asked = facts.properties.map(({ id, ask }) => element('p', {}, element('label', {}, `${ask} `,
    choice(ask, 'not known', ['yes', 'no'], state.properties[id] ?? '', (value) => (state.properties[id] = value)))));
  one('properties').replaceChildren(...asked);
}

/** Puts a state into the fields. */
function fill() {
  if (![...catalogs.options].some((it) => it.value === state.catalog)) state.catalog = '';
  catalogs.value = state.catalog;
  input('targets').value = state.targets;
  input('as-of').value = state.asOf || today();
  input('min-age').value = state.minAge;
  input('accept').value = state.accept;
  input('remove').value = state.remove;
  input('prereleases').checked = state.prereleases;
  input('keep-gemfile').checked = state.keepGemfile;
  input('why').value = state.why;
  if (state.targets || state.asOf || state.minAge || state.accept || state.remove) {
    /** @type {HTMLDetailsElement} */ (one('more')).open = true;
  }
  select(state.view);
}

catalogs.append(
  new Option('automatic, by the lockfile', ''),
  ...CATALOGS.map(([name, about]) => new Option(`${name}: ${about}`, name)),
  ...JOINED.map((names) => new Option(`${names.join(' and ')} together`, names.join(','))),
);
catalogs.addEventListener('change', () => {
  const { view, asOf } = state;
  state = { ...emptyState(), view, asOf, catalog: catalogs.value };
  found = {};
  files.toml = null;
  listFiles();
  fill();
  changed();
});

/** @type {[id: string, key: 'targets' | 'minAge' | 'accept' | 'remove' | 'why'][]} */
const FIELDS = [['targets', 'targets'], ['min-age', 'minAge'], ['accept', 'accept'], ['remove', 'remove'], ['why', 'why']];
for (const [id, key] of FIELDS) {
  input(id).addEventListener('change', () => {
    state[key] = input(id).value;
    changed();
  });
}
input('as-of').addEventListener('change', () => {
  const day = input('as-of').value;
  state.asOf = day === today() ? '' : day;
  changed();
});
/** @type {[id: string, key: 'prereleases' | 'keepGemfile'][]} */
const SWITCHES = [['prereleases', 'prereleases'], ['keep-gemfile', 'keepGemfile']];
for (const [id, key] of SWITCHES) {
  input(id).addEventListener('change', () => {
    state[key] = input(id).checked;
    changed();
  });
}

// ---- views -------------------------------------------------------------------------------------

const tabs = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll('[role=tab]')]);

/** @param {import('./state.js').View} view */
function select(view) {
  state.view = view;
  for (const tab of tabs) {
    const isIt = tab.dataset.view === view;
    tab.setAttribute('aria-selected', String(isIt));
    tab.tabIndex = isIt ? 0 : -1;
    if (isIt) one('panel').setAttribute('aria-labelledby', tab.id);
  }
  one('why-box').hidden = view !== 'why';
}

for (const tab of tabs) {
  tab.addEventListener('click', () => {
    select(/** @type {import('./state.js').View} */ (tab.dataset.view));
    changed();
  });
  tab.addEventListener('keydown', (event) => {
    const at = tabs.indexOf(tab);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    next.focus();
    next.click();
  });
}

// ---- what is done with an answer ---------------------------------------------------------------

one('stop').addEventListener('click', () => {
  asker.stop();
  rest();
  clear();
  tell('Stopped.');
});
one('print').addEventListener('click', () => window.print());

// Browsers cut a frame at its height on paper, so the report is printed from a copy with every step open. The
// copy has the style of the report in a shadow tree, where it means nothing to the page.
window.addEventListener('beforeprint', () => {
  const report = frame.hidden ? null : frame.contentDocument;
  if (!report) return;
  const paper = element('div', { id: 'paper' });
  const inside = paper.attachShadow({ mode: 'open' });
  const style = new CSSStyleSheet();
  style.replaceSync((report.querySelector('style')?.textContent ?? '').replace(/:root\b|\bbody\b/g, ':host'));
  inside.adoptedStyleSheets = [style];
  for (const part of report.body.querySelectorAll(':scope > header, :scope > main, :scope > footer')) {
    inside.append(document.importNode(part, true));
  }
  for (const it of inside.querySelectorAll('.step, .every, .climb, .legend')) it.setAttribute('open', '');
  document.body.append(paper);
});
window.addEventListener('afterprint', () => document.getElementById('paper')?.remove());

/**
 * Saves a text as a file.
 * @param {string} name
 * @param {string} type
 * @param {string | null} text
 */
function save(name, type, text) {
  if (text === null) return wrong('There is nothing to save.');
  const url = URL.createObjectURL(new Blob([text], { type }));
  element('a', { href: url, download: `rungs-${state.view}.${name}` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
one('save-html').addEventListener('click', () => save('html', 'text/html', last?.html ?? null));
one('save-markdown').addEventListener('click', async () => {
  save('md', 'text/markdown', await asker.text(questionOf(state, files), 'markdown'));
});
one('save-json').addEventListener('click', async () => {
  save('json', 'application/json', await asker.text(questionOf(state, files), 'json'));
});

one('link').addEventListener('click', async () => {
  const params = linkOf(state);
  const isWhole = input('link-lockfile').checked;
  if (isWhole && files.lockfile) params.append('lockfile', await packed(files.lockfile.bytes));
  const link = `${location.origin}${location.pathname}#${params}`;
  try {
    await navigator.clipboard.writeText(link);
    const what = isWhole && files.lockfile ? 'the question and the lockfile' : 'the question, not the lockfile';
    one('link-told').textContent = `Copied: ${link.length} characters with ${what}.`;
  } catch {
    one('link-told').textContent = link;
  }
});

// ---- the beginning -----------------------------------------------------------------------------

async function open() {
  const link = stateOf(location.hash);
  state = link.state;
  found = {};
  fill();
  if (link.lockfile !== null) {
    try {
      files.lockfile = { name: 'Gemfile.lock of the link', bytes: await unpacked(link.lockfile) };
      listFiles();
    } catch (error) {
      wrong(`The lockfile of the link could not be read: ${String(error)}`);
      return;
    }
  }
  changed();
}

// The part behind `#` is the question, so the link to the answer moves the focus without it.
/** @type {HTMLElement} */ (document.querySelector('.skip')).addEventListener('click', (event) => {
  event.preventDefault();
  one('answer').focus();
});
window.addEventListener('hashchange', open);
if (VIEWS.length === tabs.length) open();

if ('serviceWorker' in navigator) {
  navigator.serviceWorker.register('sw.js').then(
    () => navigator.serviceWorker.ready.then(() => (one('offline').textContent = 'This page now works without a network.')),
    () => (one('offline').textContent = 'This browser does not keep the page for use without a network.'),
  );
}
