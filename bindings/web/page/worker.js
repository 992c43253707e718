// Runs the library beside the page, so that long work does not freeze it. One question in, one answer out.
/// <reference lib="webworker" />

import { Answerer } from './answer.js';
import { EXAMPLE } from './example.js';
import { Rungs } from './rungs.js';
import { wasm } from './wasm.js';

const scope = /** @type {DedicatedWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));
const module = WebAssembly.compile(wasm());
/** @type {Answerer | null} */
let answerer = null;

async function answererOf() {
  // A bug of the library ends an instance; the next question starts another.
  if (!answerer || answerer.rungs.hasEnded) answerer = new Answerer(await Rungs.open(await module));
  return answerer;
}

scope.addEventListener('message', async ({ data }) => {
  const { id, question, output } = data;
  try {
    const it = await answererOf();
    const start = performance.now();
    const answer = it.answer(question, output);
    scope.postMessage({ id, answer, ms: performance.now() - start });
  } catch (error) {
    scope.postMessage({ id, failure: String(error) });
  }
});

// Browsers compile a function of WebAssembly when it is first called, and the library reads the catalog when it is
// first needed. One question that nobody asked does both before the first file is dropped.
answererOf().then(
  (it) => {
    it.answer({
      catalog: '', toml: null, gemfile: null, lockfile: { name: 'example', bytes: new TextEncoder().encode(EXAMPLE) },
      after: null, installed: {}, runtimes: {}, pinned: [], request: {}, view: 'plan', why: '',
    });
    scope.postMessage({ ready: it.rungs.version });
  },
  (error) => scope.postMessage({ failure: String(error) }),
);
