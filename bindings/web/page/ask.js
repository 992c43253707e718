// Asks the worker, one question at a time: what is asked meanwhile waits, and only the newest of it is
// asked. A worker that is stopped is replaced.

/** @typedef {import('./answer.js').Answer} Answer */
/** @typedef {import('./answer.js').Question} Question */

/**
 * A worker from a text of the page itself has the policy of the page; one from a file would have that of
 * its own response, and servers of static files give none.
 */
function start() {
  const code = `import ${JSON.stringify(new URL('worker.js', import.meta.url).href)};`;
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  const worker = new Worker(url, { type: 'module' });
  return worker;
}

export class Asker {
  #worker = start();
  #id = 0;
  #saves = 0;
  #isBusy = false;
  /** @type {Question | null} */
  #next = null;
  #on;

  /**
   * @param {{
   *   ready: (version: string) => void,
   *   busy: () => void,
   *   answered: (answer: Answer, ms: number) => void,
   *   failed: (why: string) => void,
   * }} on
   */
  constructor(on) {
    this.#on = on;
    this.#listen();
  }

  #listen() {
    this.#worker.addEventListener('message', ({ data }) => {
      if (data.ready) return this.#on.ready(data.ready);
      if (data.id !== undefined && data.id !== this.#id) return;
      this.#isBusy = false;
      if (this.#next) return this.#send(this.#next);
      if (data.answer) this.#on.answered(data.answer, data.ms);
      else this.#on.failed(data.failure);
    });
    this.#worker.addEventListener('error', (event) => {
      this.#isBusy = false;
      this.#on.failed(event.message || 'the worker could not start');
    });
  }

  /**
   * Another text of a question, to save it.
   * @param {Question} question
   * @param {'markdown' | 'json'} output
   * @returns {Promise<string | null>}
   */
  text(question, output) {
    this.#saves += 1;
    const id = `save ${this.#saves}`;
    const worker = this.#worker;
    return new Promise((done) => {
      const listen = (/** @type {MessageEvent} */ { data }) => {
        if (data.id !== id) return;
        worker.removeEventListener('message', listen);
        done(data.answer?.text ?? null);
      };
      worker.addEventListener('message', listen);
      worker.postMessage({ id, question, output });
    });
  }

  /** @param {Question} question */
  ask(question) {
    if (this.#isBusy) this.#next = question;
    else this.#send(question);
  }

  /** @param {Question} question */
  #send(question) {
    this.#next = null;
    this.#isBusy = true;
    this.#id += 1;
    this.#worker.postMessage({ id: this.#id, question });
    this.#on.busy();
  }

  /** Ends what is being computed. */
  stop() {
    this.#worker.terminate();
    this.#worker = start();
    this.#isBusy = false;
    this.#next = null;
    this.#listen();
  }
}
