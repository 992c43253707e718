#!/usr/bin/env node
// Prints the plan document of a scenario, or its first step, as bindings/c/tests/corpus.c does:
// corpus.js LOCKFILE RUBY REQUEST NEXT INDEX [OVERLAY]...; tests/cli/scenarios.rs compares the bytes.

import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { RungsError, open } from '../src/node.js';

const [lockfile, ruby, request, next, index, ...overlays] = process.argv.slice(2);
const rungs = await open();
try {
  let catalog = rungs.catalog();
  for (const path of overlays) catalog = catalog.overlay(readFileSync(path), path);
  let snapshot = rungs.snapshot(readFileSync(lockfile));
  if (ruby) snapshot = snapshot.withRuntime('ruby', ruby);
  if (index) {
    const info = (/** @type {string} */ name) => {
      const path = join(index, 'info', name);
      return existsSync(path) ? readFileSync(path) : null;
    };
    snapshot = snapshot.withIndex(rungs.index(info));
  }
  const plan = catalog.plan(snapshot, request);
  const format = /** @type {'markdown' | 'html'} */ (next);
  if (!next) process.stdout.write(plan.document());
  else if (plan.stepCount === 0) process.stdout.write(plan.report(format));
  else process.stdout.write(plan.stepReport(0, format));
} catch (error) {
  if (!(error instanceof RungsError) || error.document === null) throw error;
  process.stdout.write(error.document);
  process.exitCode = 2;
}
