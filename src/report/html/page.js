(() => {
  'use strict';
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (id) => document.getElementById(id);
  const ticks = all('.tick');
  const items = all('.item');
  const steps = all('details.step');
  const prefix = `rungs:${document.body.dataset.plan}:`;

  // A browser may refuse its storage; then ticks last as long as the page.
  const store = (use) => {
    try {
      return use(window.localStorage);
    } catch {
      return undefined;
    }
  };
  const keeps = store((kept) => {
    kept.getItem(prefix);
    return true;
  });

  const restore = () => {
    for (const tick of ticks) {
      tick.checked = store((kept) => kept.getItem(prefix + tick.dataset.id)) === '1';
    }
  };

  const count = (root) => {
    const inside = all('.tick', root);
    return [inside.filter((tick) => tick.checked).length, inside.length];
  };

  const show = () => {
    const [done, total] = count(document);
    one('done').max = Math.max(total, 1);
    one('done').value = done;
    one('count').textContent = `${done} of ${total} boxes ticked` + (keeps ? '' : ' (not kept by this browser)');
    for (const step of steps) {
      const [done, total] = count(step);
      step.querySelector('.count').textContent = total ? `${done} of ${total} boxes` : '';
      step.classList.toggle('done', total > 0 && done === total);
    }
    const phase = one('phase').value;
    const component = one('component').value;
    const severity = one('severity').value;
    const open = one('open-only').checked;
    let shown = 0;
    for (const item of items) {
      const tick = item.querySelector('.tick');
      const fits =
        (!phase || item.dataset.phase === phase) &&
        (!component || [component, 'all'].includes(item.dataset.component)) &&
        (!severity || (item.dataset.severity ?? '9') <= severity) &&
        (!open || (tick && !tick.checked));
      item.classList.toggle('out', !fits);
      shown += fits ? 1 : 0;
    }
    for (const group of all('.group')) {
      group.classList.toggle('out', all('.item:not(.out)', group).length === 0);
    }
    const filtered = phase || component || severity || open;
    document.body.classList.toggle('filtered', Boolean(filtered));
    one('shown').textContent = filtered ? `${shown} of ${items.length} shown` : '';
  };

  const expand = () => {
    const named = one(location.hash.slice(1));
    if (named && named.matches('details.step')) {
      named.open = true;
    }
  };

  const button = one('all');
  if (!button) {
    return;
  }
  for (const tick of ticks) {
    tick.addEventListener('change', () => {
      const key = prefix + tick.dataset.id;
      store((kept) => (tick.checked ? kept.setItem(key, '1') : kept.removeItem(key)));
      show();
    });
  }
  for (const filter of all('.filters select, .filters input')) {
    filter.addEventListener('change', show);
  }
  const relabel = () => {
    button.textContent = steps.every((step) => step.open) ? 'Close all steps' : 'Open all steps';
  };
  button.addEventListener('click', () => {
    const open = !steps.every((step) => step.open);
    for (const step of steps) {
      step.open = open;
    }
  });
  for (const step of steps) {
    step.addEventListener('toggle', relabel);
  }
  window.addEventListener('hashchange', expand);
  window.addEventListener('storage', () => {
    restore();
    show();
  });

  // Paper shows every step; what is folded inside only with `--detail all`.
  let closed = [];
  window.addEventListener('beforeprint', () => {
    const whole = one('main').dataset.paper === 'all';
    closed = all('details:not([open])').filter((it) => whole || it.matches('.step, .every, .climb, .legend'));
    closed.forEach((it) => (it.open = true));
  });
  window.addEventListener('afterprint', () => closed.forEach((it) => (it.open = false)));

  // The tasks come first where there is little room; the ladder is a touch away.
  if (matchMedia('screen and (max-width: 40rem)').matches) {
    all('.climb').forEach((it) => (it.open = false));
  }
  all('.filter').forEach((it) => (it.hidden = false));
  restore();
  expand();
  relabel();
  show();
})();
